#include "shoal/plugin.h"

#include "mnist_dataset.h"

namespace {

// The hashes are of the unpacked files: mirrors pack them differently.
idx::MnistSource mnist() {
  return {
      .name = "mnist",
      .train = {.images = "train-images-idx3-ubyte",
                .images_sha256 = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                .labels = "train-labels-idx1-ubyte",
                .labels_sha256 = "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
      .test = {.images = "t10k-images-idx3-ubyte",
               .images_sha256 = "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
               .labels = "t10k-labels-idx1-ubyte",
               .labels_sha256 = "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
      .mirrors = {"https://storage.googleapis.com/cvdf-datasets/mnist/",
                  "https://ossci-datasets.s3.amazonaws.com/mnist/"},
      .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
  };
}

class Mnist final : public idx::MnistDataset {
 public:
  explicit Mnist(const idx::MnistParams& params) : MnistDataset(mnist(), params) {}
};

}  // namespace

SHOAL_PLUGIN("mnist", "0.1.0", "MNIST: 70000 handwritten digits, 28 × 28 bytes each") {
  plugin.add<Mnist, idx::MnistParams>("dataset/mnist");
}
