#include "shoal/kernels/sums.h"

#include <algorithm>
#include <cmath>
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
  std::vector<Index> begin;  // (k + 1) where each cluster begins in `rows`
  std::vector<Block> blocks;

  std::span<const Index> of(const Block& block) const {
    return std::span(rows).subspan(static_cast<std::size_t>(block.from),
                                   static_cast<std::size_t>(block.to - block.from));
  }
};

Members members_of(std::span<const Index> labels, Index k) {
  Members out;
  std::vector<Index>& begin = out.begin;
  begin.assign(static_cast<std::size_t>(k) + 1, 0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    require(labels[i] >= 0 && labels[i] < k, "row {} has label {}, but there are {} clusters", i, labels[i], k);
    ++begin[static_cast<std::size_t>(labels[i]) + 1];
  }
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  for (Index c = 0; c < k; ++c)
    for (Index from = begin[static_cast<std::size_t>(c)]; from < begin[static_cast<std::size_t>(c) + 1];
         from += kMembers)
      out.blocks.push_back({c, from, std::min(begin[static_cast<std::size_t>(c) + 1], from + kMembers)});
  out.rows.resize(labels.size());
  std::vector<Index> next = begin;
  for (std::size_t i = 0; i < labels.size(); ++i)
    out.rows[static_cast<std::size_t>(next[static_cast<std::size_t>(labels[i])]++)] = static_cast<Index>(i);
  return out;
}

// Σ weight · (row − origin of its cluster)
ClusterSums sums_about(const Context& context, const Rows& rows, const Members& members,
                       const RowMatrix<double>& origins, std::span<const double> weights) {
  const auto weight_of = [&](Index i) { return weights.empty() ? 1 : weights[static_cast<std::size_t>(i)]; };
  const Arithmetic& on = arithmetic();
  const auto count = static_cast<Index>(members.blocks.size());
  const Index k = origins.rows();
  RowMatrix<double> partial = RowMatrix<double>::Zero(count, rows.cols());
  context.parallel_for(count, 1, [&](Index from, Index to) {
    for (Index b = from; b < to; ++b) {
      const Members::Block& block = members.blocks[static_cast<std::size_t>(b)];
      for (const Index i : members.of(block))
        rows.add(on, i, origins.row(block.cluster).data(), weight_of(i), partial.row(b).data());
    }
  });
  ClusterSums out{RowMatrix<double>::Zero(k, rows.cols()), std::vector<double>(static_cast<std::size_t>(k)),
                  std::vector<Index>(static_cast<std::size_t>(k))};
  for (Index b = 0; b < count; ++b) {
    const Members::Block& block = members.blocks[static_cast<std::size_t>(b)];
    const auto c = static_cast<std::size_t>(block.cluster);
    out.sums.row(block.cluster) += partial.row(b);
    double weight = 0;
    for (const Index i : members.of(block)) {
      weight += weight_of(i);
      out.counts[c] += weight_of(i) > 0 ? 1 : 0;
    }
    out.weights[c] += weight;
  }
  return out;
}

void require_lengths(ConstArray features, std::span<const Index> labels, std::span<const double> weights) {
  require(features.rows() == static_cast<Index>(labels.size()), "needs {} labels, got {}", features.rows(),
          labels.size());
  require(weights.empty() || weights.size() == labels.size(), "needs {} weights, got {}", labels.size(),
          weights.size());
}

}  // namespace

ClusterSums cluster_sums(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                         std::span<const double> weights) {
  require_lengths(features, labels, weights);
  const RowMatrix<double> origins = RowMatrix<double>::Zero(k, features.cols());
  return sums_about(context, Rows(features), members_of(labels, k), origins, weights);
}

ClusterMeans cluster_means(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                           std::span<const double> weights) {
  require_lengths(features, labels, weights);
  const Rows rows(features);
  const Members members = members_of(labels, k);
  RowMatrix<double> means = RowMatrix<double>::Zero(k, features.cols());
  for (const Members::Block& block : members.blocks) {
    if (block.from != members.begin[static_cast<std::size_t>(block.cluster)]) continue;
    double* const origin = means.row(block.cluster).data();
    const double* const row = rows.read(members.of(block).front(), origin);
    if (row != origin) std::copy_n(row, rows.cols(), origin);
  }
  ClusterSums about = sums_about(context, rows, members, means, weights);
  for (Index c = 0; c < k; ++c) {
    const double weight = about.weights[static_cast<std::size_t>(c)];
    if (weight > 0) means.row(c) += about.sums.row(c) / weight;
    else means.row(c).setZero();
  }
  return {std::move(means), std::move(about.weights), std::move(about.counts)};
}

std::span<const double> require_weights(const std::optional<ConstArray>& weights, Index n) {
  if (!weights) return {};
  const std::span<const double> out = weights->vector<double>();
  require(static_cast<Index>(out.size()) == n, "needs {} weights, got {}", n, out.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    require(std::isfinite(out[i]) && out[i] >= 0, "the weight of row {} is {}, but weights are finite and at least 0",
            i, out[i]);
  require(std::any_of(out.begin(), out.end(), [](double w) { return w > 0; }), "all {} weights are 0", out.size());
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
