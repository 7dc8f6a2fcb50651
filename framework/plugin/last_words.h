#ifndef SHOAL_FRAMEWORK_PLUGIN_LAST_WORDS_H_
#define SHOAL_FRAMEWORK_PLUGIN_LAST_WORDS_H_

#include <string>

namespace shoal::host {

/// What a process that may be lost says of its own end: one line into a pipe, written by a signal handler, its parts
/// parted by tabs, and read by the process that started it.
struct LastWords {
  static constexpr char kDied = 'd';   ///< name of a signal, library, offset in it, symbol, what the fault means
  static constexpr char kThrew = 't';  ///< what was thrown and nobody caught

  /// What a fault at an address means, where somebody knows; else null. Called by the handler: allocates nothing.
  using Explain = const char* (*)(const void* address);

  /// From now on a fatal signal or an exception that nobody catches writes its line to the file descriptor `pipe` and
  /// ends the process with status 3. The place is the innermost function of the library `*file` on the stack; `file`
  /// is read when it comes to that. What `explain` knows of the address of the fault comes last.
  static void prepare(int pipe, const char* const* file, Explain explain = nullptr);
};

/// "SIGSEGV in Foo::Foo() at libx.so+0x1139" of a line that begins with kDied, without that letter.
std::string describe_death(const std::string& line);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_LAST_WORDS_H_
