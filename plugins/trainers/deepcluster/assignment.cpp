#include "assignment.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "shoal/kernels/nearest.h"
#include "shoal/kernels/sizes.h"
#include "sinkhorn.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::RowMatrix;

constexpr Index kMostIterations = 2000;

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

void require_no_noise(const PseudoLabels& found, const char* policy) {
  const Index noise = static_cast<Index>(found.labels.size()) - found.labelled();
  shoal::require(noise == 0,
                 "assignment '{}' gives every example a cluster, but the clusterer calls {} examples noise: take "
                 "'hard' or 'confident', or another clusterer",
                 policy, noise);
}

}  // namespace

PseudoLabels balanced(const Context& context, ConstArray features, const PseudoLabels& found, double epsilon) {
  require_no_noise(found, "balanced");
  const RowMatrix<double> means = centroids(features, found);
  const Eigen::RowVectorXd half_squares = means.rowwise().squaredNorm().transpose() / 2;
  // x·c − ½‖c‖² is −½‖x − c‖² but for what is the same in all of a row.
  const ScoresOfRows scores = [&](Index from, RowMatrix<double>& block) {
    const RowMatrix<double> x = shoal::to_float64(features.slice(from, from + block.rows()));
    block.noalias() = x * means.transpose();
    block.rowwise() -= half_squares;
    block /= epsilon;
  };
  const Transport found_plan =
      sinkhorn(context, features.rows(), found.clusters(), scores, {.max_iter = kMostIterations});
  const double tolerance = SinkhornOptions{}.tolerance;
  if (found_plan.deviation > tolerance)
    context.log(shoal::Level::kWarning,
                "balancing: after {} iterations a cluster's part is still off by {} of itself, not {}; a larger "
                "'epsilon' than {} is balanced faster",
                found_plan.iterations, found_plan.deviation, tolerance, epsilon);
  std::vector<std::int64_t> labels(found.labels.size());
  for (Index i = 0; i < features.rows(); ++i) found_plan.plan.row(i).maxCoeff(&labels[index(i)]);
  return compact(labels);
}

PseudoLabels capped(const Context& context, ConstArray features, const PseudoLabels& found, double size_cap) {
  require_no_noise(found, "capped");
  const RowMatrix<double> means = centroids(features, found);
  const double even = static_cast<double>(features.rows()) / static_cast<double>(found.clusters());
  std::vector<std::int64_t> labels(found.labels.size());
  shoal::kernels::nearest_within_sizes(context, features, ConstArray(means),
                                       {.max = static_cast<Index>(std::ceil(size_cap * even))},
                                       shoal::MutableArray(labels));
  return compact(labels);
}

PseudoLabels without_farthest(const Context& context, ConstArray features, const PseudoLabels& pseudo, double share) {
  if (share == 0) return pseudo;
  const RowMatrix<double> means = centroids(features, pseudo);
  std::vector<std::int64_t> mean_of = pseudo.labels;
  for (std::int64_t& label : mean_of) label = std::max<std::int64_t>(label, 0);  // noise is of no cluster: any will do
  std::vector<double> distance(pseudo.labels.size());
  shoal::kernels::assigned_distances(context, features, ConstArray(means), mean_of, distance);

  std::vector<std::vector<std::int64_t>> members(pseudo.sizes.size());
  for (std::size_t i = 0; i < pseudo.labels.size(); ++i)
    if (pseudo.labels[i] >= 0) members[index(pseudo.labels[i])].push_back(static_cast<std::int64_t>(i));
  PseudoLabels out = pseudo;
  for (std::size_t c = 0; c < members.size(); ++c) {
    std::stable_sort(members[c].begin(), members[c].end(),
                     [&](std::int64_t a, std::int64_t b) { return distance[index(a)] < distance[index(b)]; });
    const auto left_out = static_cast<std::int64_t>(share * static_cast<double>(pseudo.sizes[c]));
    for (auto row = members[c].end() - left_out; row != members[c].end(); ++row) out.labels[index(*row)] = -1;
    out.sizes[c] -= left_out;
  }
  return out;
}
