#include <algorithm>

#include "arithmetic.h"
#include "seeding_on.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {
namespace {

constexpr Index kChain = 200;    // m
constexpr double kBytes = 32e6;  // of the rows of chains that are measured together
constexpr Index kTogether = 16;  // chains

// (M) of each row of x to the nearest centroid
std::vector<double> squared_distances(const Context& context, ConstArray x, const RowMatrix<double>& centroids) {
  std::vector<Index> labels(static_cast<std::size_t>(x.rows()));
  std::vector<double> out(labels.size());
  nearest(context, x, ConstArray(centroids), MutableArray(labels), out);
  return out;
}

// Where chains go: half of the first centroid's k-means++ distribution, half of the weights'.
class Proposal {
 public:
  Proposal(const Context& context, ConstArray features, Index first, std::span<const double> weights)
      : weights_(weights), mass_(static_cast<std::size_t>(features.rows())) {
    const std::vector<double> squared_distance = squared_distances(context, features, take_rows(features, {&first, 1}));
    for (std::size_t i = 0; i < mass_.size(); ++i) {
      const double weight = weight_of(weights, static_cast<Index>(i));
      mass_[i] = weight == 0 ? 0 : weight * squared_distance[i];
    }
    spread_ = sum_in_blocks(mass_);
    const double all = weights.empty() ? static_cast<double>(mass_.size()) : sum_in_blocks(weights);
    for (std::size_t i = 0; i < mass_.size(); ++i)
      mass_[i] = (spread_ > 0 ? mass_[i] / spread_ : 0) + weight_of(weights, static_cast<Index>(i)) / all;
  }

  bool all_equal() const { return spread_ == 0; }
  std::span<const double> mass() const { return mass_; }
  /// k-means++'s share of a row over the proposal's, but for a factor.
  double ratio(Index row, double squared_distance) const {
    return weight_of(weights_, row) * squared_distance / mass_[static_cast<std::size_t>(row)];
  }

 private:
  std::span<const double> weights_;
  std::vector<double> mass_;
  double spread_ = 0;
};

struct Chain {
  std::vector<Index> rows;       // (kChain) proposed
  std::vector<double> uniforms;  // (kChain) that decide whether to go there
};

std::vector<Chain> draw_chains(const Draw& draw, Index first, Index count, const Random& random) {
  std::vector<Chain> out(static_cast<std::size_t>(count));
  for (Index c = 0; c < count; ++c) {
    Random stream = random.fork(static_cast<std::uint64_t>(first + c));
    for (Index step = 0; step < kChain; ++step) {
      out[static_cast<std::size_t>(c)].rows.push_back(draw(stream.uniform()));
      out[static_cast<std::size_t>(c)].uniforms.push_back(stream.uniform());
    }
  }
  return out;
}

// Where a chain ends: Metropolis and Hastings' walk. −1 where that row coincides with a chosen one.
Index end_of(const Chain& chain, const Proposal& proposal, const double* squared_distance) {
  Index at = -1;
  double ratio = 0;
  for (std::size_t step = 0; step < chain.rows.size(); ++step) {
    const double there = proposal.ratio(chain.rows[step], squared_distance[step]);
    if (there > ratio * chain.uniforms[step]) at = chain.rows[step], ratio = there;
  }
  return at;
}

// A draw of k-means++ itself, for a chain that found nothing new; −1 where no row differs from the chosen ones.
Index draw_exactly(const Context& context, ConstArray features, std::span<const Index> chosen, Random random,
                   std::span<const double> weights) {
  std::vector<double> mass = squared_distances(context, features, take_rows(features, chosen));
  for (std::size_t i = 0; i < mass.size(); ++i) {
    const double weight = weight_of(weights, static_cast<Index>(i));
    mass[i] = weight == 0 ? 0 : weight * mass[i];
  }
  const Draw draw(mass);
  return draw.total() == 0 ? -1 : draw(random.uniform());
}

}  // namespace

std::vector<Index> afk_mc2(const Context& context, ConstArray features, Index k, Random random,
                           std::span<const double> weights) {
  require_enough(features.rows(), k, weights);
  Random first = random.fork("first");
  const Random exact = random.fork("exact");
  std::vector<Index> chosen{first_row(features.rows(), first, weights)};
  const Proposal proposal(context, features, chosen.front(), weights);
  const Draw draw(proposal.mass());
  const double bytes_of_chain = static_cast<double>(kChain * features.cols()) * sizeof(double);
  const auto together = static_cast<Index>(std::clamp(kBytes / bytes_of_chain, 1.0, static_cast<double>(kTogether)));
  while (static_cast<Index>(chosen.size()) < k && !proposal.all_equal()) {
    const auto before = static_cast<Index>(chosen.size());
    context.progress(before, k, "seeds");
    const std::vector<Chain> chains = draw_chains(draw, before, std::min(together, k - before), random);
    std::vector<Index> proposed;
    for (const Chain& chain : chains) proposed.insert(proposed.end(), chain.rows.begin(), chain.rows.end());
    const RowMatrix<double> x = take_rows(features, proposed);
    std::vector<double> squared_distance = squared_distances(context, ConstArray(x), take_rows(features, chosen));
    for (std::size_t c = 0; c < chains.size(); ++c) {
      Index row = end_of(chains[c], proposal, squared_distance.data() + static_cast<Index>(c) * kChain);
      if (row < 0) row = draw_exactly(context, features, chosen, exact.fork(chosen.size()), weights);
      if (row < 0) break;
      chosen.push_back(row);
      // The chains measured already go on from this centroid too.
      const RowMatrix<double> centroid = take_rows(features, {&row, 1});
      for (Index i = (static_cast<Index>(c) + 1) * kChain; i < x.rows(); ++i) {
        double& d2 = squared_distance[static_cast<std::size_t>(i)];
        d2 = std::min(d2, arithmetic().squared_distance(x.row(i).data(), centroid.data(), x.cols()));
      }
    }
    if (static_cast<Index>(chosen.size()) < before + static_cast<Index>(chains.size())) break;  // no row differs
  }
  chosen.resize(static_cast<std::size_t>(k), chosen.front());
  return chosen;
}

}  // namespace shoal::kernels
