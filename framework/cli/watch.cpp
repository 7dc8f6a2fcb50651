#include "framework/cli/watch.h"

#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <system_error>

#include "framework/cli/dependencies.h"
#include "framework/store/store.h"
#include "shoal/error.h"

extern char** environ;

namespace shoal::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// The signals that end the watch, and that of a child's end, as a file that can be waited for.
class Signals {
 public:
  Signals() {
    sigset_t all;
    sigemptyset(&all);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&all, signal);
    sigprocmask(SIG_BLOCK, &all, nullptr);
    file_ = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    if (file_ < 0) fail("cannot wait for signals");
  }
  ~Signals() { close(file_); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int descriptor() const { return file_; }

  /// The next one that ends the watch, if one has come. From the keyboard it has reached the run too; else `run`, if
  /// there is one, is told.
  int take(pid_t run) {
    int found = 0;
    for (signalfd_siginfo signal{}; read(file_, &signal, sizeof(signal)) == sizeof(signal);) {
      if (signal.ssi_signo == SIGCHLD) continue;
      found = static_cast<int>(signal.ssi_signo);
      if (run > 0 && signal.ssi_code == SI_USER) kill(run, found);
    }
    return found;
  }

 private:
  int file_;
};

/// Waits until one of the two files has something to say, or for that long (−1: for ever). True: the first has.
bool wait_for(int first, int second, int milliseconds) {
  pollfd files[] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  poll(files, 2, milliseconds);
  return (files[0].revents & POLLIN) != 0;
}

/// One run in a process of its own, and the file in memory to which it tells what it depends on.
class WatchedRun {
 public:
  explicit WatchedRun(std::vector<std::string> words) : told_(memfd_create("dependencies", 0)) {
    if (told_ < 0) fail("cannot make a file in memory");
    words.insert(words.end(), {"--dependencies-to", std::to_string(told_)});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int error = posix_spawn(&process_, "/proc/self/exe", nullptr, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start a run");
  }
  ~WatchedRun() { close(told_); }
  WatchedRun(const WatchedRun&) = delete;
  WatchedRun& operator=(const WatchedRun&) = delete;

  pid_t process() const { return process_; }
  bool has_ended() { return waitpid(process_, nullptr, WNOHANG) != 0; }

  /// Nothing from a run that did not come so far.
  std::optional<host::Watched> dependencies() const {
    std::string text(static_cast<std::size_t>(std::max<off_t>(0, lseek(told_, 0, SEEK_END))), '\0');
    if (text.empty() || pread(told_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) return {};
    return watched_of(text);
  }

 private:
  int told_;
  pid_t process_ = 0;
};

/// What is known to be depended on: of YAML what is so now, of the rest what the runs have said. That stays, since a
/// run whose file is broken says little.
class Dependencies {
 public:
  explicit Dependencies(const Options& options) : options_(options) {}

  void learn(const host::Watched& said) {
    add(said.files, said_.files);
    add(said.plugin_folders, said_.plugin_folders);
    add(said.trees, said_.trees);
  }
  host::Watched now() const {
    host::Watched out = said_;
    const host::Watched yaml = yaml_dependencies(options_);
    add(yaml.files, out.files);
    add(yaml.plugin_folders, out.plugin_folders);
    out.files.push_back(fs::absolute(fs::path(options_.experiment).parent_path() / "plugins.lock").lexically_normal());
    out.but = {fs::absolute("runs").lexically_normal(), host::Store::default_folder()};
    return out;
  }

 private:
  static void add(const std::vector<fs::path>& from, std::vector<fs::path>& to) {
    to.insert(to.end(), from.begin(), from.end());
    std::sort(to.begin(), to.end());
    to.erase(std::unique(to.begin(), to.end()), to.end());
  }

  const Options& options_;
  host::Watched said_;
};

/// Waits for a change from `before`; the files, or nothing where a signal came, which `signal` then is. A change counts
/// when nothing has been done to what is watched for a while, and no file is open for writing.
std::vector<fs::path> wait_for_change(const Dependencies& dependencies, const host::FileStamps& before,
                                      Signals& signals, int& signal) {
  constexpr int kQuiet = 300;  // milliseconds
  for (;;) {
    host::FileWatch watch(dependencies.now());
    bool changed = !changed_files(before, stamps_of(dependencies.now())).empty();
    for (;;) {
      const bool heard =
          wait_for(watch.descriptor(), signals.descriptor(), changed && !watch.being_written() ? kQuiet : -1);
      if ((signal = signals.take(0)) != 0) return {};
      if (heard) changed = watch.hear() || changed;
      else if (changed && !watch.being_written()) break;
    }
    const std::vector<fs::path> files = changed_files(before, stamps_of(dependencies.now()));
    if (!files.empty()) return files;
  }
}

/// "a.yaml", "a.yaml and 2 more files", as short as the current folder makes it.
std::string describe(const std::vector<fs::path>& files) {
  const fs::path first = files[0].lexically_proximate(fs::current_path());
  const std::string name = (*first.begin() == ".." ? files[0] : first).string();
  return files.size() == 1 ? name : text("{} and {} more file{}", name, files.size() - 1, files.size() == 2 ? "" : "s");
}

std::vector<std::string> command_of_run(const Options& options) {
  std::vector<std::string> out;
  std::copy_if(options.command.begin(), options.command.end(), std::back_inserter(out),
               [](const std::string& word) { return word != "--watch"; });
  return out;
}

}  // namespace

int watch(const Options& options) {
  Signals signals;
  Dependencies dependencies(options);
  const std::vector<std::string> command = command_of_run(options);
  for (;;) {
    host::FileStamps before = stamps_of(dependencies.now());
    WatchedRun run(command);
    int signal = 0;
    while (!run.has_ended()) {
      wait_for(signals.descriptor(), signals.descriptor(), -1);
      if (const int came = signals.take(run.process())) signal = came;
    }
    if (signal != 0) return 128 + signal;
    if (const auto said = run.dependencies()) dependencies.learn(*said);
    before.merge(stamps_of(dependencies.now()));  // what was not known when the run began
    std::fprintf(stderr, "shoal: waiting for a change of %zu files (Ctrl-C ends)\n", before.size());
    const std::vector<fs::path> changed = wait_for_change(dependencies, before, signals, signal);
    if (signal != 0) return 128 + signal;
    std::fprintf(stderr, "shoal: %s changed: again\n", describe(changed).c_str());
  }
}

}  // namespace shoal::cli
