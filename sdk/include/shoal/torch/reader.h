// shoal/torch/reader.h: an encoder read at a place that the user names, and the parameters for it that trainers share.
#ifndef SHOAL_TORCH_READER_H_
#define SHOAL_TORCH_READER_H_

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/examples.h"
#include "shoal/torch/precision.h"
#include "shoal/torch/trainer.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// Where an encoder is read; trainers that read one derive their parameters from it and declare it by describe_readout.
struct ReadoutOptions {
  std::string readout = "embedding";  ///< the place, by name
  double memory_limit_gb = 4;         ///< what is read may take so much, in GiB
};

/// An encoder, and perhaps the head that was trained with it, read at one place. Places are
///
///   embedding      what the encoder gives
///   conv2          one of the encoder's own (trait `readouts`)
///   head           what the head gives: logits, or a projection
///   head.hidden1   one of the head's own
class Reader {
 public:
  /// A head, and C, the numbers that it gives; or none, and then there are no places of one.
  struct WithHead {
    std::unique_ptr<Head> head = nullptr;  ///< null: none is wired
    Index outputs = 0;                     ///< C, or what the objective takes
  };
  /// Throws InputError  there is no such place: those that there are, and the nearest
  Reader(std::unique_ptr<Encoder> encoder, WithHead head, const ReadoutOptions& options, const Compute& compute = {});

  /// What is wired to a trainer's ports `encoder` and, where it is, `head`.
  static Reader of(Inputs& inputs, const Shape& example, const ReadoutOptions& options, const Compute& compute);

  /// F, the numbers that are read of an example.
  Index features() const { return place_.features; }
  /// (B, shape…) anywhere → (B, F) on the device of encoder and head.
  at::Tensor forward(const at::Tensor& examples);

  Encoder& encoder() { return *encoder_; }  ///< the one that is read
  Head* head() { return head_.get(); }      ///< may be null

  /// Throws InputError  what is read of `examples` examples, at so many bytes a number, is more than memory_limit_gb
  void require_room(Index examples, Index bytes_per_number) const;

 private:
  struct Place {
    std::string name;
    Index features;
    std::function<at::Tensor(const at::Tensor&)> read;  // borrows encoder and head
  };
  std::vector<Place> places(Index head_outputs) const;

  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<Head> head_;
  double memory_limit_gb_;
  Compute compute_;
  Place place_;
};

/// What is read of all examples, in eval mode and without gradients; the mode is put back. Written to `out` (N, F)
/// float32 on the CPU, whatever its strides. Reports progress as examples.
void read_into(Context& context, Reader& reader, const Examples& examples, const at::Tensor& out);

/// The same of one augmented view of each example; batch b of 256 draws from views.fork(b).
void read_views_into(Context& context, Reader& reader, const Examples& examples, const Augmentation& augmentation,
                     const Random& views, const at::Tensor& out);

/// Declares ReadoutOptions among a trainer's parameters.
template <typename Params>
void describe_readout(Schema<Params>& schema) {
  const auto own = []<typename T>(T ReadoutOptions::*member) -> T Params::* { return member; };
  schema.field("readout", own(&ReadoutOptions::readout),
               "where the encoder is read: its embedding, or a place on the way to it that it has (conv2, hidden1); "
               "with a head wired, head or one of its own (head.hidden1)");
  schema
      .field("memory_limit_gb", own(&ReadoutOptions::memory_limit_gb),
             "what is read may take so much; where it would take more, nothing is read and the error says how much")
      .above(0)
      .speed_only()
      .unit("GB");
}

}  // namespace shoal

#endif  // SHOAL_TORCH_READER_H_
