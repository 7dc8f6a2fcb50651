// trial.h: one run of the trainer in a test.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_TRIAL_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_TRIAL_H_

#include <ATen/ops/equal.h>

#include <algorithm>
#include <vector>

#include "deepcluster.h"
#include "shoal/torch/testing.h"

/// Whether two modules hold the same bytes.
inline bool same(const shoal::Module& a, const shoal::Module& b) {
  const shoal::NamedTensors x = a.state(), y = b.state();
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const auto& s, const auto& t) { return at::equal(s.second.detach(), t.second.detach()); });
}

/// What is wired to one run, and what it gave. The host outlives the arrays.
struct Trial {
  explicit Trial(shoal::testing::HostOptions options = {}) : host(options), inputs(host) {}

  Trial& operator()(const DeepClusterParams& params) {
    DeepCluster(params).run(host.context(), inputs, outputs);
    return *this;
  }
  std::vector<std::int64_t> labels() const {
    const auto found = outputs.arrays.at("labels").view().vector<std::int64_t>();
    return {found.begin(), found.end()};
  }
  bool same_encoder(const Trial& other) const {
    return same(*outputs.encoders.at("encoder"), *other.outputs.encoders.at("encoder"));
  }

  shoal::testing::Host host;
  shoal::testing::TestInputs inputs;
  shoal::testing::TestOutputs outputs;
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_TRIAL_H_
