#include "scan.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "scan_loss.h"
#include "shoal/kernels/agreement.h"
#include "shoal/kernels/neighbors.h"
#include "shoal/torch/testing_resume.h"
#include "shoal/torch/testing_toys.h"

namespace {

using shoal::Context;
using shoal::Index;
using shoal::testing::AsItIs;
using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::series;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;
using shoal::testing::ToyHead;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// Gives batches as they are, and writes them down where asked.
class Watching final : public shoal::Augmentation {
 public:
  explicit Watching(std::vector<at::Tensor>* seen = nullptr) : seen_(seen) {}
  at::Tensor apply(Context&, const at::Tensor& batch, const shoal::Random&) const override {
    if (seen_ != nullptr) seen_->push_back(batch);
    return batch;
  }

 private:
  std::vector<at::Tensor>* seen_;
};

ScanParams quick() {
  ScanParams params;
  params.clusters = 4;
  params.heads = 3;
  params.epochs = 8;
  params.batch_size = 40;
  params.learning_rate = 0.01;
  params.weight_decay = 0;
  return params;
}

/// Row i has the k nearest of N rows: of the examples' own numbers.
shoal::Array nearest(Host& host, TestInputs& inputs, Index k) {
  const shoal::Examples data(host.context(), *inputs.dataset("data"));
  const at::Tensor points = data.range(0, data.count()).flatten(1).contiguous();
  const auto found = shoal::kernels::nearest_neighbors(host.context(), shoal::view(points), k);
  return host.context().copy(shoal::ConstArray(found.points.data(), {data.count(), k}));
}

struct Experiment {
  explicit Experiment(shoal::testing::HostOptions options = {}) : host(options), inputs(host) {
    inputs.wire<ToyEncoder>("encoder");
    inputs.wire<ToyHead>("head");
  }
  void run(const ScanParams& params = quick()) { Scan(params).run(host.context(), inputs, outputs); }
  std::span<const std::int64_t> labels() const { return outputs.arrays.at("labels").view().vector<std::int64_t>(); }
  std::string log() const {
    std::string out;
    for (const auto& line : host.log()) out += line.text + '\n';
    return out;
  }

  Host host;
  TestInputs inputs;
  TestOutputs outputs;
};

/// Four blobs of 100 points each, and 10 neighbours of each point.
void wire_blobs(Experiment& run) {
  run.inputs.wire<Blobs>("data", 400);
  run.inputs.wire<Watching>("augmentation");
  run.inputs.wire_array("neighbors", nearest(run.host, run.inputs, 10));
}

TEST(Scan, FindsSeparatedClusters) {
  Experiment run;
  wire_blobs(run);
  run.run();
  std::vector<std::int64_t> truth;
  for (Index i = 0; i < 400; ++i) truth.push_back(i % 4);
  EXPECT_DOUBLE_EQ(shoal::kernels::clustering_accuracy(shoal::kernels::contingency(truth, run.labels())), 1);
  EXPECT_DOUBLE_EQ(series(run.host, "nmi_label").back(), 1);
  EXPECT_EQ(series(run.host, "active").back(), 4);
  EXPECT_NEAR(series(run.host, "entropy").back(), std::log(4), 0.01);
  EXPECT_LT(series(run.host, "consistency").back(), 0.1);
  EXPECT_LT(series(run.host, "loss").back(), series(run.host, "loss").front());
  EXPECT_THAT(series(run.host, "churn"), SizeIs(7));
  EXPECT_EQ(series(run.host, "churn").back(), 0);
  EXPECT_THAT(series(run.host, "step_loss"), SizeIs(80));
  EXPECT_FALSE(run.outputs.encoders.at("encoder")->training());
}

TEST(Scan, PutsTogetherWhatNeighboursSayNotWhatLiesNear) {
  // Each example's neighbours are of the blob after next: i + 2, i + 6, … So two clusters are blobs 0 and 2, 1 and 3.
  Experiment run;
  run.inputs.wire<Blobs>("data", 400);
  run.inputs.wire<Watching>("augmentation");
  shoal::RowMatrix<Index> table(400, 5);
  for (Index i = 0; i < 400; ++i)
    for (Index j = 0; j < 5; ++j) table(i, j) = (i + 2 + 4 * j) % 400;
  run.inputs.wire_array("neighbors", run.host.context().copy(table));
  ScanParams params = quick();
  params.clusters = 2;
  params.epochs = 20;
  run.run(params);
  std::vector<std::int64_t> pairs;
  for (Index i = 0; i < 400; ++i) pairs.push_back(i % 2);
  EXPECT_DOUBLE_EQ(shoal::kernels::clustering_accuracy(shoal::kernels::contingency(pairs, run.labels())), 1);
}

/// Example i is (i, 0, 0, 0).
class Numbered final : public shoal::Dataset {
 public:
  explicit Numbered(Index count) : count_(count) {}
  shoal::DatasetInfo open(Context&) override {
    return {.count = count_, .shape = {1, 2, 2}, .dtype = shoal::DType::kFloat32, .labelled = false};
  }
  void read(Context&, std::span<const Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray>) const override {
    for (std::size_t i = 0; i < which.size(); ++i) examples->data<float>()[4 * i] = static_cast<float>(which[i]);
  }

 private:
  Index count_;
};

TEST(Scan, ShowsEachExampleWithOneOfItsNeighboursAnotherInAnotherEpoch) {
  Experiment run;
  std::vector<at::Tensor> seen;
  run.inputs.wire<Numbered>("data", 25);
  run.inputs.wire<Watching>("augmentation", &seen);
  shoal::RowMatrix<Index> table(25, 3);
  for (Index i = 0; i < 25; ++i)
    for (Index j = 0; j < 3; ++j) table(i, j) = (i + 5 * (j + 1)) % 25;
  run.inputs.wire_array("neighbors", run.host.context().copy(table));
  ScanParams params = quick();
  params.epochs = 6;
  params.batch_size = 10;
  run.run(params);
  EXPECT_THAT(run.log(), HasSubstr("each epoch leaves out 5 of 25 examples"));
  EXPECT_THAT(run.log(), HasSubstr("a batch of 10 examples says little of how alike 4 clusters are in size: a "
                                   "'batch_size' of at least 20 is better"));
  ASSERT_THAT(seen, SizeIs(2 * 6 * 2));  // examples and neighbours of 6 epochs of 2 steps
  std::set<std::pair<Index, Index>> pairs;
  for (std::size_t step = 0; step < seen.size(); step += 2) {
    for (Index b = 0; b < 10; ++b) {
      const auto example = static_cast<Index>(seen[step][b].flatten()[0].item<float>()),
                 neighbor = static_cast<Index>(seen[step + 1][b].flatten()[0].item<float>());
      EXPECT_EQ((neighbor - example + 25) % 5, 0);
      EXPECT_NE(neighbor, example);
      pairs.emplace(example, neighbor);
    }
  }
  EXPECT_GT(pairs.size(), 40u);  // of 75; one neighbour each would be 25
}

TEST(Scan, GivesTheHeadWithTheLowestLoss) {
  Experiment run;
  wire_blobs(run);
  ScanParams params = quick();
  params.epochs = 1;  // heads still differ
  run.run(params);
  const auto losses = run.outputs.arrays.at("head_losses").view().vector<double>();
  ASSERT_THAT(losses, SizeIs(3));
  const double lowest = *std::min_element(losses.begin(), losses.end());
  EXPECT_NE(losses[0], losses[1]);
  EXPECT_DOUBLE_EQ(series(run.host, "clean_loss").back(), lowest);
  EXPECT_NEAR(series(run.host, "consistency").back() - params.entropy_weight * series(run.host, "entropy").back(),
              lowest, 1e-12);
  // What is given out has that loss and those labels.
  const shoal::Examples data(run.host.context(), *run.inputs.dataset("data"));
  const at::Tensor embedding = shoal::embed(run.host.context(), *run.outputs.encoders.at("encoder"), data, {});
  const auto said = shoal::predictions(*run.outputs.heads.at("head"), embedding, {});
  EXPECT_DOUBLE_EQ(scan_loss_of_all(said.logits, shoal::tensor(run.inputs.array("neighbors")), 5).total.item<double>(),
                   lowest);
  EXPECT_TRUE(at::equal(said.labels, shoal::tensor(run.outputs.arrays.at("labels"))));
}

bool same_state(const shoal::Module& a, const shoal::Module& b) {
  for (std::size_t i = 0; i < a.state().size(); ++i)
    if (!at::equal(a.state()[i].second, b.state()[i].second)) return false;
  return a.state().size() == b.state().size();
}

TEST(Scan, LeavesAFrozenEncoderAsItIs) {
  for (const bool frozen : {true, false}) {
    Experiment run;
    wire_blobs(run);
    ScanParams params = quick();
    params.freeze_encoder = frozen;
    run.run(params);
    const auto before = run.inputs.encoder("encoder", {1, 2, 2});
    EXPECT_EQ(same_state(*run.outputs.encoders.at("encoder"), *before), frozen);
    EXPECT_LT(series(run.host, "loss").back(), series(run.host, "loss").front());
  }
}

TEST(Scan, IsTheSameFromTheSameSeedForAnyNumberOfThreads) {
  std::vector<std::unique_ptr<Experiment>> runs;
  for (int i = 0; i < 3; ++i) {
    runs.push_back(
        std::make_unique<Experiment>(shoal::testing::HostOptions{.threads = i == 1 ? 2 : 1, .seed = i == 2 ? 1u : 0u}));
    wire_blobs(*runs.back());
    runs.back()->run();
  }
  EXPECT_TRUE(same_state(*runs[0]->outputs.encoders["encoder"], *runs[1]->outputs.encoders["encoder"]));
  EXPECT_TRUE(same_state(*runs[0]->outputs.heads["head"], *runs[1]->outputs.heads["head"]));
  EXPECT_EQ(series(runs[0]->host, "step_loss"), series(runs[1]->host, "step_loss"));
  EXPECT_NE(series(runs[0]->host, "step_loss"), series(runs[2]->host, "step_loss"));
}

TEST(Scan, LooksAtNoLabel) {
  std::vector<std::vector<double>> losses;
  for (const bool labelled : {true, false}) {
    Experiment run;
    run.inputs.wire<Blobs>("data", 400, 4, 0.1, 0, labelled);
    run.inputs.wire<Watching>("augmentation");
    run.inputs.wire_array("neighbors", nearest(run.host, run.inputs, 10));
    run.run();
    losses.push_back(series(run.host, "step_loss"));
    EXPECT_EQ(series(run.host, "nmi_label").empty(), !labelled);
  }
  EXPECT_EQ(losses[0], losses[1]);
}

/// Logits that begin at 0, whatever the draw.
class Alike final : public shoal::Head {
 public:
  void build(Context&, Index embedding, Index classes) override {
    weight_ = add_parameter("weight", at::zeros({embedding, classes}));
  }
  at::Tensor forward(const at::Tensor& embedding) override { return embedding.matmul(weight_); }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override { return logits.sum(); }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }

 private:
  at::Tensor weight_;
};

TEST(Scan, NamesWhatIsWrong) {
  Experiment one;
  wire_blobs(one);
  ScanParams params = quick();
  params.batch_size = 401;
  EXPECT_THAT([&] { one.run(params); }, ThrowsMessage<shoal::InputError>(HasSubstr("at most the number of examples")));

  Experiment few;
  few.inputs.wire<Blobs>("data", 41);
  few.inputs.wire<Watching>("augmentation");
  few.inputs.wire_array("neighbors", nearest(one.host, one.inputs, 10));
  EXPECT_THAT([&] { few.run(); },
              ThrowsMessage<shoal::InputError>("'data' has 41 examples, but 'neighbors' are of 400"));

  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Alike>("head");
  inputs.wire<Blobs>("data", 400);
  inputs.wire<Watching>("augmentation");
  inputs.wire_array("neighbors", nearest(host, inputs, 10));
  TestOutputs outputs;
  EXPECT_THAT(
      [&] { Scan(quick()).run(host.context(), inputs, outputs); },
      ThrowsMessage<shoal::InputError>("3 heads begin alike, so they would stay alike: wire a new head in place "
                                       "of a trained one, or ask for 1 of 'heads'"));
}

TEST(Scan, WarnsOfEmptyClusters) {  // without the entropy one cluster for all is best
  Experiment run;
  wire_blobs(run);
  ScanParams params = quick();
  params.entropy_weight = 0;
  params.heads = 1;
  run.run(params);
  EXPECT_THAT(run.log(), HasSubstr("clusters have no examples: try a higher 'entropy_weight' than 0"));
  EXPECT_LT(series(run.host, "active").back(), 4);
}

/// Adds to all numbers of an example one normal number.
class Shift final : public shoal::Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const shoal::Random& random) const override {
    shoal::Random draws = random;
    std::vector<float> shifts(static_cast<std::size_t>(batch.size(0)));
    for (float& shift : shifts) shift = static_cast<float>(0.3 * draws.normal());
    return batch + shoal::borrowed_tensor(shoal::ConstArray(shifts)).view({-1, 1, 1, 1});
  }
};

TEST(Scan, GoesOnFromACheckpointToTheSameBytes) {
  for (const bool freeze : {false, true}) {
    ScanParams params = quick();
    params.precision = shoal::Precision::kFloat32;  // on every processor
    params.epochs = 4;
    params.learning_rate = 0.003;  // labels still move from look to look
    params.schedule = shoal::Schedule::kCosine;
    params.freeze_encoder = freeze;
    const auto make = [] {
      auto run = std::make_unique<Experiment>(shoal::testing::HostOptions{.seed = 2});
      run->inputs.wire<Blobs>("data", 200, 4, 0.4);
      run->inputs.wire<Shift>("augmentation");
      run->inputs.wire_array("neighbors", nearest(run->host, run->inputs, 5));
      return run;
    };
    const shoal::testing::Resume<Experiment> run(make, [&](Experiment& each) { each.run(params); });
    EXPECT_EQ(run.checkpoints(), 4);
    for (const int stop : {1, 2, 4}) EXPECT_EQ(run.difference(stop), "") << stop;
    const auto is_of_another_head = [](const std::string& name) {  // only the best head's labels are compared
      return name.starts_with("labels ");
    };
    std::vector<std::string> idle = run.idle_pieces(3);
    EXPECT_LE(std::erase_if(idle, is_of_another_head), 2u);  // of three
    EXPECT_THAT(idle, ::testing::IsEmpty());
  }
}

}  // namespace
