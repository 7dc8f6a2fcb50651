#ifndef SHOAL_FRAMEWORK_PLUGIN_DIGEST_H_
#define SHOAL_FRAMEWORK_PLUGIN_DIGEST_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace shoal::host {

/// SHA-256 of what was added, in order. Texts and numbers are added with their length, so that no two sequences of
/// fields give the same bytes.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  Digest& bytes(const void* data, std::size_t size);  ///< as they are, without a length
  Digest& text(std::string_view value);
  Digest& number(std::int64_t value);
  Digest& real(double value);  ///< by its bits

  /// 64 hexadecimal digits; nothing may be added afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of a file's bytes. Throws std::runtime_error with the system's reason where it cannot be read.
std::string digest_of_file(const std::filesystem::path& path);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_DIGEST_H_
