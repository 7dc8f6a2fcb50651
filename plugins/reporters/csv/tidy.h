// tidy.h: the numbers of a run as tidy CSV: one number a line, what it is of beside it.
#ifndef SHOAL_PLUGINS_REPORTERS_CSV_TIDY_H_
#define SHOAL_PLUGINS_REPORTERS_CSV_TIDY_H_

#include <string>

#include "shoal/reporter.h"

namespace shoal {

/// Turns events into lines (RFC 4180, ends are "\n"). Rows count from 0, as in metrics.jsonl; numbers have as many
/// digits as it takes to read the same float64 again; what is not finite is nan, inf or -inf, as pandas and R read it.
class Tidy {
 public:
  static constexpr const char* kSeries = "row,seed,settings,node,name,step,value\n";
  static constexpr const char* kMetrics = "row,seed,settings,node,name,value\n";

  /// The line of a number of a series, "" for any other event.
  std::string series(const Event& event) const;
  /// The line of an output that a node gave at its end, "" for any other event.
  std::string metric(const Event& event) const;
  /// To be told of every event: which row is on.
  void hear(const Event& event);

 private:
  std::string begin(const Event& event) const;

  std::string row_ = "0,0,";  // row, seed, settings
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_CSV_TIDY_H_
