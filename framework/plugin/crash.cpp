#include "framework/plugin/crash.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>

#include "framework/plugin/fatal_signals.h"
#include "shoal/abi.h"

namespace shoal::host {
namespace {

std::atomic<const char*> doing{nullptr};
const char* help_text = "";

// From here on only what a signal handler may do.

void write_text(const char* text) { static_cast<void>(!write(STDERR_FILENO, text, std::strlen(text))); }

/// The library of the innermost frame that is neither the C library's nor the handler's: where it went wrong.
const char* guilty_library(void* const* frames, int count, const char* own) {
  for (int i = 0; i < count; ++i) {
    Dl_info found = {};
    if (dladdr(frames[i], &found) == 0 || found.dli_fname == nullptr) continue;
    const char* name = std::strrchr(found.dli_fname, '/');
    name = name == nullptr ? found.dli_fname : name + 1;
    if (std::strncmp(name, "libc.so", 7) == 0 || std::strncmp(name, "libstdc++", 9) == 0 ||
        std::strcmp(found.dli_fname, own) == 0)
      continue;
    return found.dli_fname;
  }
  return nullptr;
}

void explain(int signal, siginfo_t*, void*) {
  std::array<void*, 64> frames{};
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  write_text("\nshoal: crashed (SIG");
  write_text(sigabbrev_np(signal));
  write_text(")");
  if (const char* what = doing.load()) {
    write_text(" while ");
    write_text(what);
  }
  Dl_info self = {};
  dladdr(reinterpret_cast<void*>(&explain), &self);
  if (const char* library = guilty_library(frames.data(), count, self.dli_fname != nullptr ? self.dli_fname : "")) {
    write_text("; it happened in ");
    write_text(library);
  }
  write_text("\n");
  backtrace_symbols_fd(frames.data(), count, STDERR_FILENO);
  write_text("shoal: ");
  write_text(help_text);
  write_text("\n");
  std::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

CrashNote::CrashNote(std::string what) : what_(std::move(what)), before_(doing.exchange(what_.c_str())) {}

CrashNote::~CrashNote() { doing = before_; }

void explain_crashes(const char* help) {
  if (SHOAL_HAS_ASAN + SHOAL_HAS_TSAN > 0) return;
  help_text = help;
  handle_fatal_signals({SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}, &explain);
}

}  // namespace shoal::host
