// reporter/terminal: a run as a person watches it.
#include "shoal/plugin.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>

#include "plan_file.h"
#include "shoal/reporter.h"
#include "terminal.h"
#include "whole_writes.h"

namespace {

enum class When { kAuto, kAlways, kNever };

struct Params {
  When live = When::kAuto;
  When colour = When::kAuto;
  static void describe(shoal::Schema<Params>& schema) {
    const auto when = {std::pair{"auto", When::kAuto}, {"always", When::kAlways}, {"never", When::kNever}};
    schema.field("live", &Params::live, "draw progress in place; auto: on a terminal").one_of(when);
    schema.field("colour", &Params::colour, "auto: on a terminal, unless NO_COLOR is set").one_of(when);
  }
};

shoal::ScreenSize screen_size() {
  winsize size{};
  shoal::ScreenSize out;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return out;
  if (size.ws_col > 20) out.columns = size.ws_col;
  if (size.ws_row > 1) out.lines = size.ws_row;
  return out;
}

/// What the process has in memory now, see proc(5); 0 where the system does not say.
std::int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::int64_t whole = 0, resident = 0;
  return in >> whole >> resident ? resident * static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

class TerminalReporter final : public shoal::Reporter {
 public:
  explicit TerminalReporter(const Params& params) : params_(params) {}

  void begin(shoal::Context&, const std::filesystem::path& run_folder, std::string_view) override {
    const char* term = std::getenv("TERM");
    const bool terminal = isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
    const auto decide = [](When when, bool automatic) {
      return when == When::kAuto ? automatic : when == When::kAlways;
    };
    const bool live = decide(params_.live, terminal);
    std::cout << std::flush;  // what was said before
    terminal_ = std::make_unique<shoal::Terminal>(
        live ? whole_ : std::cout,
        shoal::TerminalOptions{.live = live,
                               .colour = decide(params_.colour, terminal && std::getenv("NO_COLOR") == nullptr),
                               .size = &screen_size,
                               .memory = &resident_bytes});
    if (live) terminal_->plan(shoal::read_plan(run_folder));
  }
  void on(shoal::Context&, const shoal::Event& event) override { terminal_->on(event); }

 private:
  Params params_;
  shoal::WholeWrites writes_{STDOUT_FILENO};
  std::ostream whole_{&writes_};
  std::unique_ptr<shoal::Terminal> terminal_;  // null before begin
};

}  // namespace

SHOAL_PLUGIN("terminal", "0.2.0", "a run as a person watches it") {
  plugin.add<TerminalReporter, Params>("reporter/terminal");
}
