#include "framework/config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include "framework/config/utf8.h"
#include "framework/config/yaml_builder.h"
#include "framework/config/yaml_scan.h"

namespace shoal::config {
namespace {

// What the parser's terse messages mostly come from.
struct Hint {
  std::string_view message, says, help;
};
const std::array<Hint, 9> kHints{{
    {YAML::ErrorMsg::MAP_KEY, "a key cannot stand here", "check the indentation"},
    {YAML::ErrorMsg::END_OF_MAP, "the map does not go on here", "check the indentation of this line and the one above"},
    {YAML::ErrorMsg::END_OF_SEQ, "the list does not go on here",
     "check the indentation of this line and the one above"},
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "'{' without its '}'", "keys and values in {…} are separated by commas"},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "'[' without its ']'", "values in […] are separated by commas"},
    {YAML::ErrorMsg::FLOW_END, "a bracket that closes none", "[ goes with ], { with }"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "'- ' cannot stand here", "put the list on lines of its own, or write [a, b]"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is not closed", ""},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "a character that cannot start a value", "put the text in quotes"},
}};

void report_syntax(const YAML::ParserException& error, const MarkedText& marked, const TreeBuilder& builder,
                   Diagnostics& diagnostics) {
  const std::size_t at = marked.offset(error.mark);
  if (error.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR)) {
    const std::string_view word = marked.word(at);
    const std::string_view name = word.substr(std::min<std::size_t>(1, word.size()));
    diagnostics.error("Y111", marked.place(at, word.size()),
                      fmt::format("there is no anchor '{}' above{}", name, did_you_mean(name, builder.anchor_names())));
    return;
  }
  if (error.msg == YAML::ErrorMsg::MAP_VALUE) {  // two mistakes in one message; was there a ': ' before in this line?
    const std::size_t begin = marked.text().rfind('\n', at) + 1;
    const bool second = marked.text().substr(begin, at - std::min(begin, at)).find(": ") != std::string::npos;
    diagnostics.error(
        "Y104", marked.place(at),
        second ? "YAML syntax: a second ': ' in one value" : "YAML syntax: the line above goes on into this key",
        {{second ? "put text that holds ': ' in quotes" : "check the indentation, and for ': ' the line above",
          std::nullopt}});
    return;
  }
  if (error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW || error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW) {
    const std::size_t begin = marked.text().rfind('\n', at) + 1;
    const std::size_t reference = std::string_view(marked.text()).substr(0, at).rfind("${");
    if (reference != std::string_view::npos && reference >= begin) {
      diagnostics.error("Y104", marked.place(reference, 2), "YAML syntax: '${' without quotes inside {…} or […]",
                        {{"write \"${path}\" there", std::nullopt}});
      return;
    }
  }
  for (const Hint& hint : kHints) {
    if (error.msg != hint.message) continue;
    std::vector<Note> notes;
    if (!hint.help.empty()) notes.push_back({std::string(hint.help), std::nullopt});
    diagnostics.error("Y104", marked.place(at), fmt::format("YAML syntax: {}", hint.says), std::move(notes));
    return;
  }
  diagnostics.error("Y104", marked.place(at), fmt::format("YAML syntax: {}", error.msg));
}

// Sees that there is something behind the first document, and where.
class SecondDocument final : public YAML::EventHandler {
 public:
  struct Found {
    YAML::Mark mark;
  };
  void OnDocumentStart(const YAML::Mark& mark) override { throw Found{mark}; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// yaml-cpp's mark may be behind the `---` that opened the document; the place is that of the `---`.
void report_second_document(const YAML::Mark& mark, const MarkedText& marked, Diagnostics& diagnostics) {
  const std::string& text = marked.text();
  const std::size_t at = std::min(marked.offset(mark), text.size());
  const std::size_t rule = text.substr(0, std::min(at + 3, text.size())).rfind("\n---");
  const std::size_t between = rule == std::string::npos ? rule : text.find_first_not_of(" \t\n", rule + 4);
  const bool is_rule = between != std::string::npos ? between >= at : rule != std::string::npos;
  if (is_rule) {
    diagnostics.error("Y112", marked.place(rule + 1, 3), "a second document starts here",
                      {{"one file holds one experiment; put the other one into a file of its own", std::nullopt}});
  } else {
    diagnostics.error("Y104", marked.place(at), "YAML syntax: text behind the end of the document",
                      {{"check brackets and indentation above", std::nullopt}});
  }
}

std::optional<Value> parse(const MarkedText& marked, Diagnostics& diagnostics, const YamlLimits& limits) {
  Diagnostics found;
  TreeBuilder builder(marked, found, limits);
  bool any = false;
  std::optional<YAML::ParserException> broken;
  try {
    std::istringstream stream(marked.text());
    YAML::Parser parser(stream);
    any = parser.HandleNextDocument(builder);
    if (!any) found.error("Y104", marked.place(0), "the file says nothing: it is empty or all comments");
    builder.warn_of_unused_anchors();
    SecondDocument second;
    if (any) parser.HandleNextDocument(second);
  } catch (const TreeBuilder::Stop&) {
  } catch (const SecondDocument::Found& document) {
    report_second_document(document.mark, marked, found);
  } catch (const YAML::DeepRecursion& error) {
    found.error("Y108", marked.place(marked.offset(error.mark)),
                fmt::format("nested deeper than {} levels", limits.depth));
  } catch (const YAML::ParserException& error) {
    broken = error;
  }
  for (Diagnostic& diagnostic : found.sorted()) {
    const bool follows = broken && (diagnostic.id == "Y104" || diagnostic.id == "Y114");  // from the parser's confusion
    if (!follows) diagnostics.add(std::move(diagnostic));
  }
  if (broken) report_syntax(*broken, marked, builder, diagnostics);
  return broken || found.has_errors() ? std::nullopt : std::optional(builder.take_root());
}

}  // namespace

std::optional<Value> parse_yaml(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics,
                                const YamlLimits& limits) {
  if (source->text().size() > limits.bytes) {
    diagnostics.error("Y107", {source}, fmt::format("the file has more than {} MiB", limits.bytes >> 20));
    return std::nullopt;
  }
  if (!scan_characters(source, diagnostics)) return std::nullopt;
  if (!scan_tabs(source, diagnostics)) return std::nullopt;
  std::string text;  // without byte-order mark and CR, which yaml-cpp would count
  for (std::size_t line = 1; line <= source->line_count(); ++line) (text += source->line(line)) += '\n';
  return parse(MarkedText(source, std::move(text), 1), diagnostics, limits);
}

std::optional<Value> parse_yaml_flow(const std::string& text, const Place& at, Diagnostics& diagnostics) {
  const std::string_view line = at.source->line(at.line);
  std::size_t before = 0;
  for (std::size_t column = 1; column < at.column && before < line.size(); ++column)
    before += decode(line, before).bytes;
  std::string padded = std::string(before, ' ') + text + '\n';  // so that yaml-cpp's columns are ours
  std::replace(padded.begin(), padded.end() - 1, '\n', ' ');
  return parse(MarkedText(at.source, std::move(padded), at.line), diagnostics, {});
}

}  // namespace shoal::config
