#include "framework/plugin/fatal_signals.h"

#include <execinfo.h>

namespace shoal::host {

void handle_fatal_signals(std::initializer_list<int> signals, void (*handler)(int, siginfo_t*, void*)) {
  static char stack[64 * 1024];
  const stack_t alternative = {.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof(stack)};
  sigaltstack(&alternative, nullptr);
  void* frame = nullptr;
  backtrace(&frame, 1);
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  for (const int signal : signals) sigaction(signal, &action, nullptr);
}

}  // namespace shoal::host
