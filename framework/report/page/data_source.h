#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_DATA_SOURCE_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_DATA_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "shoal/array.h"

namespace shoal::host {

/// Rows of a dataset or of features, with what keeps them where they are.
struct SourceRows {
  ConstArray rows;                        ///< (N, D) in their own dtype
  std::vector<Index> example = {};        ///< of a dataset: the shape of one, (C, H, W) or (H, W) for images
  std::vector<std::int64_t> labels = {};  ///< of a dataset that has them, N; else empty
  std::shared_ptr<const void> keeper = {};
};

/// What a page shows of a run that is not in its folder.
///
/// Threads  one at a time.
class DataSource {
 public:
  virtual ~DataSource() = default;
  /// The examples of a dataset node of a row, opened again. Throws std::runtime_error with why they cannot be had.
  virtual SourceRows examples(std::size_t row, const std::string& node) = 0;
  /// The features that a node gave in a row, kept in the store. Throws std::runtime_error with why they cannot be had.
  virtual SourceRows features(std::size_t row, const std::string& node, const std::string& output) = 0;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_DATA_SOURCE_H_
