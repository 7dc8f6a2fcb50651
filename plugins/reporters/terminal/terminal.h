#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "shoal/reporter.h"

namespace shoal {

struct TerminalOptions {
  bool live = false;  ///< a line that is drawn again and again; else a line for each node that ended
  bool colour = false;
  int width = 80;  ///< columns; a live line is cut there
};

/// A run told to a person: what runs, how far it is, how fast, how long it will still take, and what each node came to.
/// Time is what events say, so that a test can tell it.
class Terminal {
 public:
  Terminal(std::ostream& out, TerminalOptions options) : out_(out), options_(options) {}
  void on(const Event& event);

 private:
  struct Node {
    double began = 0;
    bool ending = false;
    std::vector<std::pair<std::string, double>> scalars;  // the last of each name, in the order of their first
  };
  void begin_row(const Event& event);
  void end_node(const Event& event);
  void draw_live(const Event& event);
  void log(const Event& event);
  void keep_scalar(const Event& event);
  void line(const std::string& text);
  std::string paint(const std::string& text, const char* code) const;
  std::string progress_of(const Event& event) const;

  std::ostream& out_;
  TerminalOptions options_;
  std::map<std::string, Node> nodes_;
  double last_drawn_ = 0;
  bool live_line_ = false;  // whether the cursor is behind a live line
};

/// "2 min 51 s", "12.3 s".
std::string describe_seconds(double seconds);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_TERMINAL_H_
