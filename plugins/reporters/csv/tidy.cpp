#include "tidy.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace shoal {
namespace {

std::string quoted(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(cell);
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char out[32];
  return {out, std::to_chars(out, out + sizeof(out), value).ptr};
}

// What a row comes to is given again, without a node, at its end.
bool is_of_node(const Event& event) { return event.type == SHOAL_SCALAR && *event.node != '\0'; }

}  // namespace

void Tidy::hear(const Event& event) {
  if (event.type != SHOAL_ROW_BEGIN) return;
  row_ =
      std::to_string(event.row) + "," + std::to_string(static_cast<long long>(event.value)) + "," + quoted(event.text);
}

std::string Tidy::begin(const Event& event) const {
  return row_ + "," + quoted(event.node) + "," + quoted(event.name) + ",";
}

std::string Tidy::series(const Event& event) const {
  if (!is_of_node(event) || event.step < 0) return "";
  return begin(event) + std::to_string(event.step) + "," + number(event.value) + "\n";
}

std::string Tidy::metric(const Event& event) const {
  return is_of_node(event) && event.step < 0 ? begin(event) + number(event.value) + "\n" : "";
}

}  // namespace shoal
