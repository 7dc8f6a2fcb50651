#include "framework/graph/schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/config/path.h"
#include "framework/graph/ports.h"
#include "framework/graph/schema_parameters.h"
#include "shoal/error.h"

namespace shoal::host {

using nlohmann::ordered_json;

namespace {

constexpr const char* kName = "^[a-z][a-z0-9_-]*$";

ordered_json reference(const char* definition) { return {{"$ref", std::string("#/definitions/") + definition}}; }

ordered_json described(const char* description, ordered_json schema) {
  ordered_json out = {{"description", description}};
  out.update(schema);
  return out;
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "|") + word;
  return out;
}

ordered_json text_value(const char* description) {
  return described(description, {{"type", {"string", "number", "boolean"}}});
}

ordered_json integer(const char* description) {
  return described(
      description,
      {{"type", {"integer", "string"}}, {"pattern", kInterpolated}, {"patternErrorMessage", "wants an integer"}});
}

ordered_json seconds(const char* description, double least, bool exclusive = false) {
  return described(description, {{"type", {"number", "string"}},
                                 {exclusive ? "exclusiveMinimum" : "minimum", least},
                                 {"pattern", kInterpolated}});
}

ordered_json one_of(const char* description, const std::vector<std::string>& choices) {
  return described(description, {{"anyOf", {{{"enum", choices}}, {{"type", "string"}, {"pattern", kInterpolated}}}}});
}

/// "node" or "node.output"
ordered_json output_name() {
  return {{"type", "string"},
          {"pattern", text("{}{}", R"(^[a-z][a-z0-9_-]*(\.[^/ ]+)?$|)", kInterpolated)},
          {"patternErrorMessage", "wants a node, or node.output"}};
}

ordered_json use_schema(const Registry& registry) {
  std::vector<std::string> summaries;
  const auto ids = registry.ids();
  for (const std::string& id : ids) summaries.emplace_back(registry.find(id).front().component->summary);
  return described("A component, or one that another node made (learn.encoder)",
                   {{"anyOf", {{{"enum", ids}, {"enumDescriptions", summaries}}, output_name()}}});
}

/// What is wired to a port: a node, its output, or a list of them; a port that takes no list takes a list of one.
ordered_json wired_schema(bool list) {
  ordered_json out = output_name();
  out["type"] = {"string", "array"};
  out["items"] = reference("output");
  if (!list) out["maxItems"] = 1;
  return out;
}

ordered_json port_schema(const InputPort& port) {
  return described(text("{}: {}", describe_port_type(port.type), port.help).c_str(),
                   {{"allOf", ordered_json::array({reference(port.list ? "several" : "wired")})}});
}

/// The ports of a component, whether or not it is at work.
std::vector<InputPort> ports_of(const ComponentEntry& entry) {
  const Work work = work_of(entry.kind());
  std::vector<InputPort> ports;
  if (work != Work::never) ports = signature_of(entry, true, false).inputs;
  if (work != Work::always)
    for (InputPort& port : signature_of(entry, false, false).inputs) ports.push_back(std::move(port));
  return ports;
}

ordered_json if_uses(const ComponentEntry& entry, ordered_json then) {
  return {{"if",
           {{"properties", {{"use", {{"enum", ordered_json::array({std::string(entry.id())})}}}}},
            {"required", ordered_json::array({"use"})}}},
          {"then", std::move(then)}};
}

/// What a node that uses this component may say.
ordered_json branch(const ComponentEntry& entry) {
  ordered_json ports = ordered_json::object();
  for (const InputPort& port : ports_of(entry)) ports[port.name] = port_schema(port);
  ordered_json properties;
  properties["in"] = {{"properties", std::move(ports)}, {"additionalProperties", false}};
  properties["with"] = parameters_schema(*entry.component);
  if (!can_be_isolated(entry.kind())) properties["isolate"] = false;
  if (work_of(entry.kind()) == Work::never && entry.kind() != "dataset") properties["timeout"] = false;
  return if_uses(entry, {{"properties", std::move(properties)}});
}

/// The parameters and ports that such a node has to say, where nothing else can; null: none.
ordered_json demands(const ComponentEntry& entry) {
  ordered_json parameters = ordered_json::array(), ports = ordered_json::array();
  for (const shoal_param* const* p = entry.component->params; p != nullptr && *p != nullptr; ++p)
    if (((*p)->flags & SHOAL_REQUIRED) != 0) parameters.push_back((*p)->name);
  if (work_of(entry.kind()) != Work::with_data)
    for (const InputPort& port : ports_of(entry))
      if (port.required) ports.push_back(port.name);
  ordered_json properties = ordered_json::object(), keys = ordered_json::array({"use"});
  const auto demand = [&](const char* key, ordered_json names) {
    if (names.empty()) return;
    properties[key] = {{"required", std::move(names)}};
    keys.push_back(key);
  };
  demand("with", std::move(parameters));
  demand("in", std::move(ports));
  if (properties.empty()) return nullptr;
  return if_uses(entry, {{"properties", std::move(properties)}, {"required", std::move(keys)}});
}

/// One component of each id. Where libraries that offer the same id differ in what it takes, `library` chooses, which
/// is beyond a schema: none of them.
std::vector<ComponentEntry> told_apart(const Registry& registry) {
  std::vector<ComponentEntry> out;
  for (const std::string& id : registry.ids()) {
    const auto found = registry.find(id);
    const bool alike = std::all_of(found.begin() + 1, found.end(),
                                   [&](const ComponentEntry& other) { return branch(other) == branch(found[0]); });
    if (alike) out.push_back(found[0]);
  }
  return out;
}

ordered_json node_properties() {
  return {
      {"use", reference("use")},
      {"in", described("Port → node, node.output or a list of them", {{"type", {"object", "string"}},
                                                                      {"pattern", kInterpolated},
                                                                      {"additionalProperties", reference("several")}})},
      {"with", described("Parameters; `shoal plugins show NAME` lists them",
                         {{"type", {"object", "null", "string"}}, {"pattern", kInterpolated}})},
      {"like",
       described("Another node of this file that this one is a copy of, but for what is said here", output_name())},
      {"seed", integer("Replaces the experiment's seed for this node")},
      {"cache", one_of("Whether its result is kept for later runs", {"on", "off", "exact"})},
      {"library", text_value("The library to take where two offer one name: its file")},
      {"isolate", one_of("process: a transform, clusterer or metric works in a process of its own, which may crash",
                         {"process", "none"})},
      {"timeout",
       seconds("Seconds after which its work is stopped; a clusterer's fit is put into a process of its own for it", 0,
               true)}};
}

ordered_json node_schema(const Registry& registry) {
  ordered_json branches = ordered_json::array();
  for (const ComponentEntry& entry : told_apart(registry)) branches.push_back(branch(entry));
  // `probe: !delete` of a file with a base reads as nothing.
  ordered_json out = {{"description", "A node: a component, what goes into it, and its parameters"},
                      {"type", {"object", "string", "null"}},
                      {"pattern", std::string("^$|") + kInterpolated},
                      {"patternErrorMessage", "a node is a map: {use: …, in: …, with: …}"},
                      {"properties", node_properties()},
                      {"additionalProperties", false}};
  if (!branches.empty()) out["allOf"] = std::move(branches);
  return out;
}

/// For files where neither a base nor a matrix adds anything.
ordered_json complete_node_schema(const Registry& registry) {
  ordered_json all =
      ordered_json::array({ordered_json{{"type", "object"}, {"required", ordered_json::array({"use"})}}});
  for (const ComponentEntry& entry : told_apart(registry))
    if (ordered_json demanded = demands(entry); !demanded.is_null()) all.push_back(std::move(demanded));
  return {{"if", {{"type", "object"}, {"required", ordered_json::array({"like"})}}},
          {"else", {{"allOf", std::move(all)}}}};
}

ordered_json range_schema() {
  const ordered_json number = {{"type", {"number", "string"}}, {"pattern", kInterpolated}};
  return {{"type", "object"},
          {"properties",
           {{"from", number},
            {"to", number},
            {"step", number},
            {"points", {{"type", {"integer", "string"}}, {"minimum", 2}, {"pattern", kInterpolated}}},
            {"log", {{"type", {"boolean", "string"}}, {"pattern", kInterpolated}}}}},
          {"required", {"from", "to"}},
          {"additionalProperties", false}};
}

/// Keys with a dot are paths, all others names of axes. No key matches two patterns: some editors take the first alone.
ordered_json matrix_schema() {
  const ordered_json values = {
      {"description", "Values of this path: a list, {from, to, step}, or {from, to, points, log: true}"},
      {"type", {"array", "object", "string"}},
      {"pattern", kInterpolated},
      {"minItems", 1},
      {"if", {{"type", "object"}}},
      {"then", range_schema()}};
  const ordered_json cases = {
      {"description", "A named axis: label → paths that are set together"},
      {"type", "object"},
      {"minProperties", 1},
      {"additionalProperties", {{"type", "object"}, {"patternProperties", {{R"(\.use$)", reference("use")}}}}}};
  const ordered_json rows = {{"type", "array"}, {"items", {{"type", "object"}, {"minProperties", 1}}}};
  ordered_json components = values;
  components["items"] = reference("use");
  const std::string settings = alternatives(config::top_level_keys());
  ordered_json setting_axis = values;  // device: [cpu, cuda]; a map makes it a named axis
  setting_axis["then"] = cases;
  return {{"description", "What varies: every combination of the axes is a run"},
          {"type", "object"},
          {"properties",
           {{"exclude", described("Combinations that are left out", rows)},
            {"add", described("Single rows that are run too", rows)},
            {"seeds", described("Repeats each row: so many seeds from `seed` on, or a list of seeds",
                                {{"type", {"integer", "array", "string"}},
                                 {"minimum", 1},
                                 {"minItems", 1},
                                 {"pattern", kInterpolated},
                                 {"items", {{"type", {"integer", "string"}}, {"pattern", kInterpolated}}}})},
            {"seed", false}}},
          {"patternProperties",
           {{R"(\.use$)", components},
            {R"(^(?!.*\.use$).*[.\['])", values},
            {"^(?!seed$)(?:" + settings + ")$", setting_axis},
            {"^(?!(?:exclude|add|seeds|" + settings + R"()$)[^.\[']+$)", cases}}}};
}

ordered_json figures_schema() {
  const ordered_json series = {{"allOf", ordered_json::array({reference("several")})}};
  const ordered_json figure = {
      {"type", "object"},
      {"properties",
       {{"x",
         described("step or epoch: series of a run; an axis of the matrix: a number over it", {{"type", "string"}})},
        {"y", described("A number or a series of a node, or a list of them", series)},
        {"by", described("An axis that colours", {{"type", "string"}})},
        {"title", text_value("Above the figure")},
        {"y_scale", one_of("Of the vertical axis", {"linear", "log"})},
        {"x_scale", one_of("Of the horizontal axis", {"linear", "log"})},
        {"mark", one_of("How it is drawn", {"line", "point", "bar", "heat", "histogram"})},
        {"facet", described("An axis: a small figure for each of its labels", {{"type", "string"}})},
        {"bands", described("Mean ± standard deviation over the seeds, of lines and bars", {{"type", "boolean"}})}}},
      {"required", ordered_json::array({"y"})},
      {"additionalProperties", false}};
  return {{"description", "Figures, drawn when the run is over"},
          {"type", "object"},
          {"patternProperties", {{kName, figure}}},
          {"additionalProperties", false}};
}

ordered_json run_schema() {
  return {
      {"description", "How it is run, which changes no result; options of `shoal run` win"},
      {"type", {"object", "string"}},
      {"pattern", kInterpolated},
      {"properties",
       {{"jobs", described("Processes that work at once and share the store",
                           {{"type", {"integer", "string"}}, {"minimum", 1}, {"pattern", kInterpolated}})},
        {"fail_fast", described("Begin nothing more after the first failure",
                                {{"type", {"boolean", "string"}}, {"pattern", kInterpolated}})},
        {"checkpoint_every", seconds("Seconds from one checkpoint of a node to the next, at least", 0)},
        {"timeout", seconds("Seconds after which the work of a node that says none of its own is stopped", 0, true)},
        {"memory", described("What all jobs together may hold, such as 8G; while they hold more, one of them is ended",
                             {{"type", "string"}, {"pattern", std::string("^[0-9.]+[MGT]$|") + kInterpolated}})}}},
      {"additionalProperties", false}};
}

ordered_json compare_schema() {
  return {{"description", "What `shoal compare` shows of this experiment's runs, unless told otherwise"},
          {"type", "object"},
          {"properties",
           {{"baseline",
             {{"description", "Axis → label: what the others are measured against; or none"},
              {"anyOf", {{{"type", "object"}}, {{"enum", ordered_json::array({"none"})}}}}}},
            {"metrics",
             described("Numbers shown, the first is judged", {{"type", "array"}, {"items", reference("output")}})}}},
          {"additionalProperties", false}};
}

/// A node is called like a variable, and like no word of experiment files.
ordered_json nodes_schema(const char* definition) {
  std::vector<std::string> words = config::top_level_keys();
  words.insert(words.end(), config::node_keys().begin(), config::node_keys().end());
  return {
      {"patternProperties", {{"^(?!(?:" + alternatives(words) + "|x-.*)$)[a-z][a-z0-9_-]*$", reference(definition)}}}};
}

ordered_json top_properties() {
  ordered_json nodes = described("The graph: name → node", {{"type", "object"}, {"minProperties", 1}});
  nodes.update(nodes_schema("node"));
  nodes["additionalProperties"] = false;
  const ordered_json files = {{"type", {"array", "string"}}, {"items", {{"type", "string"}}}};
  return {{"shoal", described("The format of the file", {{"enum", ordered_json::array({1})}})},
          {"name", described("Names the run folder", {{"type", "string"}, {"pattern", kName}})},
          {"description", text_value("Free text")},
          {"base", described("Files that this one changes, first to last; relative to this file", files)},
          {"vars", described("Values for ${vars.name}", {{"type", "object"}})},
          {"plugins", described("Folders or files of plugins, relative to this file",
                                {{"type", "array"}, {"items", {{"type", "string"}}}})},
          {"seed", integer("Of all randomness")},
          {"device", described("Where tensors live",
                               {{"anyOf",
                                 {{{"enum", {"auto", "cpu", "cuda"}}},
                                  {{"type", "string"}, {"pattern", std::string("^cuda:[0-9]+$|") + kInterpolated}}}}})},
          {"threads", described("0: all that the process may use",
                                {{"type", {"integer", "string"}}, {"minimum", 0}, {"pattern", kInterpolated}})},
          {"run", run_schema()},
          {"nodes", std::move(nodes)},
          {"matrix", matrix_schema()},
          {"compare", compare_schema()},
          {"report", described("Numbers shown first", {{"type", "array"}, {"items", reference("output")}})},
          {"figures", figures_schema()}};
}

}  // namespace

ordered_json experiment_schema(const Registry& registry) {
  ordered_json out;
  out["$schema"] = "http://json-schema.org/draft-07/schema#";
  out["title"] = "Shoal experiment";
  out["type"] = "object";
  out["properties"] = top_properties();
  out["patternProperties"] = {{"^x-", described("Ignored; a home for YAML anchors", ordered_json::object())}};
  out["additionalProperties"] = false;
  const ordered_json has_base = {{"required", ordered_json::array({"base"})}};
  const ordered_json has_more = {{"anyOf", {has_base, {{"required", ordered_json::array({"matrix"})}}}}};
  out["allOf"] = {{{"if", has_base}, {"else", {{"required", {"shoal", "name", "nodes"}}}}},
                  {{"if", has_more}, {"else", {{"properties", {{"nodes", nodes_schema("complete_node")}}}}}}};
  out["definitions"] = {{"output", output_name()},       {"wired", wired_schema(false)},
                        {"several", wired_schema(true)}, {"use", use_schema(registry)},
                        {"node", node_schema(registry)}, {"complete_node", complete_node_schema(registry)}};
  return out;
}

ordered_json editor_settings(const std::string& schema) {
  ordered_json tags = ordered_json::array();
  for (const char* tag : {"!delete", "!replace", "!append", "!prepend"})
    for (const char* kind : {"scalar", "sequence", "mapping"}) tags.push_back(std::string(tag) + " " + kind);
  return {{"yaml.schemas", {{schema, {"configs/**/*.yaml", "experiments/**/*.yaml"}}}},
          {"yaml.customTags", std::move(tags)}};
}

}  // namespace shoal::host
