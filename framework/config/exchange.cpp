#include "framework/config/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "framework/config/catalog.h"
#include "framework/config/utf8.h"

namespace shoal::config {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

bool on_command_line(const Place& place) { return place.source && place.source->kind() == Source::Kind::command_line; }

const char* name_of(Severity severity) {
  return severity == Severity::error ? "error" : severity == Severity::warning ? "warning" : "note";
}

std::string_view title_of(const Diagnostic& diagnostic) {
  const Explanation* entry = find_explanation(diagnostic.id);
  return entry != nullptr ? entry->title : std::string_view();
}

/// The notes, and the aliases that the value came through.
std::vector<Note> notes_of(const Diagnostic& diagnostic) {
  std::vector<Note> out = diagnostic.notes;
  for (const Place* via = diagnostic.place.via.get(); via != nullptr; via = via->via.get())
    out.push_back({"read through this alias", *via});
  return out;
}

/// The message and the help that has no place of its own.
std::string whole_message(const Diagnostic& diagnostic) {
  std::string out = diagnostic.message;
  for (const Note& note : diagnostic.notes)
    if (!note.place) out += "\n" + note.text;
  return out;
}

Json place_of(const Place& place) {
  if (!place.source) return nullptr;
  if (on_command_line(place))
    return {{"argument", place.line},
            {"text", std::string(place.source->line(place.line))},
            {"column", place.column},
            {"length", place.length}};
  Json out = {{"file", place.source->name()}};
  if (place.line > 0) out.update({{"line", place.line}, {"column", place.column}, {"length", place.length}});
  return out;
}

/// A path as a URI reference (RFC 3986): what is no unreserved character or '/' is percent-encoded.
std::string uri_of(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return path.starts_with('/') ? "file://" + out : out;
}

Json sarif_location(const Place& place) {
  if (on_command_line(place)) {
    const std::string argument(place.source->line(place.line));
    const Json logical = {{"name", argument}, {"fullyQualifiedName", fmt::format("command line:{}", place.line)}};
    return {{"logicalLocations", Json::array({logical})}};
  }
  Json physical = {{"artifactLocation", {{"uri", uri_of(place.source->name())}}}};
  if (place.line > 0)
    physical["region"] = {{"startLine", place.line},
                          {"startColumn", place.column},
                          {"endColumn", place.column + std::max<std::size_t>(place.length, 1)}};
  return {{"physicalLocation", physical}};
}

Json sarif_result(const Diagnostic& diagnostic, std::size_t rule) {
  Json out = {{"ruleId", diagnostic.id},
              {"ruleIndex", rule},
              {"level", name_of(diagnostic.severity)},
              {"message", {{"text", whole_message(diagnostic)}}}};
  if (diagnostic.place.source) out["locations"] = Json::array({sarif_location(diagnostic.place)});
  for (const Note& note : notes_of(diagnostic)) {
    if (!note.place || !note.place->source) continue;
    Json related = sarif_location(*note.place);
    related["message"] = {{"text", note.text}};
    out["relatedLocations"].push_back(std::move(related));
  }
  return out;
}

Json sarif_rule(const std::string& id) {
  Json out = {{"id", id}};
  if (const Explanation* entry = find_explanation(id)) {
    out["shortDescription"] = {{"text", std::string(entry->title)}};
    out["fullDescription"] = {{"text", std::string(entry->text)}};
    out["help"] = {{"text", render(*entry)}};
  }
  return out;
}

/// GitHub's own escapes; a property may hold no ':' and ',' besides.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    out += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

}  // namespace

std::string as_json(const Diagnostics& diagnostics) {
  Json list = Json::array();
  for (const Diagnostic& d : diagnostics.sorted()) {
    Json notes = Json::array();
    for (const Note& note : notes_of(d))
      notes.push_back({{"text", note.text}, {"place", note.place ? place_of(*note.place) : Json(nullptr)}});
    list.push_back({{"id", d.id},
                    {"severity", name_of(d.severity)},
                    {"title", std::string(title_of(d))},
                    {"message", d.message},
                    {"place", place_of(d.place)},
                    {"notes", std::move(notes)}});
  }
  return line_of({{"diagnostics", std::move(list)},
                  {"errors", diagnostics.count(Severity::error)},
                  {"warnings", diagnostics.count(Severity::warning)}});
}

std::string as_sarif(const Diagnostics& diagnostics, std::string_view version) {
  std::vector<std::string> ids;
  Json rules = Json::array(), results = Json::array();
  for (const Diagnostic& d : diagnostics.sorted()) {
    const auto found = std::find(ids.begin(), ids.end(), d.id);
    const auto rule = static_cast<std::size_t>(found - ids.begin());
    if (found == ids.end()) {
      ids.push_back(d.id);
      rules.push_back(sarif_rule(d.id));
    }
    results.push_back(sarif_result(d, rule));
  }
  const Json driver = {{"name", "shoal"}, {"version", std::string(version)}, {"rules", std::move(rules)}};
  const Json run = {{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
  return line_of({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                  {"version", "2.1.0"},
                  {"runs", Json::array({run})}});
}

std::string as_github(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& d : diagnostics.sorted()) {
    std::string where;
    if (d.place.source && !on_command_line(d.place)) {
      where = "file=" + escaped(d.place.source->name(), true) + ",";
      if (d.place.line > 0)
        where += fmt::format("line={},col={},endColumn={},", d.place.line, d.place.column,
                             d.place.column + std::max<std::size_t>(d.place.length, 1));
    }
    std::string message = whole_message(d);
    if (on_command_line(d.place)) message = d.place.to_string() + ": " + message;
    out += fmt::format("::{} {}title={}::{}\n", d.severity == Severity::note ? "notice" : name_of(d.severity), where,
                       escaped(fmt::format("{} {}", d.id, title_of(d)), true), escaped(message, false));
  }
  return out;
}

}  // namespace shoal::config
