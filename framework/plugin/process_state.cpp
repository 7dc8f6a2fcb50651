#include "framework/plugin/process_state.h"

#include <unistd.h>

#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "shoal/error.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

extern char** environ;

namespace shoal::host {
namespace {

// The floating-point control register, but for its flags of what has happened.
#if defined(__x86_64__)
constexpr unsigned kFlags = 0x3F, kFlushes = 0x8040, kRounds = 0x6000;
unsigned control_register() { return _mm_getcsr() & ~kFlags; }
void set_control_register(unsigned value) { _mm_setcsr(value); }
#else
constexpr unsigned kFlushes = 1U << 24, kRounds = 3U << 22;
unsigned control_register() {
  std::uint64_t value = 0;
  asm volatile("mrs %0, fpcr" : "=r"(value));
  return static_cast<unsigned>(value);
}
void set_control_register(unsigned value) { asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{value})); }
#endif

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> out;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line)
    if (const std::string_view variable = *line; variable.find('=') != std::string_view::npos)
      out.emplace(variable.substr(0, variable.find('=')), variable.substr(variable.find('=') + 1));
  return out;
}

bool same_handler(const struct sigaction& a, const struct sigaction& b) {
  return (a.sa_flags & SA_SIGINFO) == (b.sa_flags & SA_SIGINFO) && a.sa_handler == b.sa_handler;
}

/// Names of variables of which one map has another value than the other, or none.
std::vector<std::string> differing(const std::map<std::string, std::string>& a,
                                   const std::map<std::string, std::string>& b) {
  std::vector<std::string> out;
  for (const auto& [name, value] : a)
    if (const auto found = b.find(name); found == b.end() || found->second != value) out.push_back(name);
  for (const auto& [name, value] : b)
    if (!a.contains(name)) out.push_back(name);
  return out;
}

}  // namespace

ProcessState::ProcessState()
    : rounding_(control_register()), locale_(std::setlocale(LC_ALL, nullptr)), environment_(environment()) {
  std::error_code gone;
  folder_ = std::filesystem::current_path(gone);
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    signals_.push_back(action);
  }
}

std::vector<ProcessState::Change> ProcessState::changes(const ProcessState& later) const {
  std::vector<Change> out;
  if (((rounding_ ^ later.rounding_) & kFlushes) != 0)
    out.push_back(
        {"the processor, which then takes denormal numbers for zero (-ffast-math): that would change every "
         "result; link without -ffast-math",
         true});
  if (((rounding_ ^ later.rounding_) & kRounds) != 0)
    out.push_back({"how the processor rounds: that would change every result", true});
  if (locale_ != later.locale_) out.push_back({text("the locale, from {} to {}", locale_, later.locale_)});
  if (folder_ != later.folder_)
    out.push_back({text("the current folder, from {} to {}", folder_.string(), later.folder_.string())});
  for (const std::string& name : differing(environment_, later.environment_))
    out.push_back({text("the environment variable {}", name)});
  for (std::size_t i = 0; i < signals_.size(); ++i)
    if (!same_handler(signals_[i], later.signals_[i]))
      out.push_back({text("the handler of SIG{}", sigabbrev_np(static_cast<int>(i) + 1))});
  return out;
}

void ProcessState::restore() const {
  const ProcessState now;
  if (now.rounding_ != rounding_) set_control_register(rounding_);
  if (now.locale_ != locale_) std::setlocale(LC_ALL, locale_.c_str());
  std::error_code gone;
  if (now.folder_ != folder_) std::filesystem::current_path(folder_, gone);
  for (const std::string& name : differing(environment_, now.environment_)) {
    const auto before = environment_.find(name);
    if (before == environment_.end()) unsetenv(name.c_str());
    else setenv(name.c_str(), before->second.c_str(), 1);
  }
  for (std::size_t i = 0; i < signals_.size(); ++i)
    if (!same_handler(signals_[i], now.signals_[i])) sigaction(static_cast<int>(i) + 1, &signals_[i], nullptr);
}

}  // namespace shoal::host
