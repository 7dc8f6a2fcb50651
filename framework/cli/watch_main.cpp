// `shoal watch`: a run's page, served to browsers on this machine; also for `shoal run --live`, which starts it. A
// program of its own, since it needs no LibTorch.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <initializer_list>
#include <string>

#include "framework/live/live_server.h"
#include "shoal/error.h"

namespace {

namespace fs = std::filesystem;

constexpr int kWrongInput = 1;

/// Holds these signals back from all threads of the program.
sigset_t hold_back(std::initializer_list<int> signals) {
  sigset_t out;
  sigemptyset(&out);
  for (const int signal : signals) sigaddset(&out, signal);
  pthread_sigmask(SIG_BLOCK, &out, nullptr);
  return out;
}

/// Serves until SIGINT, SIGTERM or SIGHUP.
void serve(const std::string& folder, const std::string& host, std::uint16_t port) {
  std::error_code error;
  shoal::require(fs::is_directory(folder, error), "there is no run folder {}", folder);
  shoal::require(fs::exists(fs::path(folder) / "plan.json", error), "{} is no run folder: it holds no plan.json",
                 folder);
  const sigset_t signals = hold_back({SIGINT, SIGTERM, SIGHUP});  // so that this thread can wait for them
  shoal::host::LiveServer server(host, port);
  server.serve(folder);
  std::printf("%s\n", server.address().c_str());
  std::fflush(stdout);
  int caught = 0;
  sigwait(&signals, &caught);
}

/// The other end of `run --live`: a line out with the address or why there is none, a line in with the folder, and then
/// nothing until the run has ended.
class Run {
 public:
  explicit Run(int socket) : socket_(socket) { fcntl(socket_, F_SETFD, FD_CLOEXEC); }

  void tell(std::string line) const {
    line += '\n';
    static_cast<void>(!write(socket_, line.data(), line.size()));  // where it has gone, the next read says so
  }
  /// "" where it has ended.
  std::string read_line() const {
    std::string out;
    char c = 0;
    for (ssize_t n = 0; (n = read(socket_, &c, 1)) != 0;) {
      if (n < 0 && errno != EINTR) return "";
      if (n > 0 && c == '\n') return out;
      if (n > 0) out += c;
    }
    return "";
  }

 private:
  int socket_;
};

/// Ends with the run, a little later where pages are open. What a keyboard sends is the run's to hear.
int serve_run(int socket, const std::string& host, std::uint16_t port) {
  constexpr std::chrono::seconds kMost(10);
  hold_back({SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE});
  setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 5);  // the run comes first
  const Run run(socket);
  try {
    shoal::host::LiveServer server(host, port);
    run.tell(server.address());
    const std::string folder = run.read_line();
    if (folder.empty()) return 0;  // it ended before it had one
    server.serve(folder);
    while (!run.read_line().empty()) {
    }
    server.wait_for_pages(kMost);
    return 0;
  } catch (const std::exception& error) {
    run.tell(error.what());
    return kWrongInput;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder, host = "127.0.0.1";
  std::uint16_t port = 0;
  int run = -1;
  CLI::App app("A run's page for a browser on this machine, while it goes on and after", "shoal watch");
  auto* of_run = app.add_option("run", folder, "A run folder, such as runs/mnist/latest")->type_name("RUN");
  app.add_option("--port", port, "Default one that is free")->type_name("PORT");
  app.add_option("--host", host, "The address that is listened at; default 127.0.0.1, which only this machine reaches")
      ->type_name("ADDRESS");
  auto* for_run = app.add_option("--for-run", run, "")->group("");  // for shoal run --live: its socket
  app.footer("Prints the page's address, and serves it until Ctrl-C. GET alone, files of the run folder alone.");
  try {
    app.parse(argc, argv);
    if (for_run->count() == 0 && of_run->count() == 0) throw CLI::RequiredError("run");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongInput;
  }
  try {
    if (for_run->count() > 0) return serve_run(run, host, port);
    serve(folder, host, port);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return kWrongInput;
  }
}
