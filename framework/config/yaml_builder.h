#ifndef SHOAL_FRAMEWORK_CONFIG_YAML_BUILDER_H_
#define SHOAL_FRAMEWORK_CONFIG_YAML_BUILDER_H_

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"
#include "framework/config/yaml.h"

namespace shoal::config {

/// The text that yaml-cpp reads, and which place of a source each of its marks means.
class MarkedText {
 public:
  /// Line 0 of `text` is line `first_line` of `source`, byte for byte.
  MarkedText(std::shared_ptr<const Source> source, std::string text, std::size_t first_line);

  const std::string& text() const { return text_; }
  std::size_t offset(const YAML::Mark& mark) const;

  /// The place of `length` bytes at `offset`, not past the end of its line. The end of the file counts as the end of its
  /// last line that says something.
  Place place(std::size_t offset, std::size_t length = 1) const;

  /// The word at `offset`, up to white space or an end of a flow list or map: "*name", "!tag", "null".
  std::string_view word(std::size_t offset) const;

  /// Behind the anchor and tag that may stand at `offset`, and the white space and comments after them.
  std::size_t skip_properties(std::size_t offset) const;

  /// Behind the quote that closes the one at `offset`, lines on if need be; nothing if there is none.
  std::optional<std::size_t> behind_quotes(std::size_t offset) const;

  /// Bytes that a scalar takes on its first line.
  std::size_t scalar_length(std::size_t offset, const std::string& value) const;

 private:
  std::shared_ptr<const Source> source_;
  std::string text_;
  std::size_t first_line_;
  std::vector<std::size_t> line_starts_;
};

/// Turns the events of yaml-cpp's parser into a Value, and refuses what can be read two ways (Y103, Y108–Y110, Y113–Y116).
class TreeBuilder final : public YAML::EventHandler {
 public:
  /// Thrown out of the parser when going on would be too dear; the error has been made.
  struct Stop {};

  TreeBuilder(const MarkedText& marked, Diagnostics& diagnostics, const YamlLimits& limits)
      : marked_(marked), diagnostics_(diagnostics), limits_(limits) {}

  Value take_root() { return std::move(root_); }
  std::vector<std::string> anchor_names() const;
  void warn_of_unused_anchors();

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;

 private:
  // A list or map whose end has not come yet.
  struct Open {
    Value value;
    YAML::anchor_t anchor = 0;
    bool is_key = false;           // it stands where a key should: it will be dropped
    std::optional<Entry> pending;  // a key that waits for its value
    std::size_t pending_end = 0;   // the offset behind that key
    bool drop_value = false;       // the key was an error
    bool has_merge = false;
    std::unordered_map<std::string, Place> keys;  // where each was first given
  };
  struct Anchor {
    std::string name;
    Place place;
    Value value;
    std::size_t values = 0;
    std::size_t depth = 0;
    bool complete = false;
    bool used = false;
  };

  bool wants_key() const;
  std::string checked_tag(const YAML::Mark& mark, const std::string& tag);
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Value value);
  void close();
  void add(Value value, YAML::anchor_t anchor);
  void add_key(Value key);
  void keep(YAML::anchor_t anchor, const Value& value);
  void spend(std::size_t values, const Place& place);
  void merge(Value& map);
  void missing_colon();
  Place empty_place(const YAML::Mark& mark) const;

  const MarkedText& marked_;
  Diagnostics& diagnostics_;
  const YamlLimits& limits_;
  Value root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchor> anchors_;
  std::optional<Anchor> next_anchor_;  // its name is told just before its value
  std::size_t scalar_end_ = 0;  // the offset behind the last scalar's first line
  std::size_t expanded_ = 0;
};

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_YAML_BUILDER_H_
