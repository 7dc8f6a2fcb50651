// convnet.h: a small convolutional network over images, layer by layer.
#ifndef SHOAL_PLUGINS_ENCODERS_CONVNET_CONVNET_H_
#define SHOAL_PLUGINS_ENCODERS_CONVNET_CONVNET_H_

#include <optional>
#include <string>
#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/encoder.h"

enum class Padding { kSame, kNone };
enum class Stem { kNone, kSobel };

struct ConvNetParams {
  std::vector<std::int64_t> channels = {8, 16, 32, 16};
  std::int64_t kernel = 3;
  Padding padding = Padding::kSame;
  std::vector<std::int64_t> pool_after = {1, 2};
  std::int64_t embedding = 128;
  bool batch_norm = false;
  Stem stem = Stem::kNone;

  static void describe(shoal::Schema<ConvNetParams>& schema);
  /// Throws InputError for values that do not go together.
  void check() const;
};

/// [stem] → each convolution: conv → [batch norm] → [2 × 2 max-pool] → ReLU → flattened, linear → [batch norm] → ReLU.
/// It can be read after each convolution's ReLU: `conv1`, `conv2` …
/// Pooling comes before ReLU: the values are the same, and ReLU has a quarter of the work.
class ConvNet final : public shoal::Encoder, public shoal::Readouts {
 public:
  explicit ConvNet(const ConvNetParams& params) : params_(params) {}

  /// Throws InputError  examples that are no images (C, H, W), or too small for the convolutions and pools
  void build(shoal::Context& context, const shoal::Shape& example) override;
  shoal::Index embedding_size() const override { return params_.embedding; }
  at::Tensor forward(const at::Tensor& examples) override;
  std::vector<Place> readouts() const override;
  at::Tensor forward_to(std::size_t place, const at::Tensor& examples) override;

 private:
  struct Block {
    shoal::Conv2d conv;
    std::optional<shoal::BatchNorm> norm;
    bool pool = false;
    shoal::Index features = 0;  // numbers of an example that come out
  };
  /// The first `layers` of the blocks and, after them, the linear layer with its ReLU.
  at::Tensor pass(const at::Tensor& examples, std::size_t layers);

  ConvNetParams params_;
  shoal::Shape example_;  // empty before build
  at::Tensor sobel_;      // undefined without a stem
  std::vector<Block> blocks_;
  shoal::Linear linear_;
  std::optional<shoal::BatchNorm> linear_norm_;
};

#endif  // SHOAL_PLUGINS_ENCODERS_CONVNET_CONVNET_H_
