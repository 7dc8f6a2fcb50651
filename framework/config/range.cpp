#include "framework/config/range.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "framework/config/scalars.h"

namespace shoal::config {
namespace {

constexpr double kLargestExact = 9007199254740992.0;  // 2^53: up to here every whole number is a float64

double rounded(double value) {
  const std::string text = fmt::format("{:.12g}", value);
  double out = value;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// What the map says, typed.
struct Range {
  double from = 0, to = 0;
  std::optional<double> step;
  std::optional<std::int64_t> points;
  bool log = false;
  bool whole = false;  // both ends (and the step) are whole numbers
};

class RangeReader {
 public:
  RangeReader(const Value& map, std::string_view axis, Diagnostics& diagnostics)
      : map_(map), axis_(axis), diagnostics_(diagnostics) {}

  std::optional<Range> read() {
    static const std::vector<std::string> kKeys{"from", "to", "step", "points", "log"};
    for (const Entry& entry : map_.entries) {
      if (std::find(kKeys.begin(), kKeys.end(), entry.key) == kKeys.end()) {
        return fail(entry.key_place, fmt::format("a range has no '{}'{}", entry.key, did_you_mean(entry.key, kKeys)));
      }
    }
    Range range;
    const std::optional<double> from = real("from");
    const std::optional<double> to = real("to");
    if (!from || !to) return std::nullopt;
    range.from = *from;
    range.to = *to;
    const Value* step = map_.find("step");
    const Value* points = map_.find("points");
    if ((step == nullptr) == (points == nullptr)) return fail(map_.place, "a range has either 'step' or 'points'");
    if (step && !(range.step = real("step"))) return std::nullopt;
    if (points && !(range.points = read_int(*points, diagnostics_, "points"))) return std::nullopt;
    if (const Value* log = map_.find("log")) {
      const std::optional<bool> on = read_bool(*log, diagnostics_, "log");
      if (!on) return std::nullopt;
      range.log = *on;
    }
    range.whole = is_whole(range.from) && is_whole(range.to) && (!range.step || is_whole(*range.step));
    return checked(range);
  }

 private:
  std::nullopt_t fail(const Place& place, const std::string& message) {
    diagnostics_.error("M502", place, fmt::format("axis '{}': {}", axis_, message),
                       {{"{from: 1, to: 10, step: 1} or {from: 1e-4, to: 1e-1, points: 4, log: true}", std::nullopt}});
    return std::nullopt;
  }

  std::optional<double> real(std::string_view key) {
    const Value* value = map_.find(key);
    if (value == nullptr) return fail(map_.place, fmt::format("a range needs '{}'", key));
    return read_real(*value, diagnostics_, key);
  }

  std::optional<Range> checked(const Range& range) {
    const auto at = [&](std::string_view key) { return map_.find(key)->place; };
    if (range.step && range.log) return fail(at("log"), "a logarithmic range has 'points', not 'step'");
    if (range.step && (*range.step == 0 || (range.to - range.from) / *range.step < 0)) {
      return fail(at("step"), fmt::format("steps of {} never lead from {} to {}", *range.step, range.from, range.to));
    }
    if (range.points && *range.points < 2) {
      return fail(at("points"), fmt::format("'points' must be at least 2, but is {}", *range.points));
    }
    if (range.log && (range.from <= 0 || range.to <= 0)) {
      return fail(at(range.from <= 0 ? "from" : "to"), "a logarithmic range lies above 0");
    }
    return range;
  }

  static bool is_whole(double x) { return std::abs(x) <= kLargestExact && x == std::trunc(x); }

  const Value& map_;
  std::string_view axis_;
  Diagnostics& diagnostics_;
};

double at(const Range& range, double index, double last) {
  if (index == 0) return range.from;
  if (range.step) {
    const double value = rounded(range.from + index * *range.step);
    return range.whole ? range.from + index * *range.step : value;
  }
  if (index == last) return range.to;
  const double share = index / last;
  if (range.log) return rounded(std::exp(std::log(range.from) + share * (std::log(range.to) - std::log(range.from))));
  return rounded(range.from + share * (range.to - range.from));
}

}  // namespace

std::optional<std::vector<Value>> read_range(const Value& map, std::string_view axis, Diagnostics& diagnostics,
                                             std::size_t limit) {
  const std::optional<Range> range = RangeReader(map, axis, diagnostics).read();
  if (!range) return std::nullopt;
  // A step that misses `to` by rounding alone still reaches it.
  const double last = range->step ? std::floor((range->to - range->from) / *range->step * (1 + 1e-12) + 1e-9)
                                  : static_cast<double>(*range->points) - 1;
  if (last >= static_cast<double>(limit)) {
    diagnostics.error("M506", map.place, fmt::format("axis '{}' has {:.0f} values, the limit is {}", axis, last + 1, limit));
    return std::nullopt;
  }
  std::vector<Value> values;
  for (double index = 0; index <= last; ++index) {
    const double value = at(*range, index, last);
    const bool integer = range->whole && value == std::trunc(value);
    values.push_back(integer ? Value::make_integer(static_cast<std::int64_t>(value), map.place)
                             : Value::make_real(value, map.place));
  }
  return values;
}

}  // namespace shoal::config
