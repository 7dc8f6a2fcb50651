// curve.h: a series of any length in a few cells of a terminal.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_CURVE_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_CURVE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace shoal {

/// What was reported, as at most 512 means of equally many numbers each: when there are more, neighbours become one.
class Curve {
 public:
  void add(double value);  ///< one that is not finite is left out
  bool empty() const { return means_.empty() && count_ == 0; }

  /// ▁ to █ from the least to the largest; `cells` at most. A flat series is all ▁.
  std::string sparkline(std::size_t cells) const;

 private:
  std::vector<double> means_;
  std::size_t each_ = 1;   // numbers in a mean
  double sum_ = 0;         // of those that are not yet enough for one
  std::size_t count_ = 0;  // of them
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_CURVE_H_
