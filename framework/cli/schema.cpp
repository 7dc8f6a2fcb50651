// shoal schema: what an editor must know to help with experiment files.
#include "framework/graph/schema.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "framework/cli/session.h"

namespace shoal::cli {
namespace {

using nlohmann::ordered_json;

/// As JSON that people can read and compare: what fits stands on one line.
std::string lay_out(const ordered_json& value, std::size_t indent) {
  constexpr std::size_t kWidth = 120;
  std::string line = value.dump();
  if (!value.is_structured() || value.empty() || indent + line.size() <= kWidth) return line;
  const std::string margin(indent + 1, ' ');
  std::string out;
  for (const auto& [key, item] : value.items()) {
    const std::string name = value.is_object() ? ordered_json(key).dump() + ": " : "";
    out += (out.empty() ? "\n" : ",\n") + margin + name + lay_out(item, margin.size());
  }
  out += "\n" + std::string(indent, ' ');
  return value.is_object() ? "{" + out + "}" : "[" + out + "]";
}

}  // namespace

int schema(const Options& options) {
  if (options.vscode) {
    std::puts(host::editor_settings("./configs/experiment.schema.json").dump(2).c_str());
    return kDone;
  }
  Session session(options);
  std::puts(lay_out(host::experiment_schema(session.registry), 0).c_str());
  for (const host::Refusal& refusal : session.registry.refusals())
    if (refusal.damaged)
      std::fprintf(stderr, "not loaded, so not in it: %s: %s\n", refusal.file.c_str(), refusal.reason.c_str());
  return kDone;
}

}  // namespace shoal::cli
