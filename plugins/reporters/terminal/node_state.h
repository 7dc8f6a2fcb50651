// node_state.h: what events have told of one node, and in words.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_NODE_STATE_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_NODE_STATE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "curve.h"
#include "shoal/reporter.h"

namespace shoal {

/// A node from its begin to its end. Time is what events say.
class NodeState {
 public:
  enum class Phase { waiting, at_work, ended };

  void begin(double time);
  /// Of a node that is at work.
  void progress(const Event& event);
  /// A scalar of a step, or of the end.
  void scalar(const Event& event);
  void end(const Event& event);

  Phase phase() const { return phase_; }
  bool good() const { return good_; }                ///< of one that ended
  bool computed() const { return computed_; }        ///< likewise: not taken from the store
  const std::string& word() const { return word_; }  ///< "12.3 s", "stored", "FAILED", "stopped"

  /// What it came to: "loss 0.41  nmi 0.713", the first few in the order of their first report.
  std::string numbers(std::size_t most) const;
  /// How far it is: "■■■■■□□□□□ 8/16 steps  1/s  left 8.0 s  loss 0.41", or how long it is at it.
  std::string doing(double time) const;
  /// Its loss, or else the first of its series: "█▇▆▅▄▃▂▁ loss"; "" where there is none.
  std::string curve() const;

 private:
  Phase phase_ = Phase::waiting;
  bool good_ = false, computed_ = false;
  double began_ = 0;
  std::string word_, progress_;
  bool ending_ = false;                                  // it gives its outputs
  std::vector<std::pair<std::string, double>> scalars_;  // the last of each name
  std::string curve_of_;                                 // the name of the series that is drawn
  Curve curve_;
};

/// "■■■□□□□□□□ 30/120 steps" and, after a while, rate and time left. `seconds`: since it began.
std::string describe_progress(const Event& event, double seconds);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_NODE_STATE_H_
