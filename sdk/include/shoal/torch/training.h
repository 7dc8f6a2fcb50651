// shoal/torch/training.h: one epoch of training, on labels or on any loss, and the parameters that trainers have in
// common.
#ifndef SHOAL_TORCH_TRAINING_H_
#define SHOAL_TORCH_TRAINING_H_

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/augmentation.h"
#include "shoal/torch/encoder.h"
#include "shoal/torch/examples.h"
#include "shoal/torch/head.h"
#include "shoal/torch/optimizer.h"
#include "shoal/torch/precision.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// What the parameters of trainers have in common: they derive from it and declare it by describe_training.
struct TrainingOptions : OptimizerOptions, PrecisionOptions {
  TrainingOptions() { precision = Precision::kAuto; }
  double clip_norm = 0;  ///< as clip_gradients has it; 0: none

  /// Throws InputError  parameters that do not go together
  void check() const { require(!nesterov || method == OptimizerMethod::kSgd, "'nesterov' belongs to optimizer 'sgd'"); }
};

/// A head that learns from the same embeddings, and its labels.
struct HeadTask {
  Head& head;            ///< learns
  Optimizer& optimizer;  ///< moves it
  at::Tensor labels;     ///< (N) int64 on the CPU, of all examples by number; one below 0: not for this head
};

/// Who learns, from what. All of it is borrowed.
struct Learner {
  const Examples& examples;                    ///< to learn from
  Encoder& encoder;                            ///< learns
  Head& head;                                  ///< learns from the labels
  Optimizer& encoder_optimizer;                ///< moves it
  Optimizer& head_optimizer;                   ///< moves it
  const Augmentation* augmentation = nullptr;  ///< of every batch; null: examples as they are
  Compute compute = {};                        ///< where encoder and head are, and in which precision
  double clip_norm = 0;  ///< limit of the L2 norm of all gradients together, as clip_gradients has it; 0: none
  /// Beside `head`, whose labels are the epoch's. The loss of a step is the mean over all heads, each that of the
  /// examples that have a label for it; one for which no example of the batch has a label is left out.
  std::span<const HeadTask> further_heads = {};
};

/// One pass over `rows`. Epochs and steps are counted from 1 in what is reported.
struct Epoch {
  Index number = 1;             ///< of this epoch
  std::span<const Index> rows;  ///< the examples to train on, in this order; one may come several times
  /// (N) int64 on the CPU, of all examples by number; one below 0: for further heads only. train_steps takes none.
  at::Tensor labels = {};
  Index batch_size = 1;
  Index steps_before = 0;            ///< done in earlier epochs
  Index steps_in_all = 0;            ///< in all epochs, for progress
  Random views = Random(0);          ///< what augmentations draw from; a stream of this epoch's own
  const char* loss_series = "loss";  ///< the name under which the loss of each step is reported
  std::function<double(Index steps_done)> learning_rate = {};
  std::function<void()> after_step = {};  ///< called once the parameters have made a step; may be empty
  /// By train_epoch: called with the examples of each batch and their embeddings (B, E), as the step begins with them:
  /// of augmented examples, in training mode, on their device, without gradient. May be empty.
  std::function<void(std::span<const Index> rows, const at::Tensor& embedding)> on_embedding = {};
};

struct EpochResult {
  double loss = 0;      ///< mean over the rows
  double accuracy = 0;  ///< share of the rows whose largest logit was their label's, as they were trained on; of `head`
  std::vector<double> head_losses;  ///< of `head`, then the further ones: mean over the rows that have a label for it
};

/// How many steps an epoch over `rows` rows takes. The last batch may be smaller than the others, but a single row left
/// over joins the batch before it: batch norm has no variance of one example.
Index steps_per_epoch(Index rows, Index batch_size);

/// How many batches of exactly `batch_size` there are in an epoch over `examples`: for losses that depend on the size
/// of a batch. The examples left out of each epoch, if there are any, are told in the log. Throws InputError  there are
/// fewer examples than a batch takes
Index full_batches(const Context& context, Index examples, Index batch_size);

/// The numbers that training steps yield. They stay on their device, and are looked at some dozens of steps together.
class StepNumbers {
 public:
  /// `series`: the names under which each step's numbers are reported, in order; "" for one that is not. The first is
  /// the loss. `context` is kept.
  StepNumbers(Context& context, std::vector<std::string> series, Index steps_before = 0)
      : context_(context), series_(std::move(series)), steps_(steps_before), sums_(series_.size(), 0) {}

  /// A step at which nothing was learnt: it has a number, as the others, but there are none to report.
  void skip() { ++steps_; }

  struct Number {
    at::Tensor value;  ///< a scalar
    double weight;     ///< in the sum; of a mean over a batch: the rows of the batch
  };
  /// One step's numbers, as many as there are series.
  /// Throws Error  the loss of one of the steps so far is NaN or infinite: step, epoch and learning rate are named
  void add(const std::vector<Number>& numbers, Index epoch, double learning_rate);

  /// Σ weight · value of each number since the start or the last call. Throws likewise.
  std::vector<double> take_sums();

 private:
  struct Step {
    at::Tensor values;
    std::vector<double> weights;
    Index step, epoch;
    double learning_rate;
  };
  void look();

  Context& context_;
  std::vector<std::string> series_;
  Index steps_;
  std::vector<double> sums_;
  std::vector<Step> waiting_;
};

/// A module, and the optimiser of its parameters.
struct Trainee {
  Module& module;        ///< learns
  Optimizer& optimizer;  ///< moves it
};

/// The mean loss, a scalar with gradients, of the examples `rows`; undefined where there is nothing to learn from them.
/// `views`: a stream of this step's own.
using StepLoss = std::function<at::Tensor(std::span<const Index> rows, const Random& views)>;

/// One epoch of any loss: one step of all optimisers for each batch, the modules in training mode; they are in eval
/// mode afterwards. `clip_norm` is the limit of the L2 norm of all gradients together; 0: none. Reports progress as
/// steps, and the loss of each. A step whose loss is undefined moves nothing. Returns the mean loss over the rows,
/// those of such steps left out. Throws Error  the loss is NaN or infinite: the step, the epoch and the learning rate
/// are named; no step has a loss
double train_steps(Context& context, const std::vector<Trainee>& trainees, double clip_norm, const Epoch& epoch,
                   const StepLoss& loss);

/// One epoch of an encoder and its heads on labels: train_steps on the mean of the heads' losses.
/// Throws Error  as train_steps
///        InputError  a batch in which no example has a label
EpochResult train_epoch(Context& context, const Learner& learner, const Epoch& epoch);

/// Batches of all examples without end: epoch after epoch in a new random order, the last batch of an epoch as
/// steps_per_epoch has it, augmented where asked. The same context gives the same batches. For trainers without labels;
/// what is passed in is borrowed.
class Batches {
 public:
  Batches(Context& context, const Examples& examples, const Augmentation* augmentation, Index batch_size);

  struct Batch {
    at::Tensor rows;   ///< (B) int64: their numbers
    at::Tensor clean;  ///< (B, shape…) as they are, on the CPU
    at::Tensor seen;   ///< augmented; `clean` itself where there is no augmentation
    Index epoch = 1;   ///< from 1
  };
  Batch next();  ///< the next one, without end
  /// The next batch is the one after the first `batches`, as if these had been asked for: of work that goes on from a
  /// checkpoint. At the beginning only.
  void skip(Index batches);

  Index steps_per_epoch() const { return steps_; }  ///< as of all examples

 private:
  void begin_epoch(Index epoch);

  Context& context_;
  const Examples& examples_;
  const Augmentation* augmentation_;
  Index batch_size_, steps_;
  Index epoch_ = 0, step_ = 0;  // step_: of the epoch, that comes next
  std::vector<Index> order_;
};

/// Declares TrainingOptions among a trainer's parameters.
template <typename Params>
void describe_training(Schema<Params>& schema) {
  const auto own = []<typename T, typename Base>(T Base::*member) -> T Params::* { return member; };
  schema.field("optimizer", own(&OptimizerOptions::method), "how parameters move against their gradients")
      .one_of({{"adam", OptimizerMethod::kAdam}, {"adamw", OptimizerMethod::kAdamW}, {"sgd", OptimizerMethod::kSgd}});
  schema
      .field("learning_rate", own(&OptimizerOptions::learning_rate),
             "step size of the optimiser; of a schedule, its highest")
      .above(0)
      .renamed_from({"lr"});
  schema
      .field("weight_decay", own(&OptimizerOptions::weight_decay),
             "L2 penalty on all parameters; of adamw, decoupled decay")
      .min(0);
  schema.field("momentum", own(&OptimizerOptions::momentum), "of sgd; the others ignore it").min(0).below(1);
  schema.field("nesterov", own(&OptimizerOptions::nesterov), "of sgd: Nesterov's momentum");
  schema
      .field(
          "clip_norm", own(&TrainingOptions::clip_norm),
          "longest gradient of a step, of all that is trained together (L2 norm); a longer one is scaled down; 0: any "
          "length")
      .min(0);
  describe_precision(schema);
}

}  // namespace shoal

#endif  // SHOAL_TORCH_TRAINING_H_
