#include "shoal/torch/examples.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <limits>

#include "shoal/plugin.h"
#include "shoal/testing.h"

namespace shoal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Host;
using ::testing::ThrowsMessage;

/// Examples (2) of bytes 10·i and 10·i + 1, or of floats; labels i mod 3.
class Toy final : public Dataset {
 public:
  DatasetInfo info{.count = 5, .shape = {2}, .dtype = DType::kUInt8, .labelled = true};
  float spoilt = 0;
  std::int64_t last_label = 1;

  DatasetInfo open(Context&) override { return info; }
  void read(Context&, std::span<const Index> which, std::optional<MutableArray> examples,
            std::optional<MutableArray> labels) const override {
    for (std::size_t i = 0; i < which.size(); ++i) {
      for (std::size_t j = 0; examples && j < 2; ++j) {
        const Index value = 10 * which[i] + static_cast<Index>(j);
        if (info.dtype == DType::kUInt8) examples->data<std::uint8_t>()[2 * i + j] = static_cast<std::uint8_t>(value);
        else examples->data<float>()[2 * i + j] = value == 31 ? spoilt : static_cast<float>(value);
      }
      if (labels) labels->data<std::int64_t>()[i] = which[i] == 4 ? last_label : which[i] % 3;
    }
  }
};

/// The examples themselves, and whether it was asked in training.
class Same final : public Encoder {
 public:
  bool throws = false, was_training = false, had_grad = false;
  void build(Context&, const Shape&) override {}
  Index embedding_size() const override { return 2; }
  at::Tensor forward(const at::Tensor& examples) override {
    was_training = was_training || training();
    had_grad = had_grad || c10::GradMode::is_enabled();
    if (throws) throw InputError("forward failed");
    return examples;
  }
};

class Doubled final : public Head {
 public:
  void build(Context&, Index, Index) override {}
  at::Tensor forward(const at::Tensor& embedding) override { return embedding * 2; }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override { return logits.mean(); }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }
};

class ExamplesTest : public ::testing::Test {
 protected:
  ExamplesTest() {
    plugin_.add<Toy>("dataset/toy");
    plugin_.finish(&components_);
  }
  Examples examples() {
    const shoal_object object{sizeof(shoal_object), components_[0], &toy_};
    DatasetProxy proxy{Object(object)};
    return Examples(host_.context(), proxy);
  }

  Host host_;
  Toy toy_;
  PluginBuilder plugin_{"for tests"};
  const shoal_component* const* components_ = nullptr;
};

TEST_F(ExamplesTest, GivesBytesAsFractionsOf255InTheOrderAsked) {
  const Examples data = examples();
  EXPECT_EQ(data.count(), 5);
  const std::vector<Index> rows{3, 0, 3};
  const at::Tensor batch = data.batch(rows);
  EXPECT_THAT(batch.sizes(), ElementsAre(3, 2));
  EXPECT_EQ(batch[0][1].item<float>(), 31.f / 255);
  EXPECT_EQ(batch[1][0].item<float>(), 0);
  const std::vector<Index> some{1, 2};
  EXPECT_TRUE(at::equal(data.range(1, 3), data.batch(some)));
}

TEST_F(ExamplesTest, GivesSomeAsADatasetOfTheirOwn) {
  const Examples data = examples();
  const std::vector<Index> rows{4, 2};
  const Examples some = data.subset(rows);
  EXPECT_EQ(some.count(), 2);
  EXPECT_EQ(some.shape(), data.shape());
  EXPECT_TRUE(at::equal(some.range(0, 2), data.batch(rows)));
  EXPECT_THAT(view(some.labels()).vector<std::int64_t>(), ElementsAre(1, 2));
  EXPECT_EQ(data.count(), 5);
  EXPECT_THAT([&] { data.subset({}); }, ThrowsMessage<InputError>("a subset needs at least 1 example, got none"));
  toy_.info.labelled = false;
  EXPECT_FALSE(examples().subset(rows).labels().defined());
}

TEST_F(ExamplesTest, CountsClassesByNamesOrByTheLargestLabel) {
  EXPECT_EQ(examples().classes(), 3);
  EXPECT_THAT(view(examples().labels()).vector<std::int64_t>(), ElementsAre(0, 1, 2, 0, 1));
  toy_.info.class_names = {"a", "b", "c", "d"};
  EXPECT_EQ(examples().classes(), 4);
  toy_.info.labelled = false;
  EXPECT_FALSE(examples().labels().defined());
  EXPECT_THAT([&] { examples().classes(); }, ThrowsMessage<InputError>("the dataset has no labels"));
}

TEST_F(ExamplesTest, StopsWrongDataAtTheDoor) {
  EXPECT_THAT([&] { examples().range(2, 6); }, ThrowsMessage<InputError>("examples 2 to 6 of 5 do not exist"));
  const std::vector<Index> rows{5};
  EXPECT_THAT([&] { examples().batch(rows); }, ThrowsMessage<InputError>("example 5 of 5 does not exist"));
  toy_.last_label = -1;
  EXPECT_THAT([&] { examples(); }, ThrowsMessage<InputError>("labels must be at least 0, but example 4 has -1"));
  toy_.last_label = 3;
  toy_.info.class_names = {"a", "b", "c"};
  EXPECT_THAT([&] { examples(); }, ThrowsMessage<InputError>("there are 3 classes, but example 4 has label 3"));
  toy_.info.dtype = DType::kFloat32;
  toy_.spoilt = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT([&] { examples(); }, ThrowsMessage<InputError>("features hold NaN at row 3, column 1"));
  toy_.info.count = 0;
  EXPECT_THAT([&] { examples(); }, ThrowsMessage<InputError>("the dataset has no examples"));
}

TEST_F(ExamplesTest, EmbedsAllInEvalModeWithoutGradientsAndPutsTheModeBack) {
  const Examples data = examples();
  Same encoder;
  encoder.train(true);
  const at::Tensor embedding = embed(host_.context(), encoder, data, {}, /*batch_size=*/2);
  EXPECT_TRUE(at::equal(embedding, data.range(0, 5)));
  EXPECT_FALSE(embedding.is_inference());  // so that it may be trained on
  EXPECT_FALSE(encoder.was_training || encoder.had_grad);
  EXPECT_TRUE(encoder.training());

  encoder.throws = true;
  EXPECT_THROW(embed(host_.context(), encoder, data, {}), InputError);
  EXPECT_TRUE(encoder.training());
  EXPECT_TRUE(c10::GradMode::is_enabled());
  EXPECT_THAT([&] { embed(host_.context(), encoder, data, {}, 0); },
              ThrowsMessage<InputError>("'batch_size' must be at least 1, but is 0"));
}

TEST_F(ExamplesTest, StopsWhenTheUserDoes) {
  Host stopping({.cancel_after = 1});
  Same encoder;
  encoder.train(true);
  EXPECT_THROW(embed(stopping.context(), encoder, examples(), {}, 1), Cancelled);
  EXPECT_TRUE(encoder.training());
}

TEST_F(ExamplesTest, PredictsByTheHead) {
  const Examples data = examples();
  Same encoder;
  Doubled head;
  EXPECT_TRUE(at::equal(predict_logits(host_.context(), encoder, head, data, {}, 4), data.range(0, 5) * 2));
}

TEST(Predictions, AreOfEvalModeAndTheFirstOfEqualLogitsWins) {
  const std::vector<float> embedding{0, 0.5, 3, 1, 2, 2};
  Doubled head;
  head.train(true);
  const Predictions found = predictions(head, borrowed_tensor(ConstArray(embedding.data(), {3, 2})), {});
  EXPECT_TRUE(head.training());
  const auto labels = view(found.labels).vector<std::int64_t>();
  EXPECT_THAT(std::vector(labels.begin(), labels.end()), ElementsAre(1, 0, 0));
  EXPECT_FLOAT_EQ(found.logits[1][0].item<float>(), 6);
  EXPECT_NEAR(found.probabilities[0][1].item<float>(), 0.731059, 1e-6);  // of logits 0 and 1: 1/(1 + 1/e)
  EXPECT_FALSE(found.logits.requires_grad());
}

TEST(Accuracy, IsTheShareOfRowsWhoseLargestLogitIsTheLabels) {
  const std::vector<float> logits{0, 1, 2, 1, 0, 0, 0, 5, 1, 0, 0, 1};  // largest: 2, 0, 1, 2
  const std::vector<std::int64_t> labels{2, 0, 0, 2};
  const at::Tensor x = borrowed_tensor(ConstArray(logits.data(), {4, 3}));
  EXPECT_EQ(accuracy(x, borrowed_tensor(ConstArray(labels))), 0.75);
  EXPECT_THAT([&] { accuracy(x, borrowed_tensor(ConstArray(labels)).narrow(0, 0, 3)); },
              ThrowsMessage<InputError>(HasSubstr("got (4, 3) and (3)")));
}

}  // namespace
}  // namespace shoal
