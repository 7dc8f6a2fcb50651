#include "shoal/plugin.h"

#include <algorithm>

#include "convnet.h"

void ConvNetParams::describe(shoal::Schema<ConvNetParams>& schema) {
  schema.field("channels", &ConvNetParams::channels, "output channels of each convolution, first to last").min(1);
  schema.field("kernel", &ConvNetParams::kernel, "height and width of the kernels").min(1).unit("pixels");
  schema
      .field("padding", &ConvNetParams::padding, "same: zeros around, so that a convolution keeps the size; none: none")
      .one_of({{"same", Padding::kSame}, {"none", Padding::kNone}});
  schema
      .field("pool_after", &ConvNetParams::pool_after,
             "numbers of the convolutions, from 1, after which a 2 x 2 max-pool comes")
      .min(1);
  schema.field("embedding", &ConvNetParams::embedding, "numbers in an embedding").min(1);
  schema.field("batch_norm", &ConvNetParams::batch_norm, "batch normalisation before each pool or ReLU");
  schema
      .field("stem", &ConvNetParams::stem, "what images pass first; sobel: horizontal and vertical differences, fixed")
      .one_of({{"none", Stem::kNone}, {"sobel", Stem::kSobel}});
}

void ConvNetParams::check() const {
  const auto convs = static_cast<std::int64_t>(channels.size());
  shoal::require(convs >= 1, "'channels' must name at least 1 convolution, but is empty");
  shoal::require(padding != Padding::kSame || kernel % 2 == 1, "'kernel' must be odd for padding 'same', but is {}",
                 kernel);
  for (const std::int64_t conv : pool_after) {
    shoal::require(conv >= 1 && conv <= convs, "'pool_after' must name convolutions from 1 to {}, but names {}", convs,
                   conv);
    shoal::require(std::count(pool_after.begin(), pool_after.end(), conv) == 1,
                   "'pool_after' names convolution {} twice", conv);
  }
}

SHOAL_PLUGIN("convnet", "0.1.0", "a small convolutional network over images") {
  plugin.add<ConvNet, ConvNetParams>("encoder/convnet").random();
}
