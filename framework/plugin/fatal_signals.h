#ifndef SHOAL_FRAMEWORK_PLUGIN_FATAL_SIGNALS_H_
#define SHOAL_FRAMEWORK_PLUGIN_FATAL_SIGNALS_H_

#include <csignal>
#include <initializer_list>

namespace shoal::host {

/// From now on each of `signals` calls `handler`, once and on a stack of its own, since who dies may have used up the
/// other one. backtrace may be called there: what it needs is loaded by then.
void handle_fatal_signals(std::initializer_list<int> signals, void (*handler)(int, siginfo_t*, void*));

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_FATAL_SIGNALS_H_
