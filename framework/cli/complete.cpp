#include "framework/cli/complete.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "framework/config/interpolate.h"
#include "framework/config/layers.h"
#include "framework/config/like.h"
#include "framework/config/overrides.h"
#include "framework/config/yaml.h"

namespace shoal::cli {
namespace {

using nlohmann::json;

/// The words before the cursor, sorted out.
struct Line {
  const json* command = nullptr;              ///< null: not said yet
  const json* option = nullptr;               ///< the option whose value is being typed
  std::vector<std::string> positionals = {};  ///< of the command
  std::vector<std::string> overlays = {};     ///< --with FILE
};

const json* find_option(const json& command, const std::string& name) {
  for (const json& option : command.at("options"))
    for (const json& known : option.at("names"))
      if (known == name) return &option;
  return nullptr;
}

Line sort_out(const json& commands, const std::vector<std::string>& words) {
  Line line;
  std::string name;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    line.option = nullptr;
    if (word.starts_with("-")) {
      const json* option = line.command != nullptr ? find_option(*line.command, word) : nullptr;
      if (option == nullptr || !option->at("takes_value").get<bool>()) continue;
      if (i + 2 == words.size()) line.option = option;
      else if (word == "--with") line.overlays.push_back(words[i + 1]);
      ++i;
    } else if (const std::string longer = name.empty() ? word : name + " " + word; commands.contains(longer)) {
      name = longer;  // plugins, plugins show
      line.command = &commands[name];
    } else {
      line.positionals.push_back(word);
    }
  }
  return line;
}

/// The file with what it is based on and the files laid over it; where one of those cannot be read, the file alone.
std::optional<config::Value> read_layers(const std::string& file, const std::vector<std::string>& overlays) {
  config::Diagnostics ignored;
  auto whole = config::load_layers(file, overlays, ignored);
  return whole ? std::move(whole) : config::load_file(file, ignored);
}

/// The experiment as far as the line tells it; empty where it cannot be read.
config::Value experiment_of(const Line& line) {
  auto document = read_layers(line.positionals[0], line.overlays);
  if (!document || !document->is_map()) return config::Value::make_map();
  config::Diagnostics ignored;
  const std::vector<std::string> changes(line.positionals.begin() + 1, line.positionals.end());
  for (const auto& change : config::parse_overrides(config::Source::command_line(changes), ignored))
    config::apply_override(*document, change, ignored);
  config::resolve_like(*document, ignored);
  return config::interpolate(*document, {}, ignored).document;
}

class Completer {
 public:
  Completer(const json& catalogue, const std::vector<std::string>& words)
      : catalogue_(catalogue), words_(words), line_(sort_out(catalogue.at("commands"), words)) {}

  Completion run() {
    const std::string& word = words_.back();
    if (line_.command == nullptr && line_.positionals.empty()) {
      offer_commands("");
    } else if (line_.command == nullptr) {
      return {};  // no such command
    } else if (line_.option != nullptr) {
      offer_values(*line_.option);
    } else if (word.starts_with("-")) {
      offer_options();
    } else {
      offer_positional();
    }
    std::erase_if(out_.candidates, [&](const Candidate& one) { return !one.text.starts_with(word); });
    return std::move(out_);
  }

 private:
  void offer(const std::string& text, const std::string& help = "") { out_.candidates.push_back({text, help}); }

  /// The commands, or those below one.
  void offer_commands(const std::string& above) {
    for (const auto& [name, command] : catalogue_["commands"].items())
      if (name.starts_with(above) && name.find(' ', above.size()) == std::string::npos)
        offer(name.substr(above.size()), command.at("help"));
  }

  void offer_options() {
    for (const json& option : line_.command->at("options"))
      for (const json& name : option.at("names"))
        if (name.get<std::string>().starts_with("--")) offer(name, option.at("help"));
  }

  void offer_values(const json& option) {
    const std::string type = option.at("type");
    for (const json& value : option.at("values")) offer(value);
    if (option.at("values").empty())
      out_.files = type == "DIR" || type == "FILE" || type == "EXP" || type == "RUN" || type == "FILE|NAME";
  }

  void offer_positional() {
    for (const auto& [name, command] : catalogue_["commands"].items())
      if (&command == line_.command && line_.positionals.empty()) offer_commands(name + " ");
    const json& positionals = line_.command->at("positionals");
    if (positionals.empty()) return;
    const std::size_t at = std::min(line_.positionals.size(), positionals.size() - 1);  // the last may be repeated
    const json& positional = positionals[at];
    if (positional.at("type") == "PATH=VALUE") {
      out_.candidates = complete_override(catalogue_["schema"], experiment_of(line_), words_.back());
    } else if (positional.at("name") == "component") {
      for (const json& id : catalogue_["schema"]["definitions"]["use"]["anyOf"][0]["enum"]) offer(id);
    } else {
      offer_values(positional);
    }
  }

  const json& catalogue_;
  const std::vector<std::string>& words_;
  Line line_;
  Completion out_;
};

}  // namespace

Completion complete(const json& catalogue, const std::vector<std::string>& words) {
  if (words.empty()) return complete(catalogue, {""});
  return Completer(catalogue, words).run();
}

}  // namespace shoal::cli
