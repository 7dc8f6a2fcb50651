// batches.h: the files of CIFAR-10's binary version.
//
// A record is a byte for the class and 3072 for the image: 32 × 32 of red, then of green, then of blue, row after row.
// Nothing else is in a file; published are five of 10000 records for training and one to test, in a tar archive.
// Source: https://www.cs.toronto.edu/~kriz/cifar.html (Krizhevsky, "Learning multiple layers of features from tiny
// images", 2009).
#ifndef SHOAL_DATASETS_CIFAR_BATCHES_H_
#define SHOAL_DATASETS_CIFAR_BATCHES_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] cifar {

constexpr shoal::Index kImageBytes = 3 * 32 * 32, kRecordBytes = 1 + kImageBytes, kClasses = 10;

/// Records, one after another.
using Records = std::vector<std::uint8_t>;

/// Reads `files` one after another, each gzip or plain. Memory follows what is read, not what is said.
/// Throws InputError  a file is missing, damaged, empty or no whole number of records, or a record has a class above 9:
///                    file and byte are named
///        Cancelled   the user stopped the run
Records read_batches(const shoal::Context& context, const std::vector<std::filesystem::path>& files);

/// Reads the members `names` (their folders do not count) of a tar archive, gzip or plain, in that order.
/// Throws as read_batches; and where the archive is none, is damaged or has not all of them.
Records read_archive(const shoal::Context& context, const std::filesystem::path& archive,
                     const std::vector<std::string>& names);

}  // namespace cifar

#endif  // SHOAL_DATASETS_CIFAR_BATCHES_H_
