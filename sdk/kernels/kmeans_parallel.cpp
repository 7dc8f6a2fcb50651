#include <algorithm>
#include <cmath>

#include "nearest_chosen.h"
#include "seeding_on.h"
#include "shoal/kernels/seeding.h"

namespace shoal::kernels {
namespace {

constexpr Index kRounds = 5;
constexpr Index kOversampling = 2;  // ℓ = 2k
constexpr Index kBatch = 32;        // candidates that are taken together

// Rows drawn independently, each with probability ℓ·mass / Σ mass; beyond 2ℓ those that were drawn most clearly.
std::vector<Index> oversample(std::span<const double> mass, double total, Index k, Random random) {
  const double draws = static_cast<double>(kOversampling * k);
  std::vector<std::pair<double, Index>> drawn;  // how clearly: uniform number / probability, below 1
  for (std::size_t i = 0; i < mass.size(); ++i) {
    const double uniform = random.uniform(), probability = draws * mass[i] / total;
    if (uniform < probability) drawn.emplace_back(uniform / probability, static_cast<Index>(i));
  }
  const auto most = static_cast<std::size_t>(2 * kOversampling * k);
  if (drawn.size() > most) {
    std::nth_element(drawn.begin(), drawn.begin() + static_cast<std::ptrdiff_t>(most), drawn.end());
    drawn.resize(most);
  }
  std::vector<Index> out;
  for (const auto& [clearly, row] : drawn) out.push_back(row);
  std::sort(out.begin(), out.end());
  return out;
}

// The candidates that are some row's nearest, and the weight of all rows whose nearest each is.
struct Summary {
  std::vector<Index> rows;
  std::vector<double> weights;
};

Summary summary_of(const NearestChosen& nearest, std::span<const Index> candidates, std::span<const double> weights) {
  std::vector<double> owned(nearest.nearest().size(), 0.0);
  for (std::size_t i = 0; i < owned.size(); ++i)
    owned[static_cast<std::size_t>(nearest.nearest()[i])] += weight_of(weights, static_cast<Index>(i));
  Summary out;
  for (const Index row : candidates) {
    double& weight = owned[static_cast<std::size_t>(row)];
    if (weight == 0) continue;
    out.rows.push_back(row);
    out.weights.push_back(weight);
    weight = 0;  // a row that was drawn twice counts once
  }
  return out;
}

std::vector<Index> choose_among(const Context& context, ConstArray features, const Summary& summary, Index k,
                                Random random) {
  std::vector<Index> out =
      greedy_kmeans_plus_plus(context, gather(context, features, summary.rows), k, random, summary.weights);
  for (Index& row : out) row = summary.rows[static_cast<std::size_t>(row)];
  return out;
}

}  // namespace

std::vector<Index> kmeans_parallel(const Context& context, ConstArray features, Index k, Random random,
                                   std::span<const double> weights) {
  const Rows rows(features);
  require_enough(rows.rows(), k, weights);
  NearestChosen nearest(best_isa(), context, rows, weights, kRounds * kOversampling * k / kBatch + 1);
  Random first = random.fork("first"), last = random.fork("last");
  std::vector<Index> candidates{first_row(rows.rows(), first, weights)};
  nearest.choose_first(candidates.front());
  const auto add = [&](std::span<const Index> drawn) {
    for (std::size_t from = 0; from < drawn.size(); from += kBatch) {
      nearest.potentials(drawn.subspan(from, std::min<std::size_t>(kBatch, drawn.size() - from)));
      nearest.take_all();
    }
    candidates.insert(candidates.end(), drawn.begin(), drawn.end());
  };
  for (Index round = 0; round < kRounds; ++round) {
    context.progress(round, kRounds, "rounds");
    const double total = nearest.draw().total();
    if (!(total > 0)) break;
    add(oversample(nearest.mass(), total, k, random.fork(static_cast<std::uint64_t>(round))));
  }
  // Each further draw owns itself, so it is one row more.
  Summary summary = summary_of(nearest, candidates, weights);
  while (static_cast<Index>(summary.rows.size()) < k) {
    const Draw draw = nearest.draw();
    if (draw.total() == 0) {  // fewer than k rows differ
      summary.rows.resize(static_cast<std::size_t>(k), candidates.front());
      return summary.rows;
    }
    const Index row = draw(last.uniform());
    add({&row, 1});
    summary = summary_of(nearest, candidates, weights);
  }
  return choose_among(context, features, summary, k, random.fork("choice"));
}

}  // namespace shoal::kernels
