#include "starts.h"

#include <algorithm>
#include <limits>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"

namespace kernels = shoal::kernels;
using shoal::ConstArray;
using shoal::Index;

namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

Index init_size(const shoal::Context& context, const MiniBatchParams& params, Index n) {
  const Index batch_size = std::min(params.batch_size, n);
  Index size = params.init_size.value_or(3 * batch_size < params.k ? 3 * params.k : 3 * batch_size);
  if (size < params.k) {
    context.log(shoal::Level::kWarning, "init_size is {}, less than k = {}: {} is used", size, params.k, 3 * params.k);
    size = 3 * params.k;
  }
  return std::min(size, n);
}

// Some rows with their weights. Those of weight 0 are never among them.
struct Sample {
  shoal::Array rows;
  std::vector<double> weights;
};

Sample sample(const shoal::Context& context, ConstArray features, std::span<const double> weights, Index size,
              shoal::Random random) {
  std::vector<Index> weighted;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] > 0) weighted.push_back(static_cast<Index>(i));
  std::vector<Index> rows(at(size));
  Sample out;
  for (Index& row : rows) {
    row = weights.empty() ? random.below(features.rows())
                          : weighted[at(random.below(static_cast<Index>(weighted.size())))];
    out.weights.push_back(weights.empty() ? 1 : weights[at(row)]);
  }
  out.rows = kernels::gather(context, features, rows);
  return out;
}

shoal::RowMatrix<double> seeds(const shoal::Context& context, ConstArray features, std::span<const double> weights,
                               const MiniBatchParams& params, const shoal::Random& random) {
  const std::vector<Index> rows = params.init == "random"
                                      ? kernels::random_rows(features.rows(), params.k, random, weights)
                                      : kernels::greedy_kmeans_plus_plus(context, features, params.k, random, weights);
  return kernels::take_rows(features, rows);
}

}  // namespace

shoal::RowMatrix<double> first_centroids(const shoal::Context& context, ConstArray features,
                                         std::span<const double> weights, const MiniBatchParams& params,
                                         const shoal::Random& random, Index starts) {
  const Index n = features.rows(), size = init_size(context, params, n);
  const Sample validation = starts > 1 ? sample(context, features, weights, size, random.fork("validation")) : Sample{};
  shoal::RowMatrix<double> best;
  double least = std::numeric_limits<double>::infinity();
  for (Index start = 0; start < starts; ++start) {
    const shoal::Random here = random.fork(static_cast<std::uint64_t>(start));
    shoal::RowMatrix<double> centroids;
    if (size < n) {
      const Sample part = sample(context, features, weights, size, here.fork("rows"));
      centroids = seeds(context, part.rows, part.weights, params, here);
    } else {
      centroids = seeds(context, features, weights, params, here);
    }
    if (starts == 1) return centroids;
    std::vector<Index> labels(validation.weights.size());
    kernels::nearest(context, validation.rows, ConstArray(centroids), shoal::MutableArray(labels));
    const double inertia =
        kernels::inertia(context, validation.rows, ConstArray(centroids), labels, validation.weights);
    if (inertia < least) least = inertia, best = std::move(centroids);
  }
  return best;
}

shoal::RowMatrix<double> first_centroids(const shoal::Context& context, ConstArray features,
                                         std::span<const double> weights, const std::optional<ConstArray>& init,
                                         const MiniBatchParams& params) {
  if (init) return shoal::to_float64(*init);
  const Index starts = params.n_init.value_or(params.init == "random" ? 3 : 1);
  return first_centroids(context, features, weights, params, context.random("init"), starts);
}
