#include "framework/store/content.h"

#include <algorithm>

#include "framework/plugin/digest.h"

namespace shoal::host {
namespace {

constexpr Index kBlockBytes = 4 << 20;  // fixed: it is part of what the digest means

std::string digest_of_rows(const ConstArray& array, Index from, Index to) {
  const std::size_t row_bytes = static_cast<std::size_t>(array.cols() * bytes_of(array.dtype()));
  Digest digest;
  if (array.contiguous())
    return digest.bytes(array.slice(from, to).bytes(), row_bytes * static_cast<std::size_t>(to - from)).hex();
  for (Index i = from; i < to; ++i) digest.bytes(array.slice(i, i + 1).bytes(), row_bytes);
  return digest.hex();
}

}  // namespace

std::string content_digest(const ConstArray& array, ThreadPool& pool) {
  const Index row_bytes = std::max<Index>(array.cols() * bytes_of(array.dtype()), 1);
  const Index block = std::max<Index>(kBlockBytes / row_bytes, 1);
  const Index blocks = (array.rows() + block - 1) / block;
  std::vector<std::string> digests(static_cast<std::size_t>(blocks));
  pool.run(blocks, [&](std::int64_t b) {
    digests[static_cast<std::size_t>(b)] = digest_of_rows(array, b * block, std::min((b + 1) * block, array.rows()));
  });
  Digest all;
  all.text(name(array.dtype())).number(array.rank());
  for (const std::int64_t size : array.shape()) all.number(size);
  for (const std::string& digest : digests) all.text(digest);
  return all.hex();
}

}  // namespace shoal::host
