// `-m kmeans.k=10,100` on the command line: an axis of the matrix.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "framework/config/overrides.h"

namespace shoal::config {
namespace {

// A stretch of a line.
struct Stretch {
  std::size_t begin, length;
};

// Cuts at the commas that are in no bracket and no quotes.
std::vector<Stretch> cut_at_commas(std::string_view line, std::size_t begin, std::size_t end) {
  std::vector<Stretch> out;
  std::size_t depth = 0;
  char quote = 0;
  std::size_t from = begin;
  for (std::size_t at = begin; at < end; ++at) {
    const char c = line[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && at == from) {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    } else if (c == ',' && depth == 0) {
      out.push_back({from, at - from});
      from = at + 1;
    }
  }
  out.push_back({from, end - from});
  return out;
}

class AxisReader {
 public:
  AxisReader(const std::shared_ptr<const Source>& source, std::size_t line, Diagnostics& diagnostics)
      : source_(source), line_(line), text_(source->line(line)), diagnostics_(diagnostics) {}

  std::optional<Override> read() {
    const std::size_t sign = find_operator(text_);
    if (sign == std::string_view::npos) {
      return fail("C209", {0, text_.size()}, fmt::format("no '=' in the axis '{}'", text_));
    }
    const std::optional<Path> path = parse_path(text_.substr(0, sign), place({0, sign}), diagnostics_);
    if (!path) return std::nullopt;
    std::optional<Value> values = read_values({sign + 1, text_.size() - sign - 1});
    if (!values) return std::nullopt;
    Override change;
    change.written = *path;
    const std::string axis = to_string(shorten(expand_short(*path)));
    change.path = {{{"matrix", std::nullopt}, {axis, std::nullopt}}, path->place};
    change.value = *std::move(values);
    return change;
  }

 private:
  Place place(Stretch at) const { return place_in(source_, line_, at.begin, at.length); }
  std::string_view text_of(Stretch at) const { return text_.substr(at.begin, at.length); }

  std::nullopt_t fail(std::string id, Stretch at, std::string message) {
    diagnostics_.error(std::move(id), place(at), std::move(message),
                       {{"like kmeans.k=10,100, kmeans.k=1..10 or rate=log(1e-4,1e-1,4)", std::nullopt}});
    return std::nullopt;
  }

  std::optional<Value> read_values(Stretch right) {
    const std::string_view text = text_of(right);
    if (text.starts_with("log(") && text.ends_with(')')) return read_log({right.begin + 4, right.length - 5});
    const std::size_t dots = text.find("..");
    const bool plain = text.find_first_of("\"'[{,/") == std::string_view::npos;  // ../a is no range
    if (dots != std::string_view::npos && dots > 0 && plain) {
      const Stretch from{right.begin, dots};
      const Stretch to{right.begin + dots + 2, right.length - dots - 2};
      if (to.length == 0) return fail("M502", right, fmt::format("where does '{}' end?", text));
      Value range = Value::make_map(place(right));
      set(range, "from", from);
      set(range, "to", to);
      range.set("step", Value::make_integer(1, place(right)));
      return range;
    }
    Value list = Value::make_list({}, place(right));
    for (const Stretch& item : cut_at_commas(text_, right.begin, text_.size())) {
      if (item.length == 0) return fail("M502", item, "a value is missing");
      std::optional<Value> value = read_argument(text_of(item), place(item), diagnostics_);
      if (!value) return std::nullopt;
      list.items.push_back(*std::move(value));
    }
    return list;
  }

  std::optional<Value> read_log(Stretch inside) {
    const std::vector<Stretch> parts = cut_at_commas(text_, inside.begin, inside.begin + inside.length);
    if (parts.size() != 3) {
      return fail("M502", inside, fmt::format("log(from,to,points) has three parts, not {}", parts.size()));
    }
    Value range = Value::make_map(place(inside));
    set(range, "from", parts[0]);
    set(range, "to", parts[1]);
    set(range, "points", parts[2]);
    range.set("log", Value::make_bool(true, place(inside)));
    return range;
  }

  void set(Value& range, std::string key, Stretch at) const {
    std::string_view text = text_of(at);
    while (text.starts_with(' ')) text.remove_prefix(1);
    range.set(std::move(key), Value::make_plain(std::string(text), place(at)));
  }

  const std::shared_ptr<const Source>& source_;
  std::size_t line_;
  std::string_view text_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Override> parse_axis(const std::shared_ptr<const Source>& command_line, std::size_t line,
                                   Diagnostics& diagnostics) {
  return AxisReader(command_line, line, diagnostics).read();
}

}  // namespace shoal::config
