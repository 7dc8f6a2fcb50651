// shoal/torch/averaged_model.h: an encoder with its head, and where asked a moving average of both beside them.
#ifndef SHOAL_TORCH_AVERAGED_MODEL_H_
#define SHOAL_TORCH_AVERAGED_MODEL_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "shoal/torch/checkpoint.h"
#include "shoal/torch/trainer.h"

namespace [[gnu::visibility("hidden")]] shoal {

struct Model {
  std::unique_ptr<Encoder> encoder;  ///< never null
  std::unique_ptr<Head> head;        ///< may be null
};

/// The encoder and head that are wired to a trainer, to be trained; and what is looked at and given out in the end:
/// these, or with a decay above 0 their moving average (update_average), which begins where they do.
class AveragedModel {
 public:
  /// For examples of this shape, in `classes` classes; `decay` in [0, 1) a step.
  AveragedModel(Inputs& inputs, const Shape& example, Index classes, double decay)
      : decay_(decay), trained_(make(inputs, example, classes)) {
    if (decay > 0) average_ = make(inputs, example, classes);
  }
  AveragedModel(const AveragedModel&) = delete;
  AveragedModel& operator=(const AveragedModel&) = delete;

  Model& trained() { return trained_; }                        ///< what steps are made on
  Model& given() { return decay_ > 0 ? average_ : trained_; }  ///< what is measured and given out

  /// For a checkpoint: encoder and head, and their average where there is one. Load throws InputError for another
  /// state.
  void save(StateWriter& state) const {
    for (const auto& [name, module] : modules()) save_tensors(state, name, module->state());
  }
  void load(const StateReader& state) {
    for (const auto& [name, module] : modules()) load_tensors(state, name, module->state());
  }

  /// What is to be called after each step; nothing where there is no average. Valid as long as this.
  std::function<void()> after_step() {
    if (decay_ == 0) return nullptr;
    return [this] {
      update_average(*trained_.encoder, *average_.encoder, decay_);
      update_average(*trained_.head, *average_.head, decay_);
    };
  }

 private:
  static Model make(Inputs& inputs, const Shape& example, Index classes) {
    Model out;
    out.encoder = inputs.encoder("encoder", example);
    out.head = inputs.head("head", out.encoder->embedding_size(), classes);
    return out;
  }

  std::vector<std::pair<std::string, const Module*>> modules() const {
    std::vector<std::pair<std::string, const Module*>> out = {{"encoder", trained_.encoder.get()},
                                                              {"head", trained_.head.get()}};
    if (decay_ > 0) {
      out.emplace_back("average encoder", average_.encoder.get());
      out.emplace_back("average head", average_.head.get());
    }
    return out;
  }

  double decay_;
  Model trained_, average_;
};

}  // namespace shoal

#endif  // SHOAL_TORCH_AVERAGED_MODEL_H_
