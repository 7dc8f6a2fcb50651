// metric/@name@: how pure clusters are.
#include "shoal/plugin.h"

#include <algorithm>
#include <map>

#include "shoal/metric.h"

namespace {

/// The share of the examples that are of the commonest class of their cluster. Noise, −1, is in no cluster and so never
/// right.
class @class@ final : public shoal::Metric {
 public:
  void compute(shoal::Context&, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const auto predicted = evidence.labels("predicted"), labels = evidence.labels("labels");
    shoal::require(predicted.size() == labels.size(), "there are {} predicted labels, but {} true ones",
                   predicted.size(), labels.size());
    shoal::require(!labels.empty(), "there are no examples");

    std::map<std::int64_t, std::map<std::int64_t, std::int64_t>> count;  // of each class in each cluster
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (predicted[i] >= 0) ++count[predicted[i]][labels[i]];

    std::int64_t right = 0;
    for (const auto& [cluster, classes] : count)
      right += std::max_element(classes.begin(), classes.end(), [](const auto& a, const auto& b) {
                 return a.second < b.second;
               })->second;
    results.number("purity", static_cast<double>(right) / static_cast<double>(labels.size()));
  }
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "how pure clusters are") {
  plugin.add<@class@>("metric/@name@")
      .in<shoal::Labels>("predicted", "clusters (N); −1 is noise")
      .in<shoal::Labels>("labels", "true classes (N)")
      .out<shoal::Number>("purity", "share that is of its cluster's commonest class; rises with K", SHOAL_HIGHER);
}
