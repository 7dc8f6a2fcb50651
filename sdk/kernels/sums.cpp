#include "shoal/kernels/sums.h"

#include <numeric>

#include "arithmetic.h"

namespace shoal::kernels {
namespace {

constexpr Index kMembers = 512;
constexpr std::size_t kTerms = 1024;

// Rows by label, each cluster's in order (a counting sort), and each cluster cut into blocks.
struct Members {
  struct Block {
    Index cluster, from, to;  // a range of `rows`
  };
  std::vector<Index> rows;
  std::vector<Block> blocks;
};

Members members_of(std::span<const Index> labels, Index k) {
  std::vector<Index> end(static_cast<std::size_t>(k) + 1, 0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    require(labels[i] >= 0 && labels[i] < k, "row {} has label {}, but there are {} clusters", i, labels[i], k);
    ++end[static_cast<std::size_t>(labels[i]) + 1];
  }
  std::partial_sum(end.begin(), end.end(), end.begin());
  Members out;
  for (Index c = 0; c < k; ++c)
    for (Index from = end[static_cast<std::size_t>(c)]; from < end[static_cast<std::size_t>(c) + 1]; from += kMembers)
      out.blocks.push_back({c, from, std::min(end[static_cast<std::size_t>(c) + 1], from + kMembers)});
  out.rows.resize(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    out.rows[static_cast<std::size_t>(end[static_cast<std::size_t>(labels[i])]++)] = static_cast<Index>(i);
  return out;
}

}  // namespace

ClusterSums cluster_sums(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                         std::span<const double> weights) {
  require(features.rows() == static_cast<Index>(labels.size()), "needs {} labels, got {}", features.rows(), labels.size());
  require(weights.empty() || weights.size() == labels.size(), "needs {} weights, got {}", labels.size(), weights.size());
  const Members members = members_of(labels, k);
  const Rows rows(features);
  const Arithmetic& on = arithmetic();
  const auto count = static_cast<Index>(members.blocks.size());
  RowMatrix<double> partial = RowMatrix<double>::Zero(count, rows.cols());
  ClusterSums out{RowMatrix<double>::Zero(k, rows.cols()), std::vector<double>(static_cast<std::size_t>(k)),
                  std::vector<Index>(static_cast<std::size_t>(k))};
  context.parallel_for(count, 1, [&](Index from, Index to) {
    for (Index b = from; b < to; ++b) {
      const Members::Block& block = members.blocks[static_cast<std::size_t>(b)];
      for (Index m = block.from; m < block.to; ++m) {
        const Index i = members.rows[static_cast<std::size_t>(m)];
        rows.add(on, i, weights.empty() ? 1 : weights[static_cast<std::size_t>(i)], partial.row(b).data());
      }
    }
  });
  for (Index b = 0; b < count; ++b) {
    const Members::Block& block = members.blocks[static_cast<std::size_t>(b)];
    const auto c = static_cast<std::size_t>(block.cluster);
    out.sums.row(block.cluster) += partial.row(b);
    double weight = 0;
    for (Index m = block.from; m < block.to; ++m) {
      const double w = weights.empty() ? 1 : weights[static_cast<std::size_t>(members.rows[static_cast<std::size_t>(m)])];
      weight += w;
      out.counts[c] += w > 0 ? 1 : 0;
    }
    out.weights[c] += weight;
  }
  return out;
}

double sum_in_blocks(std::span<const double> values) {
  double out = 0;
  for (std::size_t from = 0; from < values.size(); from += kTerms) {
    double block = 0;
    for (const double value : values.subspan(from, std::min(kTerms, values.size() - from))) block += value;
    out += block;
  }
  return out;
}

}  // namespace shoal::kernels
