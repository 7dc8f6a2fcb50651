#include "framework/plugin/digest.h"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace shoal::host {

struct Digest::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Digest::Digest() : state_(std::make_unique<State>()) {
  if (state_->context == nullptr || EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
}
Digest::~Digest() = default;

Digest& Digest::bytes(const void* data, std::size_t size) {
  EVP_DigestUpdate(state_->context, data, size);
  return *this;
}

Digest& Digest::text(std::string_view value) {
  number(static_cast<std::int64_t>(value.size()));
  return bytes(value.data(), value.size());
}

Digest& Digest::number(std::int64_t value) {
  std::array<unsigned char, 8> little;
  for (std::size_t i = 0; i < little.size(); ++i)
    little[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> (8 * i));
  return bytes(little.data(), little.size());
}

Digest& Digest::real(double value) { return number(std::bit_cast<std::int64_t>(value)); }

std::string Digest::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw;
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context, raw.data(), &size);
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += "0123456789abcdef"[raw[i] >> 4];
    out += "0123456789abcdef"[raw[i] & 15];
  }
  return out;
}

std::string digest_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string() + ": " + std::strerror(errno));
  Digest digest;
  std::vector<char> block(1 << 20);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    digest.bytes(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof()) throw std::runtime_error("cannot read " + path.string() + ": " + std::strerror(errno));
  return digest.hex();
}

}  // namespace shoal::host
