#include "live_block.h"

#include <algorithm>

namespace shoal {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

int columns_of(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), &begins_character));
}

std::string cut_to(const std::string& text, int columns) {
  std::string out;
  int used = 0;
  for (const char c : text) {
    if (begins_character(c) && ++used > columns) break;
    out += c;
  }
  return out;
}

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

void LiveBlock::draw(const std::vector<std::string>& lines, int width) {
  std::string out = erasing(width);  // in one piece, so that nothing flickers
  for (const std::string& line : lines) {
    const std::string shown = cut_to(line, width - 1);
    if (!drawn_.empty()) out += "\n";
    out += shown;
    drawn_.push_back(columns_of(shown));
  }
  out_ << out << std::flush;
}

void LiveBlock::erase(int width) {
  if (!drawn_.empty()) out_ << erasing(width) << std::flush;
}

}  // namespace shoal
