// live_block.h: lines at the end of a terminal that are drawn again and again.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_LIVE_BLOCK_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_LIVE_BLOCK_H_

#include <ostream>
#include <string>
#include <vector>

namespace shoal {

/// A line of the block.
struct LiveLine {
  std::string text = {};
  bool dim = false;  ///< what is not of now
};

/// A block of lines below everything else. Each draw takes the place of the one before; erase takes it away. Lines are
/// cut one column before the width, so that none wraps. When the terminal has become narrower meanwhile, it has wrapped
/// those that stand there: they are counted as it shows them now.
class LiveBlock {
 public:
  /// `colour`: dim lines are painted so.
  LiveBlock(std::ostream& out, bool colour) : out_(out), colour_(colour) {}

  /// `width` is the terminal's now; `above`, if not "", is a line that stays, and may wrap. In one piece, so that
  /// nothing flickers. The cursor ends at the end of the last line.
  void draw(const std::vector<LiveLine>& lines, int width, const std::string& above = "");
  void erase(int width) { draw({}, width); }

 private:
  std::string erasing(int width);

  std::ostream& out_;
  bool colour_;
  std::vector<int> drawn_;  // columns of each line that stands there
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_LIVE_BLOCK_H_
