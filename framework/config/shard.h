#ifndef SHOAL_FRAMEWORK_CONFIG_SHARD_H_
#define SHOAL_FRAMEWORK_CONFIG_SHARD_H_

#include <cstddef>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/matrix.h"

namespace shoal::config {

/// The rows of one of several runs that share a matrix: of "2/4" the second, sixth, tenth … All N together have every
/// row once, and none has more than one row more than another. M511  `shard` is no I/N with 1 ≤ I ≤ N, or no row falls
/// to it. Nothing comes back then.
std::vector<Row> rows_of_shard(std::vector<Row> rows, const std::string& shard, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_SHARD_H_
