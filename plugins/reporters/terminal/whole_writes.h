// whole_writes.h: an output whose flushes reach a terminal in one piece.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_WHOLE_WRITES_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_WHOLE_WRITES_H_

#include <unistd.h>

#include <cerrno>
#include <streambuf>
#include <string>

namespace shoal {

/// Keeps what is written until it is flushed, and then writes it at once. stdout's own buffer is one of 1024 bytes on a
/// terminal: a block of 20 lines would be seen in parts.
class WholeWrites final : public std::streambuf {
 public:
  explicit WholeWrites(int descriptor) : descriptor_(descriptor) {}

 protected:
  int_type overflow(int_type c) override {
    if (!traits_type::eq_int_type(c, traits_type::eof())) kept_ += traits_type::to_char_type(c);
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    kept_.append(text, static_cast<std::size_t>(size));
    return size;
  }
  int sync() override {
    std::size_t written = 0;
    while (written < kept_.size()) {
      const ssize_t n = ::write(descriptor_, kept_.data() + written, kept_.size() - written);
      if (n < 0 && errno != EINTR) break;  // the terminal is gone; so is who would read of it
      if (n > 0) written += static_cast<std::size_t>(n);
    }
    const bool all = written == kept_.size();
    kept_.clear();
    return all ? 0 : -1;
  }

 private:
  int descriptor_;
  std::string kept_;
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_WHOLE_WRITES_H_
