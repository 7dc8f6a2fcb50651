// `shoal watch`: a run's page, served to browsers on this machine. A program of its own, since it needs no LibTorch.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "framework/live/live_server.h"
#include "shoal/error.h"

namespace {

namespace fs = std::filesystem;

/// Serves until SIGINT, SIGTERM or SIGHUP.
void serve(const std::string& folder, const std::string& host, std::uint16_t port) {
  std::error_code error;
  shoal::require(fs::is_directory(folder, error), "there is no run folder {}", folder);
  shoal::require(fs::exists(fs::path(folder) / "plan.json", error), "{} is no run folder: it holds no plan.json",
                 folder);
  sigset_t signals;  // held back from all threads, so that this one can wait for them
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  shoal::host::LiveServer server(host, port);
  server.serve(folder);
  std::printf("%s\n", server.address().c_str());
  std::fflush(stdout);
  int caught = 0;
  sigwait(&signals, &caught);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kWrongInput = 1;
  std::string folder, host = "127.0.0.1";
  std::uint16_t port = 0;
  CLI::App app("A run's page for a browser on this machine, while it goes on and after", "shoal watch");
  app.add_option("run", folder, "A run folder, such as runs/mnist/latest")->required()->type_name("RUN");
  app.add_option("--port", port, "Default one that is free")->type_name("PORT");
  app.add_option("--host", host, "The address that is listened at; default 127.0.0.1, which only this machine reaches")
      ->type_name("ADDRESS");
  app.footer("Prints the page's address, and serves it until Ctrl-C. GET alone, files of the run folder alone.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongInput;
  }
  try {
    serve(folder, host, port);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  }
}
