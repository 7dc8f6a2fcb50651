#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "curve.h"
#include "live_block.h"
#include "shoal/reporter.h"

namespace shoal {

struct TerminalOptions {
  bool live = false;  ///< lines that are drawn again and again; else a line for each node that ended
  bool colour = false;
  std::function<int()> width = [] { return 80; };           ///< columns, asked at each draw; live lines are cut there
  std::function<std::int64_t()> memory = [] { return 0; };  ///< bytes that the program has; 0: not known
};

/// A run told to a person: what runs, how far it is, how fast, how long it will still take, what comes next, and what
/// each node came to. Time is what events say, so that a test can tell it.
///
/// Nodes that ended are lines that stay. Below them, live, is a block: each node at work with its progress, its loss as
/// a small curve, and a line on the row: nodes done, what is to come, time, memory.
class Terminal {
 public:
  Terminal(std::ostream& out, TerminalOptions options) : out_(out), options_(std::move(options)), block_(out) {}

  /// The nodes of each row, in their order; without it what is to come is not shown.
  void plan(std::map<std::int64_t, std::vector<std::string>> nodes_of_row) { planned_ = std::move(nodes_of_row); }
  void on(const Event& event);

 private:
  struct Node {
    double began = 0;
    bool ending = false;
    std::vector<std::pair<std::string, double>> scalars = {};  // the last of each name, in the order of their first
    std::string curve_of = {};                                 // the name of the scalar that is drawn
    Curve curve = {};
    std::string progress = {};  // as it was drawn last
  };
  void begin_row(const Event& event);
  void begin_node(const Event& event);
  void end_node(const Event& event);
  void log(const Event& event);
  void keep_scalar(const Event& event);
  void draw_live(double time);
  std::vector<std::string> live_lines(double time) const;
  std::string line_of_row(double time) const;
  void line(const std::string& text);
  std::string paint(const std::string& text, const char* code) const;
  std::string progress_of(const Event& event) const;

  std::ostream& out_;
  TerminalOptions options_;
  LiveBlock block_;
  std::map<std::int64_t, std::vector<std::string>> planned_;
  std::map<std::string, Node> nodes_;  // of the row
  std::vector<std::string> at_work_;   // in the order in which they began
  std::int64_t row_ = 0, rows_ = 1;
  std::size_t ended_ = 0;  // nodes of the row
  double row_began_ = 0, last_drawn_ = 0;
};

/// "2 min 51 s", "12.3 s".
std::string describe_seconds(double seconds);
/// "812 MB", "1.4 GB".
std::string describe_bytes(std::int64_t bytes);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_
