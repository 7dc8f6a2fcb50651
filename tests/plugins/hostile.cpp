// A plugin that does, while it is loaded, what its file name says: a copy called libsegfault.so dies of SIGSEGV.
#include <dlfcn.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "shoal/metric.h"
#include "shoal/plugin.h"

namespace {

/// "segfault" of /some/where/libsegfault.so.
std::string deed() {
  Dl_info self = {};
  dladdr(reinterpret_cast<void*>(&deed), &self);
  const std::string file = self.dli_fname;
  const auto begin = file.rfind("/lib") + 4;
  return file.substr(begin, file.rfind(".so") - begin);
}

/// "/some/where".
std::string folder() {
  Dl_info self = {};
  dladdr(reinterpret_cast<void*>(&folder), &self);
  const std::string file = self.dli_fname;
  return file.substr(0, file.rfind('/'));
}

/// libharmless.so of the same folder is open too.
bool is_beside_harmless() { return dlopen((folder() + "/libharmless.so").c_str(), RTLD_LAZY | RTLD_NOLOAD) != nullptr; }

struct AtExit {
  bool crash = deed() == "crash-at-exit" || (deed() == "beside-at-exit" && is_beside_harmless());
  ~AtExit() {
    if (crash) std::abort();
  }
} at_exit;

std::size_t deeper(std::size_t depth) {
  volatile char frame[4096] = {};
  return depth == 0 ? 0 : deeper(depth - 1) + static_cast<std::size_t>(frame[depth % sizeof(frame)]);
}

volatile std::uintptr_t nowhere = 8;

[[gnu::constructor]] void while_loading() {
  const std::string what = deed();
  if (what == "beside" && is_beside_harmless()) std::abort();
  if (what == "throws") throw std::runtime_error("ctor threw");
  if (what == "throws-number") throw 42;
  if (what == "segfault") *reinterpret_cast<volatile int*>(nowhere) = 1;
  if (what == "abort") std::abort();
  if (what == "exits") std::exit(0);
  if (what == "illegal") __builtin_trap();
  if (what == "stack") nowhere = deeper(nowhere << 28);
  if (what == "loops")
    for (;;) asm volatile("");
  if (what == "sleeps") sleep(1000);
  if (what == "reads") static_cast<void>(std::getchar());  // stdin is empty: this one loads
  if (what == "forks") {
    for (int i = 0; i < 4; ++i) static_cast<void>(fork());
  }
  if (what == "runs") static_cast<void>(!std::system("true"));
  if (what == "floods")
    for (int i = 0; i < 1 << 20; ++i) std::puts("all work and no play");
  if (what == "memory") {
    std::vector<void*> kept;
    for (int i = 0; i < 200; ++i) kept.push_back(::operator new (std::size_t{1} << 30));
    if (kept.back() == nullptr) std::abort();
  }
  if (what == "fast-math") __builtin_ia32_ldmxcsr(0x9fc0);
  if (what == "locale") std::setlocale(LC_ALL, "C.UTF-8");
  if (what == "folder") static_cast<void>(!chdir("/"));
  if (what == "environment") setenv("SHOAL_DATA", "/nowhere", 1);
  if (what == "handler") std::signal(SIGINT, SIG_IGN);
}

class Deed final : public shoal::Metric {
 public:
  void compute(shoal::Context&, const shoal::Evidence&, shoal::Results& results) const override {
    results.number("done", 1);
  }
};

}  // namespace

SHOAL_PLUGIN("hostile", "0.1.0", "does what it should not") {
  plugin.add<Deed>("metric/deed", "was it loaded?").out<shoal::Number>("done", "1");
}
