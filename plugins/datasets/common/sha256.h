// sha256.h: SHA-256 of bytes that come in pieces, as libcrypto computes it.
#ifndef SHOAL_DATASETS_SHA256_H_
#define SHOAL_DATASETS_SHA256_H_

#include <cstddef>
#include <memory>
#include <string>

namespace [[gnu::visibility("hidden")]] idx {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(const void* bytes, std::size_t n);
  /// 64 lower-case hexadecimal digits. Once; nothing may be added afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace idx

#endif  // SHOAL_DATASETS_SHA256_H_
