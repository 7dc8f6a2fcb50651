#include "words.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace shoal {
namespace {

std::string format(const char* pattern, double value) {
  char out[64];
  std::snprintf(out, sizeof(out), pattern, value);
  return out;
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

std::string describe_seconds(double seconds) {
  if (seconds < 1) return format("%.2f s", seconds);
  if (seconds < 60) return format("%.1f s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string describe_bytes(std::int64_t bytes) {
  const double mega = static_cast<double>(bytes) / 1e6;
  return mega < 1000 ? format("%.0f MB", mega) : format("%.1f GB", mega / 1000);
}

std::string describe_number(double value) { return format("%.4g", value); }

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

std::string padded(std::string text, int columns) {
  const int used = columns_of(text);
  if (used < columns) text.append(static_cast<std::size_t>(columns - used), ' ');
  return text;
}

}  // namespace shoal
