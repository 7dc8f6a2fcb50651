#include "live_block.h"

#include <algorithm>

#include "words.h"

namespace shoal {

std::string LiveBlock::erasing(int width) {
  std::string out;
  int rows = 0;
  for (const int columns : drawn_) rows += std::max(1, (columns + width - 1) / width);
  if (rows == 0) return out;
  out += "\r\x1b[K";
  for (int row = 1; row < rows; ++row) out += "\x1b[1A\x1b[K";
  drawn_.clear();
  return out;
}

void LiveBlock::draw(const std::vector<LiveLine>& lines, int width, const std::string& above) {
  std::string out = erasing(width);
  if (!above.empty()) out += above + "\n";
  for (const LiveLine& line : lines) {
    const std::string shown = cut_to(line.text, width - 1);
    if (!drawn_.empty()) out += "\n";
    out += line.dim && colour_ ? "\x1b[2m" + shown + "\x1b[0m" : shown;
    drawn_.push_back(columns_of(shown));
  }
  if (!out.empty()) out_ << out << std::flush;
}

}  // namespace shoal
