#include "framework/report/quantity.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "framework/config/utf8.h"

namespace shoal::host {

std::string seconds_text(double seconds) {
  if (!std::isfinite(seconds)) return "–";
  if (seconds < 0.0005) return "0 s";
  if (seconds < 0.0995) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string bytes_text(std::int64_t bytes) {
  if (bytes <= 0) return "–";
  const double mb = static_cast<double>(bytes) / 1e6;
  return mb < 1      ? fmt::format("{:.0f} kB", mb * 1e3)
         : mb < 1000 ? fmt::format("{:.0f} MB", mb)
                     : fmt::format("{:.3g} GB", mb / 1000);
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string shortened(std::string_view text, std::size_t most) {
  std::vector<std::size_t> starts;  // of its characters
  for (std::size_t at = 0; at < text.size(); at += config::decode(text, at).bytes) starts.push_back(at);
  if (starts.size() <= most) return std::string(text);
  const std::size_t tail = (most - 1) / 2;
  return std::string(text.substr(0, starts[most - 1 - tail])) + "…" +
         std::string(tail == 0 ? "" : text.substr(starts[starts.size() - tail]));
}

}  // namespace shoal::host
