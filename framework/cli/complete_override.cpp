// Overrides on the command line: kmeans. → kmeans.k=, kmeans.init= → kmeans.init=random.
#include <algorithm>

#include "framework/cli/complete.h"
#include "framework/config/path.h"

namespace shoal::cli {
namespace {

using config::Entry;
using config::Value;
using nlohmann::json;

const json kNothing = json::object();

class OverrideCompleter {
 public:
  OverrideCompleter(const json& schema, const Value& document) : schema_(schema), document_(document) {}

  std::vector<Candidate> run(const std::string& word) {
    const std::size_t sign = word.find('=');
    if (word.starts_with("~")) {
      offer_removals(word);
    } else if (sign == std::string::npos) {
      offer_paths(word);
    } else {
      std::string path = word.substr(0, sign);
      if (path.ends_with('+')) path.pop_back();
      offer_values(word.substr(0, sign + 1), path);
    }
    std::erase_if(out_, [&](const Candidate& one) { return !one.text.starts_with(word); });
    return std::move(out_);
  }

 private:
  void offer(const std::string& text, const std::string& help = "") { out_.push_back({text, help}); }

  static std::string help_of(const json& schema) { return schema.is_object() ? schema.value("description", "") : ""; }

  const std::vector<Entry>& entries(const char* key) const {
    static const std::vector<Entry> none;
    const Value* found = document_.find(key);
    return found != nullptr ? found->entries : none;
  }

  const Value* find_node(const std::string& name) const {
    const Value* nodes = document_.find("nodes");
    return nodes != nullptr ? nodes->find(name) : nullptr;
  }

  /// {"in": …, "with": …} of the component that the node uses.
  const json& branch_of(const std::string& name) const {
    const Value* node = find_node(name);
    const Value* use = node != nullptr ? node->find("use") : nullptr;
    const json& definition = schema_["definitions"]["node"];
    if (use == nullptr || !definition.contains("allOf")) return kNothing;
    for (const json& one : definition["allOf"])
      if (one["if"]["properties"]["use"]["enum"][0] == use->text) return one["then"]["properties"];
    return kNothing;
  }

  const json& properties_of(const std::string& node, const char* part) const {
    const json& branch = branch_of(node);
    return branch.contains(part) ? branch[part]["properties"] : kNothing;
  }

  const json& properties_of_run() const {
    const json& properties = schema_["properties"];
    return properties.contains("run") ? properties["run"]["properties"] : kNothing;
  }

  bool is_named_axis(const Entry& axis) const {
    return axis.key.find_first_of(".['") == std::string::npos && axis.value.is_map() && axis.key != "seeds";
  }

  /// A node alone, then what it has: a big experiment has hundreds of paths.
  void offer_paths(const std::string& word) {
    const std::size_t dot = word.find('.');
    const std::string head = word.substr(0, dot);
    if (dot == std::string::npos) {
      for (const Entry& node : entries("nodes")) {
        const Value* use = node.value.find("use");
        offer(node.key + ".", use != nullptr ? use->text : "");
      }
      for (const Entry& axis : entries("matrix"))
        if (is_named_axis(axis)) offer(axis.key + "=", "an axis: one of its cases");
      for (const char* key : {"seed", "device", "threads"})
        offer(std::string(key) + "=", help_of(schema_["properties"][key]));
      if (document_.find("vars") != nullptr) offer("vars.", "its variables");
      offer("run.", "how it is run");
      if (document_.find("matrix") != nullptr) offer("matrix.", "the axes themselves");
    } else if (head == "run") {
      for (const auto& [key, schema] : properties_of_run().items()) offer("run." + key + "=", help_of(schema));
    } else if (head == "vars") {
      for (const Entry& variable : entries("vars")) offer("vars." + variable.key + "=");
    } else if (head == "matrix") {
      for (const Entry& axis : entries("matrix")) offer("matrix." + axis.key + "=");
      offer("matrix.seeds=", "so many seeds, or a list of them");
    } else if (word.starts_with(head + ".in.")) {
      for (const auto& [port, schema] : properties_of(head, "in").items())
        offer(head + ".in." + port + "=", help_of(schema));
    } else if (find_node(head) != nullptr) {
      for (const auto& [name, schema] : properties_of(head, "with").items())
        if (!schema.contains("doNotSuggest")) offer(head + "." + name + "=", help_of(schema));
      for (const auto& [key, schema] : schema_["definitions"]["node"]["properties"].items())
        if (key == "in") offer(head + ".in.", "what is wired to it");
        else if (key != "with" && branch_of(head).value(key, json()) != false)
          offer(head + "." + key + "=", help_of(schema));
    }
  }

  void offer_removals(const std::string& word) {
    for (const Entry& node : entries("nodes")) {
      if (word.starts_with("~" + node.key + ".")) {
        if (const Value* with = node.value.find("with"))
          for (const Entry& parameter : with->entries) offer("~" + node.key + "." + parameter.key);
      } else {
        offer("~" + node.key);
      }
    }
    for (const Entry& axis : entries("matrix")) offer("~matrix." + axis.key);
  }

  void offer_values(const std::string& before, const std::string& written) {
    for (const Entry& axis : entries("matrix"))
      if (axis.key == written && is_named_axis(axis)) {
        for (const Entry& one : axis.value.entries) offer(before + one.key);
        return;
      }
    config::Diagnostics ignored;
    const auto parsed = config::parse_path(written, {}, ignored);
    if (!parsed) return;
    const auto segments = config::expand_short(*parsed).segments;
    if (segments.size() == 1) return offer_values_of(before, schema_["properties"].value(segments[0].key, json()));
    if (segments.size() == 2 && segments[0].key == "run")
      return offer_values_of(before, properties_of_run().value(segments[1].key, json()));
    if (segments.size() < 3 || segments[0].key != "nodes") return;
    const std::string& node = segments[1].key;
    const std::string& part = segments[2].key;
    if (part == "use") {
      offer_values_of(before, schema_["definitions"]["use"]);
    } else if (part == "with" && segments.size() == 4) {
      offer_values_of(before, properties_of(node, "with").value(segments[3].key, json()));
    } else if (part == "in" && segments.size() == 4) {
      for (const Entry& other : entries("nodes"))
        if (other.key != node) offer(before + other.key);
    } else if (segments.size() == 3) {
      offer_values_of(before, schema_["definitions"]["node"]["properties"].value(part, json()));
    }
  }

  /// What a schema lists: choices, true and false, null; else the default.
  void offer_values_of(const std::string& before, const json& schema) {
    if (!schema.is_object()) return;
    const std::size_t had = out_.size();
    const auto offer_all = [&](const json& one) {
      if (!one.contains("enum")) return;
      const json help = one.value("enumDescriptions", json::array());
      for (std::size_t i = 0; i < one["enum"].size(); ++i)
        if (one["enum"][i].is_string())
          offer(before + one["enum"][i].get<std::string>(), i < help.size() ? help[i].get<std::string>() : "");
    };
    offer_all(schema);
    for (const json& one : schema.value("anyOf", json::array())) offer_all(one);
    const json type = schema.value("type", json::array());
    const auto has_type = [&](const char* name) {
      return type.is_array() && std::find(type.begin(), type.end(), name) != type.end();
    };
    if (has_type("boolean") && !has_type("number")) {  // with a number it is any text
      offer(before + "true");
      offer(before + "false");
    }
    if (has_type("null")) offer(before + "null");
    const json initial = schema.value("default", json());
    if (out_.size() == had && !initial.is_null() && !initial.is_structured())
      offer(before + (initial.is_string() ? initial.get<std::string>() : initial.dump()), "the default");
  }

  const json& schema_;
  const Value& document_;
  std::vector<Candidate> out_;
};

}  // namespace

std::vector<Candidate> complete_override(const json& schema, const Value& document, const std::string& word) {
  return OverrideCompleter(schema, document).run(word);
}

}  // namespace shoal::cli
