#include "framework/config/yaml_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "framework/config/scalars.h"
#include "framework/config/utf8.h"

namespace shoal::config {
namespace {

constexpr std::array<std::string_view, 4> kInstructions{"!delete", "!replace", "!append", "!prepend"};
constexpr std::string_view kMerge = "<<";

// Notes in every value of a copy that it came through the alias at `site`. Values that came through another alias
// before get both, the earlier one first.
class AliasMarker {
 public:
  explicit AliasMarker(Place site) : site_(std::make_shared<const Place>(std::move(site))) {}

  void mark(Value& value) {
    mark(value.place);
    for (Value& item : value.items) mark(item);
    for (Entry& entry : value.entries) {
      mark(entry.key_place);
      mark(entry.value);
    }
  }

 private:
  void mark(Place& place) { place.via = with_site(place.via); }

  std::shared_ptr<const Place> with_site(const std::shared_ptr<const Place>& via) {
    if (via == nullptr) return site_;
    std::shared_ptr<const Place>& known = chains_[via.get()];
    if (known == nullptr) {
      Place longer = *via;
      longer.via = with_site(via->via);
      known = std::make_shared<const Place>(std::move(longer));
    }
    return known;
  }

  std::shared_ptr<const Place> site_;  // shared by all values of the copy
  std::unordered_map<const Place*, std::shared_ptr<const Place>> chains_;
};

/// yaml-cpp turns the escapes \N and \_ into the single bytes 85 and A0, which are no UTF-8: into U+0085 and U+00A0.
std::string with_whole_code_points(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode(text, at);
    if (!c.valid) out += '\xC2';
    out += text.substr(at, c.bytes);
    at += c.bytes;
  }
  return out;
}

}  // namespace

bool TreeBuilder::wants_key() const { return !open_.empty() && open_.back().value.is_map() && !open_.back().pending; }

std::vector<std::string> TreeBuilder::anchor_names() const {
  std::vector<std::string> names;
  for (const auto& [id, anchor] : anchors_) names.push_back(anchor.name);
  return names;
}

void TreeBuilder::warn_of_unused_anchors() {
  for (const auto& [id, anchor] : anchors_) {
    if (!anchor.used) diagnostics_.warning("Y116", anchor.place, fmt::format("anchor '{}' is never used", anchor.name));
  }
}

std::string TreeBuilder::checked_tag(const YAML::Mark& mark, const std::string& tag) {
  if (tag.empty() || tag == "?" || tag == "!") return "";
  std::size_t at = marked_.offset(mark);
  if (marked_.word(at).starts_with('&')) at = marked_.text().find('!', at);
  const std::string_view written = marked_.word(at);
  const Place place = marked_.place(at, written.size());
  if (wants_key()) {
    diagnostics_.error("Y114", place, fmt::format("a key takes no tag, but has {}", written));
    return "";
  }
  if (std::find(kInstructions.begin(), kInstructions.end(), tag) != kInstructions.end()) return tag;
  const std::vector<std::string> known(kInstructions.begin(), kInstructions.end());
  diagnostics_.error(
      "Y113", place, fmt::format("unknown tag {}{}", written, did_you_mean(written, known)),
      {{"there are !delete, !replace, !append and !prepend; types come from the schema, and quotes make text",
        std::nullopt}});
  return "";
}

Place TreeBuilder::empty_place(const YAML::Mark& mark) const {
  if (!open_.empty() && open_.back().pending) return open_.back().pending->key_place;
  // yaml-cpp's mark is that of whatever comes next; the `-` or `,` before it is where the value is missing.
  const std::size_t next = marked_.offset(mark);
  const std::size_t before = next == 0 ? std::string::npos : marked_.text().find_last_not_of(" \t\n", next - 1);
  return marked_.place(before == std::string::npos ? next : before);
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (!open_.empty() && open_.back().pending && !open_.back().drop_value) {
    const std::size_t end = open_.back().pending_end;  // a key without a value has its mark at the key or behind it
    const std::size_t next = std::max(end, marked_.offset(mark));
    if (marked_.text().substr(end, next - end).find(':') == std::string::npos) return missing_colon();
  }
  // At the end of a file yaml-cpp forgets the tag of an empty value.
  const std::string_view property = marked_.word(marked_.offset(mark));
  if (property.starts_with('!')) return OnScalar(mark, std::string(property), anchor, "");
  const std::size_t at = marked_.skip_properties(marked_.offset(mark));
  std::string_view word = marked_.word(at);
  if (word.ends_with(':')) word.remove_suffix(1);
  const bool written = !word.empty() && word != "-" && plain_type(word) == PlainType::null;
  add(Value::make_null(written ? marked_.place(at, word.size()) : empty_place(mark)), anchor);
}

// yaml-cpp takes `k 10` in a map for a key without a value, and so {k:10}.
void TreeBuilder::missing_colon() {
  const Entry& key = *open_.back().pending;
  const std::size_t colon = key.key.find(':');
  std::string help = "write key: value";
  if (colon != std::string::npos) {
    help = fmt::format("write '{}: {}', with a space behind the colon", key.key.substr(0, colon),
                       key.key.substr(colon + 1));
  }
  diagnostics_.error("Y104", key.key_place, fmt::format("YAML syntax: '{}' has no ': ' and value behind it", key.key),
                     {{std::move(help), std::nullopt}});
  add(Value::make_null(key.key_place), 0);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& scalar) {
  const std::string text = with_whole_code_points(scalar);
  const std::size_t begin = marked_.offset(mark);
  const std::size_t at = marked_.skip_properties(begin);
  const char first = at < marked_.text().size() ? marked_.text()[at] : '\n';
  const bool has_tag = tag != "?" && tag != "!";
  bool quoted = tag == "!";
  if (has_tag) {  // the tag hides from us whether there were quotes, and a tag alone may be followed by the next key
    const bool quote = first == '\'' || first == '"';
    quoted =
        quote ? !text.empty() || marked_.scalar_length(at, text) == 2 : (first == '|' || first == '>') && !text.empty();
  }
  if (quoted && (first == '\'' || first == '"') && !marked_.behind_quotes(at)) {  // yaml-cpp takes the rest of the file
    diagnostics_.error("Y104", marked_.place(at), "YAML syntax: the quote is not closed");
    throw Stop{};
  }
  std::string kept_tag = checked_tag(mark, tag);
  Value value;
  if (has_tag && !quoted && plain_type(text) == PlainType::null) {
    value = Value::make_null(marked_.place(begin, marked_.word(begin).size()));
  } else {
    value = quoted ? Value::make_text(text) : Value::make_plain(text);
    const std::size_t length = marked_.scalar_length(at, text);
    value.place = marked_.place(at, length);
    scalar_end_ = at + length;
  }
  value.tag = std::move(kept_tag);
  add(std::move(value), anchor);
}

void TreeBuilder::OnAnchor(const YAML::Mark& mark, const std::string& name) {
  std::size_t at = marked_.offset(mark);
  if (const std::size_t sign = marked_.text().find("&" + name, at); sign != std::string::npos) at = sign;
  const Place place = marked_.place(at, name.size() + 1);
  for (const auto& [id, earlier] : anchors_) {
    if (earlier.name == name) {
      diagnostics_.warning("Y115", place, fmt::format("anchor '{}' is given again; aliases below mean this one", name),
                           {{"given before", earlier.place}});
      break;
    }
  }
  next_anchor_ = Anchor{.name = name, .place = place, .value = {}};
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t id) {
  const std::size_t at = marked_.offset(mark);
  const std::string_view word = marked_.word(at);
  const Place place = marked_.place(at, word.size());
  Anchor& anchor = anchors_[id];
  anchor.used = true;
  if (wants_key()) {
    diagnostics_.error("Y114", place, fmt::format("a key must be plain text, but is the alias {}", word));
    return add_key(Value::make_null(place));
  }
  if (!anchor.complete) {
    diagnostics_.error("Y110", place, fmt::format("alias {} stands inside its own anchor", word),
                       {{"the anchor", anchor.place}});
    return add(Value::make_null(place), 0);
  }
  spend(anchor.values, place);
  if (open_.size() + anchor.depth > limits_.depth) {
    diagnostics_.error("Y108", place, fmt::format("nested deeper than {} levels", limits_.depth));
    throw Stop{};
  }
  Value copy = anchor.value;
  AliasMarker(place).mark(copy);
  add(std::move(copy), 0);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  open(mark, tag, anchor, Value::make_list());
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  open(mark, tag, anchor, Value::make_map());
}

void TreeBuilder::open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Value value) {
  value.place = marked_.place(marked_.skip_properties(marked_.offset(mark)));
  value.tag = checked_tag(mark, tag);
  if (open_.size() >= limits_.depth) {
    diagnostics_.error("Y108", value.place, fmt::format("nested deeper than {} levels", limits_.depth));
    throw Stop{};
  }
  if (anchor != 0 && next_anchor_) {  // known from here on, so that an alias inside can be told from an unknown one
    anchors_[anchor] = *std::exchange(next_anchor_, std::nullopt);
  }
  const bool is_key = wants_key();
  open_.push_back(Open{.value = std::move(value), .anchor = anchor, .is_key = is_key, .pending = {}, .keys = {}});
}

void TreeBuilder::close() {
  Open done = std::move(open_.back());
  open_.pop_back();
  if (done.has_merge) merge(done.value);
  if (done.is_key) {  // said only here: yaml-cpp takes an unclosed `[8, 16` for a key, and then gives up
    diagnostics_.error("Y114", done.value.place,
                       fmt::format("a key must be plain text, but is {}", done.value.kind_name()));
    return add_key(Value::make_null(done.value.place));
  }
  add(std::move(done.value), done.anchor);
}

void TreeBuilder::add(Value value, YAML::anchor_t anchor) {
  if (anchor != 0) keep(anchor, value);
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (open_.back().value.is_list()) {
    open_.back().value.items.push_back(std::move(value));
  } else if (!open_.back().pending) {
    if (value.is_null()) {
      diagnostics_.error("Y114", value.place, "a key must be plain text, but is empty",
                         {{"put it in quotes if the word is meant", std::nullopt}});
    }
    add_key(std::move(value));
  } else {
    Open& map = open_.back();
    map.pending->value = std::move(value);
    if (!map.drop_value) map.value.entries.push_back(std::move(*map.pending));
    map.pending.reset();
  }
}

// A null is a key that was refused: the value that follows is dropped.
void TreeBuilder::add_key(Value key) {
  Open& map = open_.back();
  map.drop_value = key.is_null();
  map.pending = Entry{key.text, key.place, {}};
  map.pending_end = scalar_end_;
  if (map.drop_value) return;
  if (key.text == kMerge && !key.quoted) map.has_merge = true;
  const auto [first, is_new] = map.keys.emplace(key.text, key.place);
  if (is_new) return;
  diagnostics_.error("Y103", key.place, fmt::format("key '{}' given twice", key.text),
                     {{"first given", first->second}});
  map.drop_value = true;
}

void TreeBuilder::keep(YAML::anchor_t id, const Value& value) {
  Anchor& anchor = anchors_[id];
  if (next_anchor_) anchor = *std::exchange(next_anchor_, std::nullopt);
  anchor.values = count_values(value);
  anchor.depth = depth(value);
  spend(anchor.values, anchor.place);
  anchor.value = value;
  anchor.complete = true;
}

void TreeBuilder::spend(std::size_t values, const Place& place) {
  expanded_ += values;
  if (expanded_ <= limits_.expanded_values) return;
  diagnostics_.error("Y109", place, fmt::format("aliases expand to over {} values", limits_.expanded_values));
  throw Stop{};
}

// `<<: *defaults` and `<<: [*a, *b]`: keys of the map itself win, then those of the earlier one.
void TreeBuilder::merge(Value& map) {
  std::unordered_set<std::string> taken;
  for (const Entry& entry : map.entries) taken.insert(entry.key);
  std::vector<Entry> merged;
  for (Entry& entry : map.entries) {
    if (entry.key != kMerge) {
      merged.push_back(std::move(entry));
      continue;
    }
    std::vector<Value> sources;
    if (entry.value.is_list()) {
      sources = std::move(entry.value.items);
    } else {
      sources.push_back(std::move(entry.value));
    }
    for (Value& source : sources) {
      if (!source.is_map()) {
        diagnostics_.error("Y104", source.place,
                           fmt::format("'<<' wants a map or a list of maps, got {}", source.kind_name()));
      }
      for (Entry& inherited : source.entries) {
        if (taken.insert(inherited.key).second) merged.push_back(std::move(inherited));
      }
    }
  }
  map.entries = std::move(merged);
}

}  // namespace shoal::config
