#include "framework/config/merge.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace shoal::config {
namespace {

// The texts of `use:` of one node in two layers.
bool gives_another(const Value& below, const Value& above) {
  const Value* old = below.find("use");
  const Value* now = above.find("use");
  return old != nullptr && now != nullptr && now->is_scalar() && now->tag.empty() && old->text != now->text;
}

bool deletes(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  return value != nullptr && value->tag == "!delete";
}

class Merger {
 public:
  Merger(Path at, Diagnostics& diagnostics) : at_(std::move(at)), diagnostics_(diagnostics) {}

  // `below` is there, `above` has no !delete.
  void over(Value& below, Value above) {
    const std::string tag = std::exchange(above.tag, "");
    if (tag == "!append" || tag == "!prepend") return extend(below, std::move(above), tag);
    if (tag == "!replace" || below.is_null() || above.is_null() || (!below.is_map() && !above.is_map())) {
      if (deferring_ && (tag == "!replace" || !below.tag.empty())) above.tag = "!replace";
      alone(above);
      below = std::move(above);
      return;
    }
    if (!below.is_map() || !above.is_map()) return say_unlike(below, above);
    if (is_node()) {
      deferring_ = below.find("like") != nullptr || above.find("like") != nullptr;
      if (gives_another(below, above)) {
        if (!deletes(above, "with")) below.erase("with");
        if (!deletes(above, "library")) below.erase("library");
      }
    }
    for (Entry& entry : above.entries) lay_entry(below, std::move(entry));
    if (is_node()) deferring_ = false;
  }

  // Nothing is below `value`, whose own tag has been obeyed.
  void alone(Value& value) {
    for (Value& item : value.items) {
      if (!item.tag.empty()) {
        diagnostics_.error("Y113", item.place, fmt::format("{} means nothing inside a list", item.tag),
                           {{"a list is replaced as a whole; a tag at its key says otherwise", std::nullopt}});
        item.tag.clear();
      }
      alone(item);
    }
    std::vector<Entry> entries = std::exchange(value.entries, {});
    for (Entry& entry : entries) lay_entry(value, std::move(entry));
  }

 private:
  void lay_entry(Value& map, Entry entry) {
    at_.segments.push_back({entry.key, std::nullopt});
    Value* there = map.find(entry.key);
    if (is_node() && there == nullptr) deferring_ = entry.value.find("like") != nullptr;
    if (entry.value.tag == "!delete") {
      remove(map, entry);
    } else if (there != nullptr) {
      over(*there, std::move(entry.value));
    } else if (deferring_ && !is_node()) {
      alone(entry.value);
      map.entries.push_back(std::move(entry));
    } else if (entry.value.tag == "!append" || entry.value.tag == "!prepend") {
      diagnostics_.error(
          "C212", entry.value.place,
          fmt::format("{} wants a list, but nothing below sets '{}'", entry.value.tag, to_string(shorten(at_))));
    } else {
      entry.value.tag.clear();  // !replace, and nothing to replace: the layer says what it wants, whatever is below
      alone(entry.value);
      map.entries.push_back(std::move(entry));
    }
    if (is_node()) deferring_ = false;
    at_.segments.pop_back();
  }

  void remove(Value& map, const Entry& entry) {
    if (!entry.value.is_null() && !(entry.value.is_scalar() && entry.value.text.empty())) {
      diagnostics_.error("Y113", entry.value.place, "!delete takes no value",
                         {{"to put something else there: !replace, or the value alone", std::nullopt}});
    } else if (deferring_ && !is_node()) {
      map.erase(entry.key);
      map.entries.push_back(entry);
    } else if (!map.erase(entry.key)) {
      diagnostics_.error("C213", entry.value.place, fmt::format("nothing to delete at '{}'", to_string(shorten(at_))),
                         {{"!delete takes away what a base says", std::nullopt}});
    }
  }

  void extend(Value& below, Value above, const std::string& tag) {
    if (!below.is_list()) {
      diagnostics_.error(
          "C212", above.place,
          fmt::format("{} wants a list, but '{}' is {}", tag, to_string(shorten(at_)), below.kind_name()),
          {{"it is set", below.place}});
      return;
    }
    if (above.is_list()) {
      alone(above);
    } else {
      Value list = Value::make_list({std::move(above)});
      alone(list);
      above = std::move(list);
    }
    below.items.insert(tag == "!append" ? below.items.end() : below.items.begin(), above.items.begin(),
                       above.items.end());
    below.place = above.place.source ? above.place : below.place;
  }

  void say_unlike(const Value& below, const Value& above) {
    diagnostics_.error(
        "C203", above.place,
        fmt::format("'{}' is {} here, but {} below", to_string(shorten(at_)), above.kind_name(), below.kind_name()),
        {{"what is below", below.place}, {"write !replace before it if that is meant", std::nullopt}});
  }

  bool is_node() const { return at_.segments.size() == 2 && at_.segments[0].key == "nodes"; }

  Path at_;
  Diagnostics& diagnostics_;
  bool deferring_ = false;  // in a node with `like:` tags are kept, for when the copy is below
};

void refuse_tag(Value& value, Diagnostics& diagnostics) {
  if (value.tag.empty()) return;
  diagnostics.error("Y113", value.place, fmt::format("{} stands at a key, not at the whole", value.tag));
  value.tag.clear();
}

}  // namespace

void lay_over(Value& below, Value above, const Path& at, Diagnostics& diagnostics) {
  refuse_tag(above, diagnostics);
  Merger(at, diagnostics).over(below, std::move(above));
}

void settle_tags(Value& value, const Path& at, Diagnostics& diagnostics) {
  refuse_tag(value, diagnostics);
  Merger(at, diagnostics).alone(value);
}

}  // namespace shoal::config
