#include "framework/run/timed_module.h"

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace shoal::host {
namespace {

/// The gradients of one module. Autograd says when the gradient of an output is there and when that of a parameter is;
/// the time between the first of these and the last of those is its backward.
class Backward {
 public:
  Backward(Profile& profile, std::string_view component) : profile_(profile), component_(component) {}
  ~Backward() { finish(); }
  Backward(const Backward&) = delete;
  Backward& operator=(const Backward&) = delete;

  void reached_output() {
    const std::lock_guard lock(mutex_);
    if (begin_ >= 0) return;
    begin_ = end_ = profile_.now();
    cpu_ = cpu_end_ = Profile::processor_time();
  }
  void reached_parameter() {
    const std::lock_guard lock(mutex_);
    if (begin_ < 0) return;
    end_ = profile_.now();
    cpu_end_ = Profile::processor_time();
  }
  /// Nothing more comes of it: the module is called again, or gone.
  void finish() {
    const std::lock_guard lock(mutex_);
    if (begin_ >= 0) profile_.add(SpanKind::backward, component_, "backward", begin_, end_, cpu_end_ - cpu_);
    begin_ = -1;
  }

 private:
  Profile& profile_;
  std::string_view component_;
  std::mutex mutex_;  // on a GPU, gradients come on another thread
  std::int64_t begin_ = -1, end_ = 0, cpu_ = 0, cpu_end_ = 0;
};

/// What all of them do: another module's tensors under their names, and its calls timed.
template <typename Kind>
class Timed : public Kind {
 public:
  Timed(std::unique_ptr<Kind> timed, std::string_view component, Profile& profile)
      : timed_(std::move(timed)),
        component_(component),
        profile_(profile),
        backward_(std::make_shared<Backward>(profile, component)) {
    for (const auto& [name, tensor] : timed_->parameters()) {
      const bool trained = tensor.requires_grad();
      at::Tensor mine = this->add_parameter(name, tensor);  // the same tensor; it is asked for gradients by that
      mine.set_requires_grad(trained);
      if (trained) mine.register_hook([backward = backward_](const at::Tensor&) { backward->reached_parameter(); });
    }
    for (const auto& [name, tensor] : timed_->buffers()) this->add_buffer(name, tensor);
  }

  Kind& behind() const { return *timed_; }

  /// Calls `function(behind)`; what it returns is part of backward where it has gradients.
  template <typename Function>
  auto call(std::string_view name, Function&& function) {
    backward_->finish();
    timed_->train(this->training());
    const Stretch stretch(&profile_, SpanKind::call, component_, name);
    return function(*timed_);
  }
  at::Tensor watched(at::Tensor out) {
    if (out.defined() && out.requires_grad())
      out.register_hook([backward = backward_](const at::Tensor&) { backward->reached_output(); });
    return out;
  }

 private:
  std::unique_ptr<Kind> timed_;
  std::string_view component_;
  Profile& profile_;
  std::shared_ptr<Backward> backward_;  // shared with the hooks of tensors, which may live longer
};

class TimedEncoder : public Timed<Encoder> {
 public:
  using Timed::Timed;
  void build(Context& context, const Shape& example) override { behind().build(context, example); }
  Index embedding_size() const override { return behind().embedding_size(); }
  at::Tensor forward(const at::Tensor& examples) override {
    return watched(call("forward", [&](Encoder& encoder) { return encoder.forward(examples); }));
  }
};

class TimedHead : public Timed<Head> {
 public:
  using Timed::Timed;
  void build(Context& context, Index embedding, Index classes) override { behind().build(context, embedding, classes); }
  at::Tensor forward(const at::Tensor& embedding) override {
    return watched(call("forward", [&](Head& head) { return head.forward(embedding); }));
  }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    return watched(call("loss", [&](Head& head) { return head.loss(logits, labels); }));
  }
  at::Tensor probabilities(const at::Tensor& logits) override {
    return watched(call("probabilities", [&](Head& head) { return head.probabilities(logits); }));
  }
  ClassVectors class_vectors() override { return behind().class_vectors(); }
};

template <typename Base>
class WithReadouts : public Base, public Readouts {
 public:
  using Base::Base;
  std::vector<Place> readouts() const override { return inner().readouts(); }
  at::Tensor forward_to(std::size_t place, const at::Tensor& input) override {
    return this->watched(this->call("forward_to", [&](auto&) { return inner().forward_to(place, input); }));
  }

 private:
  Readouts& inner() const { return dynamic_cast<Readouts&>(this->behind()); }
};

template <typename Base>
class WithDecoder : public Base, public Decoder {
 public:
  using Base::Base;
  at::Tensor decode(const at::Tensor& embedding) override {
    return this->watched(
        this->call("decode", [&](auto&) { return dynamic_cast<Decoder&>(this->behind()).decode(embedding); }));
  }
};

class TimedObjective final : public Timed<Objective> {
 public:
  using Timed::Timed;
  void build(Context& context, Index outputs) override { behind().build(context, outputs); }
  Loss loss(const std::vector<at::Tensor>& views) override {
    Loss out = call("loss", [&](Objective& objective) { return objective.loss(views); });
    out.value = watched(out.value);
    return out;
  }
  void begin_epoch(Index epoch) override {
    call("begin_epoch", [&](Objective& objective) { objective.begin_epoch(epoch); });
  }
  void after_step() override {
    call("after_step", [&](Objective& objective) { objective.after_step(); });
  }
  std::optional<Collapse> collapse(Index views, Index rows) const override { return behind().collapse(views, rows); }
};

class TimedAugmentation final : public Augmentation {
 public:
  TimedAugmentation(const Augmentation& timed, std::string_view component, Profile& profile)
      : timed_(timed), component_(component), profile_(profile) {}
  at::Tensor apply(Context& context, const at::Tensor& batch, const Random& random) const override {
    const Stretch stretch(&profile_, SpanKind::call, component_, "apply");
    return timed_.apply(context, batch, random);
  }

 private:
  const Augmentation& timed_;
  std::string_view component_;
  Profile& profile_;
};

}  // namespace

std::unique_ptr<Encoder> timed(std::unique_ptr<Encoder> encoder, std::string_view component, Profile* profile) {
  if (profile == nullptr) return encoder;
  const bool decodes = dynamic_cast<Decoder*>(encoder.get()) != nullptr;
  const bool reads = dynamic_cast<Readouts*>(encoder.get()) != nullptr;
  if (decodes && reads)
    return std::make_unique<WithDecoder<WithReadouts<TimedEncoder>>>(std::move(encoder), component, *profile);
  if (decodes) return std::make_unique<WithDecoder<TimedEncoder>>(std::move(encoder), component, *profile);
  if (reads) return std::make_unique<WithReadouts<TimedEncoder>>(std::move(encoder), component, *profile);
  return std::make_unique<TimedEncoder>(std::move(encoder), component, *profile);
}

std::unique_ptr<Head> timed(std::unique_ptr<Head> head, std::string_view component, Profile* profile) {
  if (profile == nullptr) return head;
  if (dynamic_cast<Readouts*>(head.get()) != nullptr)
    return std::make_unique<WithReadouts<TimedHead>>(std::move(head), component, *profile);
  return std::make_unique<TimedHead>(std::move(head), component, *profile);
}

std::unique_ptr<Objective> timed(std::unique_ptr<Objective> objective, std::string_view component, Profile* profile) {
  if (profile == nullptr) return objective;
  return std::make_unique<TimedObjective>(std::move(objective), component, *profile);
}

std::unique_ptr<Augmentation> timed(const Augmentation& augmentation, std::string_view component, Profile& profile) {
  return std::make_unique<TimedAugmentation>(augmentation, component, profile);
}

}  // namespace shoal::host
