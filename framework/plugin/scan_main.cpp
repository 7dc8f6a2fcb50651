// shoal-scan FILE…: opens plugins and says how that went, in a process that may be lost. See scan.h, scan_protocol.h.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "framework/plugin/last_words.h"
#include "framework/plugin/open_library.h"
#include "framework/plugin/process_state.h"
#include "framework/plugin/scan_protocol.h"
#include "shoal/abi.h"
#include "shoal/error.h"

namespace {

using namespace shoal::host;
using shoal::text;

const char* being_opened = "";

void say(char what, std::string line) {
  for (char& c : line)
    if (c == '\n') c = ' ';
  line = what + line + '\n';
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t written = write(scan::kPipe, line.data() + at, line.size() - at);
    if (written <= 0) _exit(3);  // nobody listens
    at += static_cast<std::size_t>(written);
  }
}

void set_limit(__rlimit_resource which, unsigned long long value) {
  const rlimit limit = {value, value};
  setrlimit(which, &limit);
}

/// No other process is started from here on (SIGSYS). Where the system knows no such filter, there is none.
void forbid_processes() {
#if defined(__x86_64__)
  constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#else
  constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#endif
  const auto load = [](std::size_t offset) {
    return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  };
  const auto give = [](std::uint32_t verdict) { return sock_filter BPF_STMT(BPF_RET | BPF_K, verdict); };
  const auto skip_unless = [](std::uint32_t value) {
    return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
  };
  sock_filter filter[] = {
      load(offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
      give(SECCOMP_RET_ALLOW),
      load(offsetof(seccomp_data, nr)),
#ifdef SYS_fork
      skip_unless(SYS_fork),
      give(SECCOMP_RET_TRAP),
      skip_unless(SYS_vfork),
      give(SECCOMP_RET_TRAP),
#endif
      skip_unless(SYS_execve),
      give(SECCOMP_RET_TRAP),
      skip_unless(SYS_execveat),
      give(SECCOMP_RET_TRAP),
      skip_unless(SYS_clone3),  // its flags lie in memory, where no filter looks: the C library then takes clone
      give(SECCOMP_RET_ERRNO | 38 /* ENOSYS */),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
      give(SECCOMP_RET_ALLOW),
      load(offsetof(seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
      give(SECCOMP_RET_ALLOW),
      give(SECCOMP_RET_TRAP),
  };
  const sock_fprog program = {static_cast<unsigned short>(std::size(filter)), filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

void limit_process() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_FSIZE, scan::kOutput);
  if (SHOAL_HAS_ASAN + SHOAL_HAS_TSAN > 0) return;  // their shadow is larger, and they start what they need
  set_limit(RLIMIT_AS, scan::kMemory);
  forbid_processes();
}

void try_file(const char* file, Services& services) {
  being_opened = file;
  say(scan::kBegin, "");
  const ProcessState before;
  std::string reason;
  std::vector<const shoal_component*> components;
  try {
    components = open_library(file, services);
  } catch (const std::exception& failure) {
    reason = failure.what();
    if (reason.empty()) reason = "no reason is given";
  }
  const auto changes = before.changes(ProcessState());
  before.restore();
  for (const ProcessState::Change& change : changes) {
    if (!change.fatal) say(scan::kWarning, "loading it changes " + change.what);
    else if (reason.empty()) reason = "loading it changes " + change.what;
  }
  if (!reason.empty()) {
    say(scan::kRefused, reason);
    return;
  }
  for (const shoal_component* component : components)
    say(scan::kComponent, text("{}\t{}", component->id, component->summary != nullptr ? component->summary : ""));
  say(scan::kGood, "");
}

}  // namespace

#ifdef __SANITIZE_ADDRESS__
/// What libraries keep to the end is not lost.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

int main(int argc, char** argv) {
  LastWords::prepare(scan::kPipe, &being_opened);
  limit_process();
  Services services(1);
  for (int i = 1; i < argc; ++i) try_file(argv[i], services);
  being_opened = "";
  say(scan::kEnd, "");
  std::exit(0);  // destructors of libraries run, and may crash like all else
}
