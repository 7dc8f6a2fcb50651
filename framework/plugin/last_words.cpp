#include "framework/plugin/last_words.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <sstream>
#include <typeinfo>

#include "framework/plugin/fatal_signals.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

// Globals, since signal handlers have no arguments of their own. Set once, by prepare.
int pipe_of_words = -1;
const char* const* file_at_work = nullptr;
LastWords::Explain explain_fault = nullptr;

/// A line that is put together without memory being allocated.
class Line {
 public:
  explicit Line(char kind) { text_[size_++] = kind; }
  void add(const char* words) {
    for (; *words != '\0' && size_ + 1 < sizeof(text_); ++words) text_[size_++] = *words == '\n' ? ' ' : *words;
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
    static_cast<void>(!write(pipe_of_words, text_, size_));
  }

 private:
  char text_[1024] = {};
  std::size_t size_ = 0;
};

/// The innermost function of the library at work; nothing where it has none on the stack.
void add_place(Line& line) {
  void* frames[64];
  const int count = backtrace(frames, 64);
  for (int i = 0; i < count; ++i) {
    Dl_info found = {};
    if (dladdr(frames[i], &found) == 0 || found.dli_fname == nullptr ||
        std::strcmp(found.dli_fname, *file_at_work) != 0)
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

void die_at(int signal, const void* address) {
  Line line(LastWords::kDied);
  line.add(sigabbrev_np(signal));
  line.add("\t");
  add_place(line);
  const char* meaning = explain_fault != nullptr && address != nullptr ? explain_fault(address) : nullptr;
  line.add("\t");
  line.add(meaning != nullptr ? meaning : "");
  line.send();
  _exit(3);
}

void die(int signal, siginfo_t* what, void*) {
  die_at(signal, signal == SIGSEGV || signal == SIGBUS ? what->si_addr : nullptr);
}

[[noreturn]] void die_of_exception() {
  if (std::type_info* type = abi::__cxa_current_exception_type()) {
    int status = 0;
    char* readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    Line line(LastWords::kThrew);
    line.add(readable != nullptr ? readable : type->name());
    try {
      throw;
    } catch (const std::exception& error) {
      line.add("(\"");
      line.add(error.what());
      line.add("\")");
    } catch (...) {
    }
    line.send();
    _exit(3);
  }
  die_at(SIGABRT, nullptr);
  _exit(3);
}

std::string readable(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status),
                                                    std::free);
  return name ? name.get() : symbol;
}

}  // namespace

void LastWords::prepare(int pipe, const char* const* file, Explain explain) {
  pipe_of_words = pipe;
  file_at_work = file;
  explain_fault = explain;
  handle_fatal_signals({SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGXFSZ, SIGTRAP}, &die);
  std::set_terminate(&die_of_exception);
}

std::string describe_death(const std::string& line) {
  std::istringstream in(line);
  std::string signal, library, offset, symbol, meaning;
  std::getline(in, signal, '\t');
  std::getline(in, library, '\t');
  std::getline(in, offset, '\t');
  std::getline(in, symbol, '\t');
  std::getline(in, meaning, '\t');
  std::string out = "SIG" + signal;
  if (!symbol.empty()) out += " in " + readable(symbol);
  if (!library.empty()) out += text(" at {}+0x{}", std::filesystem::path(library).filename().string(), offset);
  return meaning.empty() ? out : meaning + " (" + out + ")";
}

}  // namespace shoal::host
