// shoal-scan FILE…: opens plugins and says how that went, in a process that may be lost. See scan.h, scan_protocol.h.
#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
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
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include "framework/plugin/open_library.h"
#include "framework/plugin/process_state.h"
#include "framework/plugin/scan_protocol.h"
#include "shoal/abi.h"

namespace {

using namespace shoal::host;

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

/// From here on only what a signal handler may do: no memory is allocated.
class Line {
 public:
  void add(const char* words) {
    while (*words != '\0' && size_ + 1 < sizeof(text_)) text_[size_++] = *words++;
  }
  void add_hexadecimal(std::uintptr_t value) {
    char digits[2 * sizeof(value) + 1] = {};
    int at = sizeof(digits) - 1;
    do digits[--at] = "0123456789abcdef"[value & 15];
    while ((value >>= 4) != 0);
    add(digits + at);
  }
  void send() {
    text_[size_++] = '\n';
    static_cast<void>(!write(scan::kPipe, text_, size_));
  }

 private:
  char text_[1024] = {};
  std::size_t size_ = 0;
};

/// The innermost function of the library that is being opened, or of any library but the system's where it has none on
/// the stack.
void add_place(Line& line) {
  void* frames[64];
  const int count = backtrace(frames, 64);
  for (int i = 0; i < count; ++i) {
    Dl_info found = {};
    if (dladdr(frames[i], &found) == 0 || found.dli_fname == nullptr || std::strcmp(found.dli_fname, being_opened) != 0)
      continue;
    line.add(found.dli_fname);
    line.add("\t");
    line.add_hexadecimal(
        static_cast<std::uintptr_t>(static_cast<char*>(frames[i]) - static_cast<char*>(found.dli_fbase)));
    line.add("\t");
    line.add(found.dli_sname != nullptr ? found.dli_sname : "");
    return;
  }
  line.add("\t\t");
}

void die(int signal) {
  Line line;
  line.add("d");
  line.add(sigabbrev_np(signal));
  line.add("\t");
  add_place(line);
  line.send();
  _exit(3);
}

[[noreturn]] void die_of_exception() {
  std::string what = "an exception";
  if (std::type_info* type = abi::__cxa_current_exception_type()) {
    int status = 0;
    char* readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    what = readable != nullptr ? readable : type->name();
    try {
      throw;
    } catch (const std::exception& error) {
      what += std::string("(\"") + error.what() + "\")";
    } catch (...) {
    }
    say(scan::kThrew, what);
    _exit(3);
  }
  die(SIGABRT);
  _exit(3);
}

void catch_everything() {
  static char stack[64 * 1024];  // a constructor may have used up its own
  const stack_t alternative = {.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof(stack)};
  sigaltstack(&alternative, nullptr);
  void* frame = nullptr;
  backtrace(&frame, 1);  // loads what it needs now
  struct sigaction action = {};
  action.sa_handler = &die;
  action.sa_flags = SA_ONSTACK | SA_RESETHAND;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGXFSZ, SIGTRAP})
    sigaction(signal, &action, nullptr);
  std::set_terminate(&die_of_exception);
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
  if (SHOAL_HAS_ASAN == 0 && SHOAL_HAS_TSAN == 0) set_limit(RLIMIT_AS, scan::kMemory);  // their shadow is larger
  forbid_processes();
}

void try_file(const char* file, Services& services) {
  being_opened = file;
  say(scan::kBegin, "");
  const ProcessState before;
  std::string reason;
  try {
    open_library(file, services);
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
  if (reason.empty()) say(scan::kGood, "");
  else say(scan::kRefused, reason);
}

}  // namespace

int main(int argc, char** argv) {
  catch_everything();
  limit_process();
  Services services(1);
  for (int i = 1; i < argc; ++i) try_file(argv[i], services);
  being_opened = "";
  say(scan::kEnd, "");
  std::exit(0);  // destructors of libraries run, and may crash like all else
}
