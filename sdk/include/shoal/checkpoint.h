// shoal/checkpoint.h: long work that goes on where an earlier try of it was stopped.
//
//     shoal::Checkpoint checkpoint(context, "epoch");
//     Index epoch = checkpoint.restore([&](const shoal::StateReader& state) { model.load(state); });
//     while (epoch < params_.epochs) {
//       train(++epoch);
//       checkpoint.offer(epoch, [&](shoal::StateWriter& state) { model.save(state); });
//     }
#ifndef SHOAL_CHECKPOINT_H_
#define SHOAL_CHECKPOINT_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "shoal/component.h"

extern "C" {

/* The extension "shoal.checkpoint/1" of a host: checkpoints of the work that a context is of. One thread at a time. */
typedef struct shoal_checkpoint_1 {
  uint32_t size;
  void* self;
  /* 1: a state is wanted, be it for the disk or for memory alone, 0: none now. */
  int (*due)(void* self);
  /* Keeps what `fill` puts, in place of the checkpoint before. Returns what `fill` returned; a disk that is full is no
     error of the work. */
  int (*save)(void* self, int (*fill)(void* user, const shoal_state_writer*), void* user);
  /* What an earlier try left, or null. It is valid until `loaded`, which must follow. */
  const shoal_state_reader* (*saved)(void* self);
  /* The work goes on from there (SHOAL_OK), or could not: then the checkpoint is put aside. */
  void (*loaded)(void* self, int status);
} shoal_checkpoint_1;

}  // extern "C"

namespace [[gnu::visibility("hidden")]] shoal {

// Numbers of a state, as arrays of one element.

inline void save_number(StateWriter& state, const std::string& name, std::int64_t value) {  ///< as an array of one
  state.put(name, ConstArray(&value, Shape{1}));
}
inline void save_number(StateWriter& state, const std::string& name, double value) {  ///< likewise
  state.put(name, ConstArray(&value, Shape{1}));
}

/// Scalar is std::int64_t or double, as it was saved. Throws InputError  there is none of that name
template <typename Scalar>
Scalar load_number(const StateReader& state, const std::string& name) {
  const ConstArray saved = state.get(name);
  require(saved.size() == 1, "'{}' of the saved state must be one number, but are {}", name, saved.size());
  return saved.vector<Scalar>()[0];
}

/// The elements of a saved array of one axis. Throws InputError  there is none of that name
template <typename Scalar>
std::vector<Scalar> load_vector(const StateReader& state, const std::string& name) {
  const auto saved = state.get(name).vector<Scalar>();
  return {saved.begin(), saved.end()};
}

/// Checkpoints of one piece of work: a trainer's run, a clusterer's fit. What is kept belongs to the key of the node's
/// result, so that work is taken up only by the same component, library, parameters, seed and inputs; it is gone when
/// the result is there. A host that keeps none makes all calls do nothing.
///
/// What must be in it is what the rest of the work depends on: parameters, moments of optimisers, labels, counters.
/// Random streams that are forked by the number of an epoch need nothing. What was reported by Context::scalar is kept
/// by the host, and reported again.
///
/// The work must end as it would have ended undisturbed, byte for byte: testing_checkpoint.h helps to hold it to that.
class Checkpoint {
 public:
  /// `unit`: what is counted, for the log: "epoch".
  explicit Checkpoint(Context& context, std::string unit)
      : context_(context),
        unit_(std::move(unit)),
        host_(static_cast<const shoal_checkpoint_1*>(
            context.c_context()->host->extension(context.c_context(), "shoal.checkpoint/1"))) {}

  /// Calls `load` with what an earlier try left, if it left something. Returns how many units of the work were done by
  /// then; 0: nothing was left, and the work begins. To be called once, before the work.
  /// Throws what `load` throws; the checkpoint is out of use then, and the next try begins anew.
  Index restore(const std::function<void(const StateReader&)>& load) const {
    const shoal_state_reader* saved = host_ == nullptr ? nullptr : host_->saved(host_->self);
    if (saved == nullptr) return 0;
    const StateReader state(saved);
    Index done = 0;
    try {
      done = load_number<std::int64_t>(state, kDone);
      load(state);
    } catch (...) {
      host_->loaded(host_->self, SHOAL_E_FAILED);
      throw;
    }
    context_.log(Level::kInfo, "goes on after {} {}, where an earlier run was stopped", unit_, done);
    host_->loaded(host_->self, SHOAL_OK);
    return done;
  }

  /// A point from which the work could go on: `done` units of it are over. Calls `save`, unless the host keeps none;
  /// the host holds a copy in memory and brings it to the disk when that is due. Throws what `save` throws.
  void offer(Index done, const std::function<void(StateWriter&)>& save) const {
    if (host_ == nullptr || host_->due(host_->self) == 0) return;
    struct Fill {
      const shoal_context* context;
      std::int64_t done;
      const std::function<void(StateWriter&)>& save;
    } fill{context_.c_context(), done, save};
    const auto call = [](void* user, const shoal_state_writer* writer) -> int {
      const Fill& self = *static_cast<const Fill*>(user);
      return detail::guarded(self.context, [&] {
        StateWriter state(self.context, writer);
        save_number(state, kDone, self.done);
        self.save(state);
      });
    };
    detail::check_status(context_.c_context(), host_->save(host_->self, call, &fill));
  }

 private:
  static constexpr const char* kDone = "units done";

  Context& context_;
  std::string unit_;
  const shoal_checkpoint_1* host_;
};

}  // namespace shoal

#endif  // SHOAL_CHECKPOINT_H_
