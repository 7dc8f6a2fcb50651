// shoal new KIND NAME: a project of its own for a plugin, and what to do next.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

#include "framework/cli/found_plugins.h"
#include "framework/cli/new_project.h"
#include "framework/cli/options.h"
#include "framework/cli/shell_word.h"
#include "framework/plugin/places.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

namespace fs = std::filesystem;

/// As a shell reads it back, in quotes where it needs them.
std::string quoted(const std::string& word) {
  if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+=") ==
      std::string::npos)
    return word;
  return in_quotes(word);
}

/// Whether the shell finds this very program when it is asked for `shoal`; CMake then finds the package too.
bool is_on_path(const fs::path& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  std::error_code error;
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const fs::path first = fs::path(folder) / "shoal"; fs::exists(first, error))
      return fs::equivalent(first, program, error);
  return false;
}

/// What is to be typed from here to a table.
void print_next(const std::string& name, const fs::path& templates) {
  const fs::path program = host::program_folder() / "shoal", prefix = host::program_folder().parent_path();
  const bool installed = templates == host::template_folders().front();
  std::string configure, shoal = "shoal";
  if (!installed) {
    std::printf("  cmake --install %s --prefix ~/.local   # this shoal is still in its build\n",
                quoted(prefix).c_str());
    configure = " -DCMAKE_PREFIX_PATH=$HOME/.local";
    shoal = "~/.local/bin/shoal";
  } else if (!is_on_path(program)) {
    configure = " -DCMAKE_PREFIX_PATH=" + quoted(prefix);
    shoal = quoted(program);
  }
  std::printf(
      "  cd %s && cmake --preset dev%s\n  cmake --build --preset dev\n  ctest --preset dev\n  %s run example.yaml\n",
      name.c_str(), configure.c_str(), shoal.c_str());
}

/// One name in two libraries is an error of every experiment, so it is better said now.
void require_free(const Options& options, const std::string& id) {
  const FoundPlugins found(options);
  for (const host::FoundPlugin& plugin : found.all)
    for (const host::ScannedComponent& component : plugin.components)
      if (component.id == id)
        throw InputError(text("{} is there already, in {}: choose another name", id, plugin.file.string()));
}

}  // namespace

int new_plugin(const Options& options) {
  try {
    const Templates templates(host::template_folders());
    const NewPlugin plugin = {options.kind, options.plugin_name, options.language};
    const ProjectFiles files = templates.fill(plugin);
    require_free(options, plugin.kind + "/" + plugin.name);
    write_project(plugin.name, files);
    std::printf("%s/ is a project for %s/%s that works:\n", plugin.name.c_str(), plugin.kind.c_str(),
                plugin.name.c_str());
    for (const auto& [path, contents] : files) std::printf("  %s\n", path.c_str());
    std::printf("\nFrom here to a table:\n");
    print_next(plugin.name, templates.folder());
    return kDone;
  } catch (const InputError& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  }
}

}  // namespace shoal::cli
