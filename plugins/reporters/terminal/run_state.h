// run_state.h: what events have told of a run, and the whole live block.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_RUN_STATE_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_RUN_STATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "live_block.h"
#include "plan_file.h"
#include "row_state.h"

namespace shoal {

/// The rows of a run that are not over. More than one is at work where other processes compute a row's nodes, and this
/// one goes on with another row meanwhile.
class RunState {
 public:
  /// What is to come; without it only what runs is shown.
  void plan(std::vector<PlannedRow> rows) { planned_ = std::move(rows); }
  void on(const Event& event);
  /// After the row has been told of.
  void forget(std::int64_t row) { rows_.erase(row); }

  RowState& row(std::int64_t number);
  std::int64_t current() const { return current_; }                       ///< the row that began last, from 0
  std::int64_t count() const { return count_; }                           ///< rows of the run
  double seconds_of_row(double time) const { return time - row_began_; }  ///< of the current one

  /// The block in at most `height` lines:
  ///
  ///     row 2 of 18  backend ours  seed 1    1 min 10 s
  ///     ├ learn          ■■■■■□□□□□ 470/940 steps  31/s  left 15.2 s  loss 1.32
  ///     │ │              █▇▅▄▃▃▂▂ loss
  ///     │ └ probe        waits
  ///     └ floor          ✓ 12.1 s  accuracy 0.9003
  ///     row 3 of 18  backend ours  seed 2
  ///     … 15 more rows
  ///     1 of 18 rows  3 min 5 s  left about 41 min 2 s  1.2 GB
  ///
  /// `memory`: bytes that the process has, 0 where that is not known. Empty between rows of a run of one.
  std::vector<LiveLine> lines(double time, std::int64_t memory, std::size_t height) const;

 private:
  void end_row(const Event& event);
  std::vector<std::int64_t> shown_rows() const;
  std::string title_of(std::int64_t row) const;
  void add_coming(const std::vector<std::int64_t>& shown, std::size_t room, std::vector<LiveLine>& out) const;
  std::string footer(double time, std::int64_t memory) const;

  std::vector<PlannedRow> planned_;
  std::map<std::int64_t, RowState> rows_;  // that are not over
  std::int64_t current_ = 0, count_ = 1, done_ = 0;
  bool row_is_open_ = false;
  double began_ = 0, row_began_ = 0;
  // How fast rows go is counted from the end of the last of those at the start that the store had whole.
  double counted_from_ = 0, last_end_ = 0;
  std::int64_t rows_from_store_ = 0;
  std::string aside_;  // what is done after all rows: timed fits
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_RUN_STATE_H_
