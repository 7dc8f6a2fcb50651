#ifndef SHOAL_FRAMEWORK_GRAPH_ROW_FINDINGS_H_
#define SHOAL_FRAMEWORK_GRAPH_ROW_FINDINGS_H_

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/matrix.h"

namespace shoal::host {

/// What the rows of a matrix have wrong, each thing once: a row repeats most of what its neighbours say.
class RowFindings {
 public:
  /// `row` counts from 0; rows come in order.
  void add(std::size_t row, const config::Diagnostics& found);

  bool has_errors() const { return errors_; }

  /// Adds each distinct one to `into`. Where not all rows have it, a note says which: "first in row 7 of 20:
  /// backend=mini, kmeans.k=5; and in 12 others".
  void tell(const std::vector<config::Row>& rows, config::Diagnostics& into) const;

 private:
  struct Finding {
    config::Diagnostic diagnostic;
    std::size_t first = 0;  // row
    std::size_t count = 1;  // rows
  };
  std::vector<Finding> findings_;                                                // as found
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> at_;  // by id, place and message
  bool errors_ = false;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_ROW_FINDINGS_H_
