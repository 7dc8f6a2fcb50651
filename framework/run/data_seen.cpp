#include "framework/run/data_seen.h"

#include <algorithm>

#include "framework/plugin/digest.h"

namespace shoal::host {
namespace {

constexpr Index kBlockBytes = 4 << 20;  // fixed: it is part of what the digest means

std::string digest_of_rows(const ConstArray& features, Index from, Index to) {
  const std::size_t row_bytes = static_cast<std::size_t>(features.cols() * bytes_of(features.dtype()));
  Digest digest;
  if (features.contiguous())
    return digest.bytes(features.slice(from, to).bytes(), row_bytes * static_cast<std::size_t>(to - from)).hex();
  for (Index i = from; i < to; ++i) digest.bytes(features.slice(i, i + 1).bytes(), row_bytes);
  return digest.hex();
}

}  // namespace

DataSeen describe_data(const ConstArray& features, ThreadPool& pool) {
  const Index row_bytes = std::max<Index>(features.cols() * bytes_of(features.dtype()), 1);
  const Index block = std::max<Index>(kBlockBytes / row_bytes, 1);
  const Index blocks = (features.rows() + block - 1) / block;
  std::vector<std::string> digests(static_cast<std::size_t>(blocks));
  pool.run(blocks, [&](std::int64_t b) {
    digests[static_cast<std::size_t>(b)] =
        digest_of_rows(features, b * block, std::min((b + 1) * block, features.rows()));
  });
  DataSeen out{
      .sha256 = "", .shape = {features.shape().begin(), features.shape().end()}, .dtype = name(features.dtype())};
  Digest all;
  all.text(out.dtype).number(static_cast<std::int64_t>(out.shape.size()));
  for (const std::int64_t size : out.shape) all.number(size);
  for (const std::string& digest : digests) all.text(digest);
  out.sha256 = all.hex();
  return out;
}

}  // namespace shoal::host
