#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "live_block.h"
#include "run_state.h"
#include "shoal/reporter.h"

namespace shoal {

/// What stands between the screen's edges.
struct ScreenSize {
  int columns = 80, lines = 24;
};

struct TerminalOptions {
  bool live = false;  ///< a block that is drawn again and again; else a line for each node that ended
  bool colour = false;
  std::function<ScreenSize()> size = [] { return ScreenSize(); };  ///< asked at each draw; the block stays within it
  std::function<std::int64_t()> memory = [] { return 0; };         ///< bytes that the program has; 0: not known
};

/// A run told to a person: what runs, how far it is, how fast, how long it will still take, what comes next, and what
/// each node or row came to. Time is what events say, so that a test can tell it.
///
/// In a log, a line for each row that begins and each node that ends. Live, what is over leaves less: a row of several
/// one line, the nodes of a run of one row a line each; and below is a block, the rows at work with their nodes as a
/// tree (run_state.h). What fails or is warned of leaves its line at once, in both; what nodes log otherwise does in a
/// log and in a run of one row.
class Terminal {
 public:
  Terminal(std::ostream& out, TerminalOptions options)
      : out_(out), options_(std::move(options)), block_(out, options_.colour) {}

  void plan(std::vector<PlannedRow> rows) { run_.plan(std::move(rows)); }
  void on(const Event& event);

 private:
  void begin_row(const Event& event);
  void end_node(const Event& event);
  void end_row(const Event& event);
  void end_run(const Event& event);
  void log(const Event& event);
  std::string line_of_node(const std::string& name, const NodeState& node, const char* why, std::int64_t row) const;
  std::string name_of(const std::string& node, std::int64_t row) const;
  void draw_live(double time);
  std::vector<LiveLine> block(double time, const ScreenSize& size) const;
  void line(const std::string& text);
  std::string paint(const std::string& text, const char* code) const;

  std::ostream& out_;
  TerminalOptions options_;
  LiveBlock block_;
  RunState run_;
  bool over_ = false;
  double now_ = 0, last_drawn_ = 0;
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_
