#include "shoal/plugin.h"

#include "mnist_dataset.h"

namespace {

// The hashes are of the unpacked files, taken from Debian's package dataset-fashion-mnist 0.0~git20200523.55506a9-1.
idx::MnistSource fashion_mnist() {
  return {
      .name = "fashion-mnist",
      .train = {.images = "train-images-idx3-ubyte",
                .images_sha256 = "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                .labels = "train-labels-idx1-ubyte",
                .labels_sha256 = "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
      .test = {.images = "t10k-images-idx3-ubyte",
               .images_sha256 = "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
               .labels = "t10k-labels-idx1-ubyte",
               .labels_sha256 = "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
      .mirrors = {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                  "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"},
      .class_names = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
                      "Ankle boot"},
  };
}

class FashionMnist final : public idx::MnistDataset {
 public:
  explicit FashionMnist(const idx::MnistParams& params) : MnistDataset(fashion_mnist(), params) {}
};

}  // namespace

SHOAL_PLUGIN("fashion-mnist", "0.1.0", "Fashion-MNIST: 70000 pieces of clothing, 28 × 28 bytes each") {
  plugin.add<FashionMnist, idx::MnistParams>("dataset/fashion-mnist");
}
