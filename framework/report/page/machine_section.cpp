#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "framework/report/page/html_parts.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"

namespace shoal::host {
namespace {

/// A word as a shell reads it back: bare where nothing in it means something to a shell.
std::string shell_word(const std::string& word) {
  static constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string seeds_of(const RunFile& run) {
  std::set<std::int64_t> seeds;
  for (const FileRow& row : run.rows) seeds.insert(row.seed);
  std::string out;
  std::size_t count = 0;
  for (const std::int64_t seed : seeds) {
    if (++count > 50) return out + fmt::format(" … {} in all", seeds.size());
    out += (out.empty() ? "" : ", ") + std::to_string(seed);
  }
  return out;
}

/// The text at a place of environment.json; "" where it is not there.
std::string at(const nlohmann::ordered_json& environment, const std::string& pointer) {
  const nlohmann::ordered_json::json_pointer place(pointer);
  if (!environment.is_object() || !environment.contains(place)) return "";
  const auto& value = environment.at(place);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void add_plugins(PageWriter& page, const nlohmann::ordered_json& environment) {
  if (!environment.is_object() || !environment.contains("plugins") || !environment["plugins"].is_array()) return;
  PlainTable table{.head = {"plugin", "version", "SHA-256", "built with"}};
  for (const auto& plugin : environment["plugins"])
    if (plugin.is_object())
      table.lines.push_back(
          {at(plugin, "/name"), at(plugin, "/version"), at(plugin, "/sha256"), at(plugin, "/toolchain")});
  page.html().open("details").element(
      "summary", counted(table.lines.size(), "plugin", "plugins") + " that were there, with their hashes");
  page.add_table(table, {}, "Plugins");
  page.html().close();
}

}  // namespace

void add_machine(PageWriter& page, const RunData& run) {
  page.begin_section("machine", "How it was made");
  Html& html = page.html();
  if (!run.file.command.empty()) {
    std::string command;
    for (const std::string& word : run.file.command) command += (command.empty() ? "" : " ") + shell_word(word);
    html.open("pre", {{"class", "command"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", "The command"}})
        .element("code", command)
        .close();
  } else {
    page.leave_out("The command", "environment.json does not have it");
  }
  html.open("dl", {{"class", "facts"}});
  const nlohmann::ordered_json& environment = run.environment;
  add_fact(html, "started", run.file.started);
  add_fact(html, "folder", run.file.folder.string());
  add_fact(html, "processor", at(environment, "/machine/cpu"));
  add_fact(html, "processors", at(environment, "/machine/processors"));
  if (const std::string bytes = at(environment, "/machine/memory_bytes"); !bytes.empty())
    add_fact(html, "memory", bytes_text(std::strtoll(bytes.c_str(), nullptr, 10)));
  add_fact(html, "system", at(environment, "/machine/system"));
  add_fact(html, "threads", at(environment, "/threads"));
  add_fact(html, "device", at(environment, "/device"));
  add_fact(html, "shoal",
           at(environment, "/shoal/version") + (environment.is_object() ? ", " + at(environment, "/shoal/build") +
                                                                              ", " + at(environment, "/shoal/toolchain")
                                                                        : ""));
  add_fact(html, "LibTorch", at(environment, "/libtorch/version"));
  add_fact(html, "seeds", seeds_of(run.file));
  html.close();
  add_plugins(page, environment);
  page.end_section();
}

}  // namespace shoal::host
