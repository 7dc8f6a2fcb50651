#include "framework/cli/watch_page.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "framework/plugin/places.h"

namespace shoal::cli {

CLI::App* add_watch_page(CLI::App& app) {
  auto* command = app.add_subcommand("watch", "A run's page for a browser on this machine, while it goes on and after");
  command->set_help_flag();  // its own program knows what it takes
  command->prefix_command();
  return command;
}

int watch_page(const Options& options) {
  std::string program = host::program_folder() / "shoal-watch";
  std::vector<char*> arguments = {program.data()};
  std::vector<std::string> given(options.command.begin() + 2, options.command.end());  // behind "shoal watch"
  for (std::string& argument : given) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  execv(program.c_str(), arguments.data());
  std::fprintf(stderr, "shoal: error: cannot start %s: %s\n", program.c_str(), std::strerror(errno));
  return kWrongInput;
}

}  // namespace shoal::cli
