#include "shoal/torch/reader.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include "shoal/torch/testing_toys.h"

namespace shoal {
namespace {

using testing::AsItIs;
using testing::Blobs;
using ::testing::ElementsAre;
using testing::Host;
using testing::TestInputs;
using ::testing::ThrowsMessage;
using testing::ToyHead;

/// x → x + 1 → 2·(x + 1), four numbers; read as `plus` and, only the first two of them, `half`.
template <typename Kind>
class Steps : public Kind, public Readouts {
 public:
  std::vector<Place> readouts() const override { return {{"plus", 4}, {"half", 2}}; }
  at::Tensor forward_to(std::size_t place, const at::Tensor& input) override {
    EXPECT_FALSE(this->training());
    const at::Tensor plus = input.flatten(1) + 1;
    return place == 0 ? plus : plus.narrow(1, 0, 2);
  }
};

class StepsEncoder final : public Steps<Encoder> {
 public:
  void build(Context&, const Shape&) override {}
  Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override { return 2 * forward_to(0, examples); }
};

class StepsHead final : public Steps<Head> {
 public:
  void build(Context&, Index, Index) override {}
  at::Tensor forward(const at::Tensor& embedding) override { return forward_to(1, embedding).neg(); }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor&) override { return logits.mean(); }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }
};

class ReaderTest : public ::testing::Test {
 protected:
  ReaderTest() : inputs_(host_) { inputs_.wire<Blobs>("data", 300); }

  /// What `readout` gives of 300 blobs, and the blobs (300, 4).
  at::Tensor read(const std::string& readout) {
    const Examples data(host_.context(), *inputs_.dataset("data"));
    examples_ = data.range(0, 300).flatten(1);
    Reader reader = Reader::of(inputs_, data.shape(), {.readout = readout}, {});
    at::Tensor out = at::empty({300, reader.features()}, at::kFloat);
    read_into(host_.context(), reader, data, out);
    return out;
  }
  std::string error_of(const std::string& readout) {
    try {
      read(readout);
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  }
  void wire_head() {
    inputs_.wire<StepsHead>("head");
    inputs_.trained_for("head", 2);
  }

  Host host_;
  TestInputs inputs_;
  at::Tensor examples_;
};

TEST_F(ReaderTest, ReadsAnEncoderAndItsHeadAtNamedPlaces) {
  inputs_.wire<StepsEncoder>("encoder");
  wire_head();
  const at::Tensor embedding = read("embedding"), x = examples_;
  EXPECT_TRUE(at::equal(embedding, 2 * (x + 1)));
  EXPECT_TRUE(at::equal(read("plus"), x + 1));
  EXPECT_TRUE(at::equal(read("half"), (x + 1).narrow(1, 0, 2)));
  EXPECT_TRUE(at::equal(read("head.plus"), embedding + 1));
  EXPECT_TRUE(at::equal(read("head.half"), (embedding + 1).narrow(1, 0, 2)));
  EXPECT_TRUE(at::equal(read("head"), -(embedding + 1).narrow(1, 0, 2)));
}

TEST_F(ReaderTest, ReadsTheEmbeddingOfAnyEncoderAndTheOutputOfAnyHead) {
  inputs_.wire<AsItIs>("encoder");
  inputs_.wire<ToyHead>("head");
  inputs_.trained_for("head", 3);
  EXPECT_TRUE(at::equal(read("embedding"), examples_));
  EXPECT_THAT(read("head").sizes(), ElementsAre(300, 3));
  EXPECT_EQ(error_of("conv1"), "there is no readout 'conv1', only embedding, head");
}

TEST_F(ReaderTest, NamesThePlacesThatThereAre) {
  inputs_.wire<StepsEncoder>("encoder");
  EXPECT_EQ(error_of("puls"), "there is no readout 'puls', only plus, half, embedding; did you mean 'plus'?");
  EXPECT_EQ(error_of("head.plus"),
            "there is no readout 'head.plus', only plus, half, embedding; to read a head, wire one to 'head'");
  wire_head();
  EXPECT_EQ(error_of("head.plsu"),
            "there is no readout 'head.plsu', only plus, half, embedding, head.plus, head.half, head; did you mean "
            "'head.plus'?");
}

TEST_F(ReaderTest, WritesToColumnsAsWellAsToRows) {
  inputs_.wire<StepsEncoder>("encoder");
  const at::Tensor rows = read("half");
  const Examples data(host_.context(), *inputs_.dataset("data"));
  Reader reader = Reader::of(inputs_, data.shape(), {.readout = "half"}, {});
  const at::Tensor columns = at::empty({2, 300}, at::kFloat);
  read_into(host_.context(), reader, data, columns.t());
  EXPECT_TRUE(at::equal(columns.t(), rows));
  EXPECT_THAT([&] { read_into(host_.context(), reader, data, columns); },
              ThrowsMessage<InputError>("expected room for (300, 2), got (2, 300)"));
}

TEST_F(ReaderTest, PutsTheModeOfBothBack) {
  inputs_.wire<StepsEncoder>("encoder");
  wire_head();
  const Examples data(host_.context(), *inputs_.dataset("data"));
  Reader reader = Reader::of(inputs_, data.shape(), {.readout = "head"}, {});
  reader.encoder().train(true);
  reader.head()->train(true);
  read_into(host_.context(), reader, data, at::empty({300, 2}, at::kFloat));  // the places expect eval mode
  EXPECT_TRUE(reader.encoder().training());
  EXPECT_TRUE(reader.head()->training());
}

TEST_F(ReaderTest, SaysHowMuchIsTooMuch) {  // 2 000 000 · 4 · 12 bytes are 96 MB
  inputs_.wire<StepsEncoder>("encoder");
  Reader reader = Reader::of(inputs_, {1, 2, 2}, {.readout = "plus", .memory_limit_gb = 0.096}, {});
  reader.require_room(2'000'000, 12);
  EXPECT_THAT(
      [&] { reader.require_room(2'000'001, 12); },
      ThrowsMessage<InputError>("readout 'plus' has 4 numbers an example: of 2000001 examples they take 0.1 GB, "
                                "but 'memory_limit_gb' is 0.096; read a narrower place, fewer examples "
                                "(dataset/subset), or raise the limit"));
}

}  // namespace
}  // namespace shoal
