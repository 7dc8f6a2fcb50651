// shoal complete-catalogue: what shoal-complete has to know, the commands and the schema of experiments.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "framework/cli/session.h"
#include "framework/graph/schema.h"

namespace shoal::cli {
namespace {

using nlohmann::ordered_json;

/// "TEXT:{text,dot}" has values.
ordered_json values_in(const std::string& type) {
  ordered_json out = ordered_json::array();
  const auto open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return out;
  for (const std::string& value : CLI::detail::split(type.substr(open + 1, close - open - 1), ','))
    out.push_back(value);
  return out;
}

ordered_json describe(const CLI::App& command) {
  ordered_json options = ordered_json::array(), positionals = ordered_json::array();
  for (const CLI::Option* option : command.get_options()) {
    const std::string type = option->get_type_name();
    ordered_json one = {{"help", option->get_description()},
                        {"type", type},
                        {"values", values_in(type)},
                        {"takes_value", option->get_items_expected_max() > 0}};
    if (option->get_positional()) {
      one["name"] = option->get_name(true);
      positionals.push_back(std::move(one));
      continue;
    }
    one["names"] = ordered_json::array();
    for (const std::string& name : option->get_lnames()) one["names"].push_back("--" + name);
    for (const std::string& name : option->get_snames()) one["names"].push_back("-" + name);
    options.push_back(std::move(one));
  }
  return {
      {"help", command.get_description()}, {"options", std::move(options)}, {"positionals", std::move(positionals)}};
}

void add_commands(const CLI::App& app, const std::string& above, ordered_json& out) {
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_group().empty()) continue;  // for ourselves
    out[above + command->get_name()] = describe(*command);
    add_commands(*command, above + command->get_name() + " ", out);
  }
}

}  // namespace

int complete_catalogue(const Options& options) {
  const Session session{Options{}};
  ordered_json out;
  out["commands"] = ordered_json::object();
  add_commands(*options.app, "", out["commands"]);
  out["schema"] = host::experiment_schema(session.registry);
  std::puts(out.dump().c_str());
  return kDone;
}

}  // namespace shoal::cli
