#ifndef SHOAL_FRAMEWORK_RUN_TRAINER_IO_H_
#define SHOAL_FRAMEWORK_RUN_TRAINER_IO_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/run/value.h"
#include "shoal/torch/trainer.h"

namespace shoal::host {

/// An encoder of one's own, built for `example` and with trained tensors where `made` has them.
std::unique_ptr<Encoder> make_encoder(const Made& made, const Shape& example, Services& services, Listener* listener);

/// A trained head of one's own, for the E and C that it was trained for. Throws InputError  `made` is not a trained one
std::unique_ptr<Head> make_trained_head(const Made& made, Services& services, Listener* listener);

/// What the executor wired to a trainer, as the SDK's Inputs.
class TrainerInputs final : public Inputs {
 public:
  /// `wired[i]` belongs to node.ports[i].
  TrainerInputs(const GraphNode& node, std::vector<std::vector<RunValue>> wired, Services& services, Listener* listener,
                at::Device device);

  bool has(std::string_view port) const override;
  Index count(std::string_view port) const override;
  std::unique_ptr<DatasetProxy> dataset(std::string_view port) override;
  std::unique_ptr<ClustererProxy> clusterer(std::string_view port, Index index) override;
  std::unique_ptr<TransformProxy> transform(std::string_view port, Index index) override;
  const Augmentation& augmentation(std::string_view port) override;
  std::unique_ptr<Encoder> encoder(std::string_view port, const Shape& example, Index index) override;
  std::unique_ptr<Head> head(std::string_view port, Index embedding, Index classes, Index draw) override;
  Index trained_classes(std::string_view port) const override;
  std::unique_ptr<Objective> objective(std::string_view port, Index outputs) override;
  Array array(std::string_view port, Index index) override;
  double number(std::string_view port) override;
  at::Device device() const override { return device_; }

  /// What the last encoder, head or objective handed out was made from, null before; and what it was built for.
  const std::shared_ptr<const Made>& last_encoder() const { return last_encoder_; }
  const std::shared_ptr<const Made>& last_head() const { return last_head_; }
  const std::shared_ptr<const Made>& last_objective() const { return last_objective_; }
  const Shape& example_shape() const { return example_; }
  Index objective_outputs() const { return outputs_; }
  /// E and C that a head was built for; of one that was not handed out here, those of the last that was.
  struct HeadSizes {
    Index embedding = 0, classes = 0;
  };
  HeadSizes head_sizes(const Head& head) const;

 private:
  const std::vector<RunValue>& values(std::string_view port) const;
  const std::shared_ptr<const Made>& made(std::string_view port, Index index = 0) const;
  Live& keep(std::shared_ptr<Live> live);

  const GraphNode& node_;
  std::vector<std::vector<RunValue>> wired_;
  Services& services_;
  Listener* listener_;
  at::Device device_;
  std::vector<std::shared_ptr<Live>> kept_;  // what proxies handed out speak to
  std::vector<std::unique_ptr<Augmentation>> timed_augmentations_;
  std::shared_ptr<const Made> last_encoder_, last_head_, last_objective_;
  Shape example_;
  std::map<const Head*, HeadSizes> head_sizes_;  // a new head may come to lie where an old one was: the last counts
  HeadSizes last_head_sizes_;
  Index outputs_ = 0;
};

/// Takes what a trainer made; held to what it declared.
class TrainerOutputs final : public Outputs {
 public:
  TrainerOutputs(const GraphNode& node, const TrainerInputs& inputs)
      : node_(node), inputs_(inputs), values_(node.outputs.size()) {}

  void encoder(std::string_view output, std::unique_ptr<Encoder> value) override;
  void head(std::string_view output, std::unique_ptr<Head> value) override;
  void objective(std::string_view output, std::unique_ptr<Objective> value) override;
  void array(std::string_view output, Array value) override;
  void number(std::string_view output, double value) override;

  /// The outputs, in order; series come from what was reported. One that was not given stays empty.
  std::vector<RunValue> finish(const std::map<std::string, double>& last_scalars);

 private:
  RunValue& slot(std::string_view output, std::initializer_list<std::string_view> types);
  std::shared_ptr<const Made> trained(const std::shared_ptr<const Made>& from, std::string_view kind,
                                      Trained trained) const;

  const GraphNode& node_;
  const TrainerInputs& inputs_;
  std::vector<RunValue> values_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_TRAINER_IO_H_
