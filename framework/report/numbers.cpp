#include "framework/report/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace shoal::host {

MeanSd mean_sd(const std::vector<double>& values) {
  if (values.empty()) return {};
  double mean = 0;
  for (const double v : values) mean += v;
  mean /= static_cast<double>(values.size());
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {mean, values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1))};
}

std::optional<double> find_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

std::string plain(double value) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  const double size = std::abs(value);
  if (value == std::round(value) && size < 1e6) return fmt::format("{:.0f}", value);
  return size >= 1e5 || (size < 1e-3 && size > 0) ? fmt::format("{:.4e}", value) : fmt::format("{:.5g}", value);
}

std::string describe(const std::vector<double>& values) {
  if (values.empty()) return "–";
  const auto [mean, sd] = mean_sd(values);
  constexpr double kRounding = 1e-12;  // equal numbers whose mean is rounded have a deviation, too
  if (values.size() == 1 || sd <= kRounding * std::abs(mean) || !std::isfinite(sd)) return plain(mean);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(sd))), 0, 12);
  return fmt::format("{:.{}f} ± {:.{}f}", mean, decimals, sd, decimals);
}

}  // namespace shoal::host
