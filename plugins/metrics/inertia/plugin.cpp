// metric/inertia: how far examples lie from the centroids of their clusters.
#include "shoal/plugin.h"

#include <algorithm>

#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/within_cluster.h"

namespace {

/// `labels` as indices into those that occur, ascending, and how many these are: K ≤ N whatever the numbers. −1 stays.
std::pair<std::vector<std::int64_t>, std::int64_t> compact(std::span<const std::int64_t> labels) {
  std::vector<std::int64_t> distinct(labels.begin(), labels.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.front() == -1) distinct.erase(distinct.begin());
  std::vector<std::int64_t> out;
  for (const std::int64_t label : labels)
    out.push_back(label == -1 ? -1 : std::lower_bound(distinct.begin(), distinct.end(), label) - distinct.begin());
  return {std::move(out), static_cast<std::int64_t>(distinct.size())};
}

class Inertia final : public shoal::Metric {
 public:
  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const shoal::ConstArray features = evidence["features"];
    const auto labels = evidence.labels("labels");
    const auto centroids = evidence.find("centroids");
    shoal::require_features(features);
    shoal::kernels::require_squares_fit(context, features);
    const std::int64_t clustered = count_clustered(context, features.rows(), labels);
    const double sum =
        centroids ? to_given(context, features, labels, *centroids) : to_means(context, features, labels);
    results.number("inertia", sum);
    results.number("within_cluster_variance", sum / static_cast<double>(clustered));
  }

 private:
  static std::int64_t count_clustered(shoal::Context& context, shoal::Index examples,
                                      std::span<const std::int64_t> labels) {
    const auto n = static_cast<shoal::Index>(labels.size());
    shoal::require(n == examples, "'features' are of {} examples, but 'labels' of {}", examples, n);
    for (std::size_t i = 0; i < labels.size(); ++i)
      shoal::require(labels[i] >= -1, "'labels' hold {} at row {}; a label is at least 0, or −1 for noise", labels[i],
                     i);
    const auto noise = static_cast<shoal::Index>(std::count(labels.begin(), labels.end(), -1));
    shoal::require(noise < n, "all {} examples are noise", n);
    if (noise > 0) context.log(shoal::Level::kInfo, "{} of {} examples are noise; they count nowhere", noise, n);
    return n - noise;
  }

  static double to_given(shoal::Context& context, shoal::ConstArray features, std::span<const std::int64_t> labels,
                         shoal::ConstArray centroids) {
    shoal::require(centroids.rank() == 2 && centroids.cols() == features.cols(),
                   "'centroids' must be (K, {}), but have shape {}", features.cols(),
                   shoal::to_string(centroids.shape()));
    shoal::require_features(centroids);
    shoal::kernels::require_squares_fit(context, centroids, "centroids");
    const std::int64_t last = *std::max_element(labels.begin(), labels.end());
    shoal::require(last < centroids.rows(), "'labels' reach {}, but there are only {} centroids", last,
                   centroids.rows());
    return shoal::kernels::within_cluster_sum(context, features, labels, centroids.rows(), centroids);
  }

  static double to_means(shoal::Context& context, shoal::ConstArray features, std::span<const std::int64_t> labels) {
    const auto [compacted, k] = compact(labels);
    return shoal::kernels::within_cluster_sum(context, features, compacted, k);
  }
};

}  // namespace

SHOAL_PLUGIN("inertia", "0.1.0", "within-cluster sum of squares and variance") {
  plugin.add<Inertia>("metric/inertia")
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8})
      .in<shoal::Features>("features", "what was clustered (N, D)")
      .in<shoal::Labels>("labels", "the cluster of each example (N); −1 is noise and counts nowhere")
      .optional_in<shoal::Features>("centroids", "(K, D); not wired, each is the mean of its cluster")
      .out<shoal::Number>("inertia", "sum of squared distances to the centroids", SHOAL_LOWER)
      .out<shoal::Number>("within_cluster_variance", "inertia by the number of examples in clusters", SHOAL_LOWER);
}
