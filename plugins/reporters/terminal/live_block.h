// live_block.h: lines at the end of a terminal that are drawn again and again.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_LIVE_BLOCK_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_LIVE_BLOCK_H_

#include <ostream>
#include <string>
#include <vector>

namespace shoal {

/// How many columns UTF-8 text takes where each character takes one.
int columns_of(const std::string& text);

/// The beginning of `text` that fits into `columns`, cut between characters.
std::string cut_to(const std::string& text, int columns);

/// A block of lines below everything else. Each draw takes the place of the one before; erase takes it away. Lines are
/// cut one column before the width, so that none wraps. When the terminal has become narrower meanwhile, it has wrapped
/// those that stand there: they are counted as it shows them now.
class LiveBlock {
 public:
  explicit LiveBlock(std::ostream& out) : out_(out) {}

  /// `width` is the terminal's now. The cursor ends at the end of the last line.
  void draw(const std::vector<std::string>& lines, int width);
  void erase(int width);

 private:
  std::string erasing(int width);

  std::ostream& out_;
  std::vector<int> drawn_;  // columns of each line that stands there
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_LIVE_BLOCK_H_
