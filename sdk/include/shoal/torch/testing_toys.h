// shoal/torch/testing_toys.h: the smallest dataset, encoder and head that a trainer can be tested with.
#ifndef SHOAL_TORCH_TESTING_TOYS_H_
#define SHOAL_TORCH_TESTING_TOYS_H_

#include <ATen/core/Tensor.h>
#include <ATen/ops/cross_entropy_loss.h>

#include <cmath>

#include "shoal/torch/testing.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// Points (1, 2, 2) float32 around C corners of the unit cube in four dimensions, which are well apart. Example i is of
/// class i mod C, so class c first comes at example c.
class Blobs final : public Dataset {
 public:
  /// `noise`: standard deviation. `relabel` is added to every label, modulo C. C ≤ 8.
  explicit Blobs(Index count, Index classes = 4, double noise = 0.1, Index relabel = 0, bool labelled = true)
      : count_(count), classes_(classes), noise_(noise), relabel_(relabel), labelled_(labelled) {}

  DatasetInfo open(Context&) override {
    return {.count = count_, .shape = {1, 2, 2}, .dtype = DType::kFloat32, .labelled = labelled_};
  }
  void read(Context&, std::span<const Index> which, std::optional<MutableArray> examples,
            std::optional<MutableArray> labels) const override {
    static constexpr int kCorners[8] = {0b0000, 0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100, 0b1111};
    for (std::size_t i = 0; i < which.size(); ++i) {
      Random random = Random(1).fork(static_cast<std::uint64_t>(which[i]));
      const int corner = kCorners[which[i] % classes_];
      for (int j = 0; examples && j < 4; ++j)
        examples->data<float>()[4 * i + static_cast<std::size_t>(j)] =
            static_cast<float>((corner >> j & 1) + noise_ * random.normal());
      if (labels) labels->data<std::int64_t>()[i] = (which[i] % classes_ + relabel_) % classes_;
    }
  }

 private:
  Index count_, classes_;
  double noise_;
  Index relabel_;
  bool labelled_;
};

/// Flattened → linear → batch norm → ReLU, 16 numbers.
class ToyEncoder final : public Encoder {
 public:
  void build(Context& context, const Shape& example) override {
    Index in = 1;
    for (const Index size : example) in *= size;
    linear_ = add_linear(*this, "linear", in, 16, context.random("init"));
    norm_ = add_batch_norm(*this, "norm", 16);
  }
  Index embedding_size() const override { return 16; }
  at::Tensor forward(const at::Tensor& examples) override {
    return norm_(linear_(examples.flatten(1)), training()).relu();
  }

 private:
  Linear linear_;
  BatchNorm norm_;
};

/// The numbers of an example as they are. Of examples of 4 numbers.
class AsItIs final : public Encoder {
 public:
  void build(Context&, const Shape&) override {}
  Index embedding_size() const override { return 4; }
  at::Tensor forward(const at::Tensor& examples) override { return examples.flatten(1); }
};

/// Flattened → linear, E numbers, and linear back: what principal components do best. E as the class is made.
class ToyAutoencoder final : public Encoder, public Decoder {
 public:
  explicit ToyAutoencoder(Index embedding = 2) : size_(embedding) {}
  void build(Context& context, const Shape& example) override {
    Index in = 1;
    for (const Index size : example) in *= size;
    example_ = example;
    down_ = add_linear(*this, "down", in, size_, context.random("init"));
    up_ = add_linear(*this, "up", size_, in, context.random("init"));
  }
  Index embedding_size() const override { return size_; }
  at::Tensor forward(const at::Tensor& examples) override { return down_(examples.flatten(1)); }
  at::Tensor decode(const at::Tensor& embedding) override {
    Shape shape = example_;
    shape.insert(shape.begin(), embedding.size(0));
    return up_(embedding).view(shape);
  }

 private:
  Index size_;
  Shape example_;
  Linear down_, up_;
};

/// One linear layer and cross entropy.
class ToyHead final : public Head {
 public:
  void build(Context& context, Index embedding, Index classes) override {
    linear_ = add_linear(*this, "linear", embedding, classes, context.random("init"));
  }
  at::Tensor forward(const at::Tensor& embedding) override { return linear_(embedding); }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    return at::cross_entropy_loss(logits, labels);
  }
  at::Tensor probabilities(const at::Tensor& logits) override { return logits.softmax(1); }
  ClassVectors class_vectors() override { return {linear_.weight, linear_.bias}; }

 private:
  Linear linear_;
};

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TORCH_TESTING_TOYS_H_
