// trial.h: one run of the trainer in a test, and toys that say what they saw.
#ifndef SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_TRIAL_H_
#define SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_TRIAL_H_

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <utility>
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

// ---- Toys. What they saw is in the variables beside them, which a test clears first. ----

/// Example i is the number i, four times.
class Numbered final : public shoal::Dataset {
 public:
  explicit Numbered(shoal::Index count) : count_(count) {}
  shoal::DatasetInfo open(shoal::Context&) override { return {.count = count_, .shape = {1, 2, 2}}; }
  void read(shoal::Context&, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray>) const override {
    for (std::size_t i = 0; i < which.size(); ++i)
      std::fill_n(examples->data<float>() + 4 * i, 4, static_cast<float>(which[i]));
  }

 private:
  shoal::Index count_;
};

inline int eval_passes = 0;

/// The number itself, times a parameter that stays 1; counts its passes in eval mode.
class Through final : public shoal::Encoder {
 public:
  void build(shoal::Context&, const shoal::Shape&) override { one_ = add_parameter("one", at::ones({1})); }
  shoal::Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override {
    eval_passes += training() ? 0 : 1;
    return examples.flatten(1) * one_;
  }

 private:
  at::Tensor one_;
};

inline std::vector<std::pair<shoal::Index, shoal::Index>> trained_on;  // example and label, draw by draw

class Witness final : public shoal::Head {
 public:
  void build(shoal::Context&, shoal::Index, shoal::Index) override {}
  at::Tensor forward(const at::Tensor& embedding) override { return embedding; }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    for (shoal::Index i = 0; i < labels.size(0); ++i)
      trained_on.emplace_back(std::lround(logits[i][0].item<double>()), labels[i].item<shoal::Index>());
    return logits.sum() * 0;
  }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits; }
};

/// Begins with logits of 0: its first loss is exactly ln C.
class ZeroHead final : public shoal::Head {
 public:
  void build(shoal::Context&, shoal::Index embedding, shoal::Index classes) override {
    weight_ = add_parameter("weight", at::zeros({classes, embedding}));
  }
  at::Tensor forward(const at::Tensor& embedding) override { return embedding.matmul(weight_.t()); }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    return at::cross_entropy_loss(logits, labels);
  }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }

 private:
  at::Tensor weight_;
};

inline std::vector<std::vector<float>> clustered;  // the first column, fit by fit
inline std::vector<std::uint64_t> chances;         // the first random number, fit by fit

/// Always the same labels; says what it saw.
class Frozen final : public shoal::Clusterer {
 public:
  static constexpr const char* kTraits[] = {"noise", nullptr};
  explicit Frozen(const std::vector<std::int64_t>& labels) : labels_(labels) {}
  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const auto x = input.features.matrix<float>();
    auto& column = clustered.emplace_back();
    for (Eigen::Index i = 0; i < x.rows(); ++i) column.push_back(x(i, 0));
    chances.push_back(context.random("first")());
    return {.labels = context.copy(labels_),
            .clusters = *std::max_element(labels_.begin(), labels_.end()) + 1,
            .iterations = 1};
  }
  void predict(shoal::Context&, shoal::ConstArray, shoal::MutableArray) const override {}

 private:
  std::vector<std::int64_t> labels_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_DEEPCLUSTER_TRIAL_H_
