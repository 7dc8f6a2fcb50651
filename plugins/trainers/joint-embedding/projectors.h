// projectors.h: heads over one encoder, each with an objective of its own.
#ifndef SHOAL_PLUGINS_TRAINERS_JOINT_EMBEDDING_PROJECTORS_H_
#define SHOAL_PLUGINS_TRAINERS_JOINT_EMBEDDING_PROJECTORS_H_

#include <memory>
#include <string>
#include <vector>

#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

/// What an objective says of each step, as means over an epoch. They stay on their device until the end.
class Diagnostics {
 public:
  void add(const shoal::NamedTensors& step);
  /// As scalars `prefix` + name, and forgets them. Throws InputError for a name that is the trainer's own.
  void report(shoal::Context& context, const std::string& prefix, shoal::Index epoch);

 private:
  shoal::NamedTensors sums_;
  shoal::Index added_ = 0;
};

/// Heads of the same kind and size that differ in their initial parameters, and an objective for each. They are trained
/// together, on the mean of their losses; none sees another's.
class Projectors {
 public:
  /// `heads` of them, of draws `first_draw` on, for `outputs` numbers each. `prefix`: of what they report.
  Projectors(shoal::Inputs& inputs, shoal::Index embedding, shoal::Index outputs, shoal::Index heads,
             shoal::Index first_draw, const shoal::OptimizerOptions& options, std::string prefix);

  void begin_epoch(shoal::Index epoch);
  /// The mean over the heads, a scalar with gradients, of the objective's loss of V views; `embedding` (V·B, E) holds
  /// one view's examples after the other's.
  at::Tensor loss(const at::Tensor& embedding, shoal::Index views, const shoal::Compute& compute);
  void after_step();
  void add_to(std::vector<shoal::Trainee>& trainees);

  struct Epoch {
    double loss = 0;                  ///< mean over heads and steps
    std::vector<double> head_losses;  ///< of each, mean over the steps
  };
  /// Reports loss and diagnostics of the epoch; warns where the loss is that of outputs alike for all examples.
  Epoch end_epoch(shoal::Context& context, shoal::Index epoch, shoal::Index views, shoal::Index batch_size);

  /// For a checkpoint after end_epoch: heads, objectives and their optimisers, under names that begin with `name`.
  void save(shoal::StateWriter& state, const std::string& name) const;
  void load(const shoal::StateReader& state, const std::string& name);

  struct Projector {
    std::unique_ptr<shoal::Head> head;
    std::unique_ptr<shoal::Objective> objective;
    shoal::Optimizer head_optimizer, objective_optimizer;
    at::Tensor loss_sum;  // of the epoch's steps so far, float64 on its device; undefined before the first
  };
  Projector& operator[](std::size_t head) { return projectors_[head]; }

 private:
  std::vector<Projector> projectors_;
  std::string prefix_;
  Diagnostics diagnostics_;
  shoal::Index steps_ = 0;
};

#endif  // SHOAL_PLUGINS_TRAINERS_JOINT_EMBEDDING_PROJECTORS_H_
