// served.h: examples and labels that lie in memory, in a mapped file say, as a dataset gives them out.
#ifndef SHOAL_DATASETS_SERVED_H_
#define SHOAL_DATASETS_SERVED_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] files {

/// How a number lies in memory, little-endian.
enum class Stored { kUInt8, kFloat32, kFloat64, kFloat16, kBFloat16 };

/// What it is served as: itself; the two of 16 bits as float32, which holds each of their values.
shoal::DType served_dtype(Stored stored);
shoal::Index bytes_of(Stored stored);

/// N examples, one after another. Nothing is owned.
struct Examples {
  const char* first = nullptr;
  shoal::Index count = 0;   ///< N
  shoal::Shape shape = {};  ///< of one example; its numbers lie together
  Stored stored = Stored::kUInt8;
  shoal::Index step = 0;  ///< bytes from one example to the next

  shoal::Index columns() const;  ///< numbers in one example
};

/// N integers, one after another. Nothing is owned.
struct Labels {
  const char* first = nullptr;  ///< null: there are none
  bool is_signed = true;
  shoal::Index bytes = 8;   ///< of one: 1, 2, 4 or 8
  shoal::Index step = 8;    ///< bytes from one to the next
  std::string name = {};    ///< for messages: "'y.npy'"
  std::size_t classes = 0;  ///< how many there are; 0: not known
};

/// Throws InputError  a number of `which` is not in [0, count)
void require_known(std::span<const shoal::Index> which, shoal::Index count);

/// All examples (N, shape…) where they lie; none where they are not stored as they are served, or not at multiples of
/// their numbers' size.
std::optional<shoal::ConstArray> view_of(const Examples& examples);

/// Copies the examples numbered `which` to `to` (n, shape…), on the pool.
/// Throws InputError  `to` has another shape or dtype
void copy_examples(const shoal::Context& context, const Examples& examples, std::span<const shoal::Index> which,
                   shoal::MutableArray to);

/// Copies the labels numbered `which` to `to` (n) int64.
/// Throws InputError  a label is below 0, 2^63 or more, or not below the number of classes: it is named with its row;
///                    or there are none
void copy_labels(const Labels& labels, std::span<const shoal::Index> which, shoal::MutableArray to);

/// What the bytes are that a file of another kind was taken for: the end of a message, or nothing. "; it is a Parquet
/// file, which …"
std::string what_it_is(std::string_view bytes);

}  // namespace files

#endif  // SHOAL_DATASETS_SERVED_H_
