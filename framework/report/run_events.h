#ifndef SHOAL_FRAMEWORK_REPORT_RUN_EVENTS_H_
#define SHOAL_FRAMEWORK_REPORT_RUN_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace shoal::host {

/// How far a node says that it is.
struct NodeProgress {
  std::string unit = {};             ///< "epochs", or ""
  std::int64_t done = 0, total = 0;  ///< total 0: it does not know
  double time = 0;                   ///< when it said so
  std::int64_t first_done = 0;       ///< what it said first: work that goes on did not begin at 0
  double first_time = 0;

  /// Of the unit a second, since it first said; 0: not known yet.
  double rate() const;
};

/// What a node of a row has said of itself.
struct NodeEvents {
  std::string status = {};  ///< "at work", "ran", "stored", "failed", "cancelled"
  double began = 0;         ///< seconds since 1970
  double seconds = 0;       ///< that it took, once it has ended
  std::string error = {};
  std::optional<NodeProgress> progress = {};
  std::map<std::string, double> numbers = {};  ///< among its outputs; NaN where one was not finite
};

struct RowEvents {
  std::string status = {};  ///< "at work", "done", "failed"; "": some node of it has run ahead
  double began = 0;
  std::map<std::string, NodeEvents> nodes = {};
};

/// What a node told its user.
struct ToldLine {
  double time = 0;
  std::size_t row = 0;
  std::string node = {}, level = {}, text = {};
};

/// What the lines of events.jsonl say of a run so far; reporter/json-lines writes them. Steps of a series are passed
/// over: metrics.jsonl has them. 10⁶ of those take 0.1 s.
class RunEvents {
 public:
  /// Reads on: whole lines, in their order. A line that is damaged is passed over and counted.
  void read(std::string_view lines);

  const std::map<std::size_t, RowEvents>& rows() const { return rows_; }
  /// What has been said of a node in that row; null: nothing.
  const NodeEvents* find(std::size_t row, const std::string& node) const;
  std::optional<std::size_t> row() const { return row_; }  ///< that began last
  double began() const { return began_; }                  ///< the run, seconds since 1970; 0: not yet
  double time() const { return time_; }                    ///< of the last event that counts
  const std::string& ended() const { return ended_; }      ///< "done", "failed", "cancelled"; "": it has not
  double seconds() const { return seconds_; }              ///< that the run took, once it has ended
  const std::deque<ToldLine>& told() const { return told_; }
  std::size_t told_before() const { return told_before_; }  ///< lines that are not in `told` any more
  std::size_t damaged() const { return damaged_; }

  static constexpr std::size_t kMostTold = 200;

 private:
  void hear(std::string_view line);
  void tell(ToldLine line);

  std::map<std::size_t, RowEvents> rows_;
  std::optional<std::size_t> row_;
  double began_ = 0, time_ = 0, seconds_ = 0;
  std::string ended_;
  std::deque<ToldLine> told_;
  std::size_t told_before_ = 0, damaged_ = 0;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RUN_EVENTS_H_
