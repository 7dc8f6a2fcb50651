#include "framework/config/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "framework/config/utf8.h"

namespace shoal::config {
namespace {

bool is_plain(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// One pass over the text; what is wrong is said once, where it is.
class PathReader {
 public:
  PathReader(std::string_view text, const Place& at, Diagnostics& diagnostics)
      : text_(text), place_(at), diagnostics_(diagnostics) {}

  std::optional<Path> read() {
    Path path{{}, place_};
    path.place.length = std::max<std::size_t>(count_code_points(text_), 1);
    if (!key(path)) return std::nullopt;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '.' ? !key(path) : c == '[' ? !index(path) : !fail(at_ - 1, "a path goes on with '.' or '['")) {
        return std::nullopt;
      }
    }
    return path;
  }

 private:
  bool fail(std::size_t at, std::string_view message) {
    Place place = place_;
    place.column += count_code_points(text_.substr(0, at));
    place.length = 1;
    diagnostics_.error("C210", place, fmt::format("malformed path '{}': {}", text_, message),
                       {{"like kmeans.k, nodes.kmeans.with.k or channels[0]; odd names stand in '…'", std::nullopt}});
    return false;
  }

  bool key(Path& path) {
    std::string name;
    const std::size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '\'') {
      for (++at_;; ++at_) {
        if (at_ >= text_.size()) return fail(begin, "the quote is not closed");
        if (text_[at_] == '\'' && (++at_ >= text_.size() || text_[at_] != '\'')) break;
        name += text_[at_];
      }
    } else {
      while (at_ < text_.size() && is_plain(text_[at_])) name += text_[at_++];
      if (name.empty()) return fail(begin, "a name is missing");
    }
    path.segments.push_back({std::move(name), std::nullopt});
    return true;
  }

  bool index(Path& path) {
    std::size_t number = 0;
    const char* end = text_.data() + text_.size();
    const auto [behind, error] = std::from_chars(text_.data() + at_, end, number);
    if (error != std::errc() || behind == end || *behind != ']')
      return fail(at_, "a list index is a number, as in [0]");
    at_ = static_cast<std::size_t>(behind - text_.data()) + 1;
    path.segments.push_back({"", number});
    return true;
  }

  std::string_view text_;
  const Place& place_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
};

std::string quoted(const std::string& key) {
  if (!key.empty() && std::all_of(key.begin(), key.end(), is_plain)) return key;
  std::string out = "'";
  for (const char c : key) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

Path prefix(const Path& path, std::size_t length) {
  return {{path.segments.begin(), path.segments.begin() + static_cast<std::ptrdiff_t>(length)}, path.place};
}

template <typename V>  // Value or const Value
V* step(V* value, const Segment& segment) {
  if (value == nullptr) return nullptr;
  if (!segment.index) return value->is_map() ? value->find(segment.key) : nullptr;
  return value->is_list() && *segment.index < value->items.size() ? &value->items[*segment.index] : nullptr;
}

template <typename V>
V* find_in(V& root, const Path& path) {
  V* value = &root;
  for (const Segment& segment : path.segments) value = step(value, segment);
  return value;
}

}  // namespace

std::optional<Path> parse_path(std::string_view text, const Place& at, Diagnostics& diagnostics) {
  return PathReader(text, at, diagnostics).read();
}

std::string to_string(const Path& path) {
  std::string out;
  for (const Segment& segment : path.segments) {
    if (segment.index) {
      out += fmt::format("[{}]", *segment.index);
    } else {
      out += (out.empty() ? "" : ".") + quoted(segment.key);
    }
  }
  return out;
}

const std::vector<std::string>& top_level_keys() {
  static const std::vector<std::string> keys{"shoal",   "name",   "description", "base",    "vars",
                                             "plugins", "seed",   "device",      "threads", "run",
                                             "nodes",   "matrix", "compare",     "report",  "figures"};
  return keys;
}

bool is_top_level_key(std::string_view key) {
  const std::vector<std::string>& keys = top_level_keys();
  return key.starts_with("x-") || std::find(keys.begin(), keys.end(), key) != keys.end();
}

const std::vector<std::string>& node_keys() {
  static const std::vector<std::string> keys{"use",   "in",      "with",    "like",   "seed",
                                             "cache", "library", "isolate", "timeout"};
  return keys;
}

bool is_node_key(std::string_view key) {
  const std::vector<std::string>& keys = node_keys();
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Path expand_short(Path path) {
  std::vector<Segment>& segments = path.segments;
  if (segments.empty() || is_top_level_key(segments[0].key)) return path;
  if (segments.size() > 1 && !segments[1].index && !is_node_key(segments[1].key)) {
    segments.insert(segments.begin() + 1, Segment{"with", std::nullopt});
  }
  segments.insert(segments.begin(), Segment{"nodes", std::nullopt});
  return path;
}

Path shorten(Path path) {
  const std::vector<Segment> full = path.segments;
  std::vector<Segment>& segments = path.segments;
  if (segments.size() < 2 || segments[0].key != "nodes") return path;
  segments.erase(segments.begin());
  if (segments.size() > 2 && segments[1].key == "with") segments.erase(segments.begin() + 1);
  if (expand_short(path).segments != full) path.segments = full;
  return path;
}

const Value* find(const Value& root, const Path& path) { return find_in(root, path); }
Value* find(Value& root, const Path& path) { return find_in(root, path); }

bool set(Value& root, const Path& path, Value value, Diagnostics& diagnostics) {
  Value* here = &root;
  for (std::size_t i = 0; i < path.segments.size(); ++i) {
    const Segment& segment = path.segments[i];
    const std::string whole = i == 0 ? "the file" : fmt::format("'{}'", to_string(prefix(path, i)));
    if (segment.index) {
      if (!here->is_list()) {
        diagnostics.error("C203", path.place, fmt::format("{} is {}, not a list", whole, here->kind_name()),
                          {{"it is set", here->place}});
        return false;
      }
      if (*segment.index >= here->items.size()) {
        diagnostics.error("C211", path.place,
                          fmt::format("no index {} in {}, which has {}", *segment.index, whole, here->items.size()),
                          {{"the list", here->place}});
        return false;
      }
      here = &here->items[*segment.index];
      continue;
    }
    if (here->is_null()) *here = Value::make_map(path.place);
    if (!here->is_map()) {
      diagnostics.error("C203", path.place, fmt::format("{} is {}, not a map", whole, here->kind_name()),
                        {{"it is set", here->place}});
      return false;
    }
    Value* next = here->find(segment.key);
    here = next ? next : &here->set(segment.key, Value::make_null(path.place), path.place);
  }
  *here = std::move(value);
  return true;
}

std::optional<std::string> unknown_head(const Value& document, const Path& full, const Path& written) {
  if (full.segments.size() < 2 || full.segments[0].key != "nodes") return std::nullopt;
  const std::string& name = full.segments[1].key;
  const Value* nodes = document.find("nodes");
  if (nodes && nodes->find(name)) return std::nullopt;
  const bool is_short = !(written == full);
  std::vector<std::string> names = nodes ? nodes->keys() : std::vector<std::string>{};
  if (is_short) names.insert(names.end(), top_level_keys().begin(), top_level_keys().end());
  return fmt::format("there is no node{} '{}'{}", is_short ? " or top-level key" : "", name, did_you_mean(name, names));
}

bool erase(Value& root, const Path& path) {
  if (path.segments.empty()) return false;
  Value* parent = find(root, prefix(path, path.segments.size() - 1));
  const Segment& last = path.segments.back();
  if (parent == nullptr) return false;
  if (!last.index) return parent->is_map() && parent->erase(last.key);
  if (!parent->is_list() || *last.index >= parent->items.size()) return false;
  parent->items.erase(parent->items.begin() + static_cast<std::ptrdiff_t>(*last.index));
  return true;
}

}  // namespace shoal::config
