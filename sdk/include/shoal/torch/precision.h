// shoal/torch/precision.h: where networks compute, and in which precision; chosen once for a run.
//
//     const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params, outputs);
//     const at::Tensor embedding = compute([&] { return encoder.forward(batch.to(compute.device())); });
//
// In bfloat16 it is the products of a network (convolutions, linear layers) that have 8 bits, of both factors; their
// sums are float32. What is between them (ReLU, pools) is bfloat16 too. Everything else stays float32: parameters,
// gradients of parameters and the optimiser, batch norm's statistics, augmentations, and whatever is made of what a
// network returns: losses, softmax, clusters.
#ifndef SHOAL_TORCH_PRECISION_H_
#define SHOAL_TORCH_PRECISION_H_

#include <ATen/core/Tensor.h>

#include <utility>

#include "shoal/context.h"
#include "shoal/schema.h"

namespace [[gnu::visibility("hidden")]] shoal {

enum class Precision { kAuto, kFloat32, kBFloat16 };  ///< what a network computes in

/// What the parameters of trainers have in common that send examples through a network: they derive from it and declare
/// it by describe_precision.
struct PrecisionOptions {
  Precision precision = Precision::kFloat32;  ///< as the user asks for
};

/// What a processor has for bfloat16, the operating system letting programs use it.
struct CpuFeatures {
  bool avx512_bf16 = false;  ///< Cooper Lake, Zen 4 and later
  bool amx_bf16 = false;     ///< Sapphire Rapids and later
};

/// Of the processor that this runs on.
CpuFeatures cpu_features();

/// kFloat32 or kBFloat16. `auto` is bfloat16 on a CPU that multiplies it natively; elsewhere float32, since bfloat16 is
/// then slower than that.
/// Throws InputError  bfloat16 is asked for on another device than the CPU
Precision choose_precision(Precision asked, at::Device device, const CpuFeatures& features);

/// Where a network computes, and in which precision: LibTorch's autocast, on for no longer than a call.
///
/// Threads  a call changes the precision of its own thread alone.
class Compute {
 public:
  Compute(at::Device device = at::kCPU, Precision precision = Precision::kFloat32)
      : device_(device), bfloat16_(precision == Precision::kBFloat16) {}

  at::Device device() const { return device_; }  ///< where it computes
  bool bfloat16() const { return bfloat16_; }    ///< whether it does so in bfloat16

  /// What `f` returns, a tensor, as float32. Not for a loss: its sums want float32.
  template <typename F>
  at::Tensor operator()(F&& f) const {
    if (!bfloat16_) return std::forward<F>(f)();
    const Autocast on;
    return std::forward<F>(f)().to(at::kFloat);
  }

 private:
  /// Switches autocast of the CPU to bfloat16, and back, whatever happens. Parameters that it has converted are
  /// forgotten at the end: the next step has others.
  class Autocast {
   public:
    Autocast();
    ~Autocast();
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

   private:
    bool enabled_;
    at::ScalarType type_;
  };

  at::Device device_;
  bool bfloat16_;
};

/// Name and meaning of the output of a trainer that says what was chosen: `.out<Number>(kPrecisionBits,
/// kPrecisionHelp)`.
inline constexpr const char* kPrecisionBits = "precision_bits";
inline constexpr const char* kPrecisionHelp = "what the network computed in: 32: float32, 16: bfloat16";

/// Chooses for this processor, and says what: `auto` in the log, and every choice as output `precision_bits` of
/// `outputs`. Throws InputError as choose_precision.
template <typename Outputs>  // shoal/torch/trainer.h's
Compute choose_compute(const Context& context, at::Device device, const PrecisionOptions& options, Outputs& outputs) {
  const Precision chosen = choose_precision(options.precision, device, cpu_features());
  const bool bfloat16 = chosen == Precision::kBFloat16;
  if (options.precision == Precision::kAuto)
    context.log(Level::kInfo, "precision 'auto' is {} here: {}", bfloat16 ? "bfloat16" : "float32",
                device.is_cpu()
                    ? bfloat16 ? "this processor multiplies it natively" : "this processor has no native bfloat16"
                    : "bfloat16 is for the CPU");
  outputs.number(kPrecisionBits, bfloat16 ? 16 : 32);
  return {device, chosen};
}

/// Declares PrecisionOptions among a trainer's parameters.
template <typename Params>
void describe_precision(Schema<Params>& schema) {
  const auto own = []<typename T>(T PrecisionOptions::*member) -> T Params::* { return member; };
  schema
      .field("precision", own(&PrecisionOptions::precision),
             "what the network computes in; auto: bfloat16 on a CPU that has it natively, which is faster and less "
             "exact, else float32; output precision_bits says which")
      .one_of({{"auto", Precision::kAuto}, {"float32", Precision::kFloat32}, {"bfloat16", Precision::kBFloat16}});
}

}  // namespace shoal

#endif  // SHOAL_TORCH_PRECISION_H_
