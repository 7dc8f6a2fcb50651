#include "framework/cli/become.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "framework/plugin/places.h"

namespace shoal::cli {

int become(const std::string& name, std::vector<std::string> words) {
  const std::string program = host::program_folder() / name;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(program.c_str(), arguments.data());
  std::fprintf(stderr, "shoal: error: cannot start %s: %s\n", program.c_str(), std::strerror(errno));
  return kWrongInput;
}

int become_host(const Options& options) {
  // LibTorch's OpenMP threads wait by spinning unless they are told otherwise before they are loaded. On a machine that
  // others use too that makes training many times slower, and it gains nothing measurable on an idle one.
  setenv("OMP_WAIT_POLICY", "passive", 0);
  return become("shoal-host", options.command);
}

int watch_page(const Options& options) {  // watch_main.cpp
  std::vector<std::string> words(options.command.begin() + 1, options.command.end());
  words[0] = "shoal-watch";
  return become("shoal-watch", std::move(words));
}

}  // namespace shoal::cli
