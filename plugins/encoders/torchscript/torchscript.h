// torchscript.h: a network that was written elsewhere and saved as TorchScript.
#ifndef SHOAL_PLUGINS_ENCODERS_TORCHSCRIPT_TORCHSCRIPT_H_
#define SHOAL_PLUGINS_ENCODERS_TORCHSCRIPT_TORCHSCRIPT_H_

#include <memory>
#include <string>

#include "shoal/schema.h"
#include "shoal/torch/encoder.h"

struct TorchScriptParams {
  std::string file = {};
  bool trainable = true;

  static void describe(shoal::Schema<TorchScriptParams>& schema);
};

/// The method forward of the file's module, (B, shape…) → (B, E). E is found by two batches of zeros.
///
/// Parameters and buffers have the names that they have in PyTorch. A parameter that the file holds with requires_grad
/// off is a buffer here, and so are all where `trainable` is off; the network is then in evaluation mode always.
/// Buffers of dtypes that arrays do not have (bool, say) are constants: those of the file. What it draws at random,
/// dropout say, comes from the stream "draws" of build's context: a batch in training the next piece of it (the buffer
/// `draws` counts), any batch else always the first.
///
/// Throws InputError  no file, or no TorchScript; a network that does not take the examples, or returns anything but
/// one
///                    float32 tensor (B, E); parameters that are not float32, or, trained, are tied
class TorchScript final : public shoal::Encoder {
 public:
  explicit TorchScript(const TorchScriptParams& params);
  ~TorchScript() override;

  void build(shoal::Context& context, const shoal::Shape& example) override;
  shoal::Index embedding_size() const override { return embedding_size_; }
  at::Tensor forward(const at::Tensor& examples) override;

 private:
  class Network;
  void register_tensors(const shoal::Context& context);
  void start_chance(at::Device device, bool in_training);

  TorchScriptParams params_;
  std::unique_ptr<Network> network_;  // null before build
  shoal::Shape example_;
  shoal::Index embedding_size_ = 0;
  shoal::Random draws_{0};
  at::Tensor drawn_;  // () int64, batches in training so far; undefined where nothing is drawn
};

#endif  // SHOAL_PLUGINS_ENCODERS_TORCHSCRIPT_TORCHSCRIPT_H_
