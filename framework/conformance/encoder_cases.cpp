// What an encoder must hold to: shoal/torch/encoder.h.
#include "framework/conformance/torch_work.h"
#include "shoal/torch/encoder.h"

namespace shoal::host::conformance {
namespace {

const Shape kExample = {1, 28, 28};

Encoder& built(Trial& trial) {
  auto& encoder = torch_component<Encoder>(trial.object());
  encoder.build(trial.context(), kExample);
  return encoder;
}

at::Tensor batch(Trial& trial, Index size = 6) {
  Shape shape = kExample;
  shape.insert(shape.begin(), size);
  return made_up(trial.context(), shape);
}

/// All that the encoder makes of a batch: its embedding, and what it decodes of it.
at::Tensor whole_loss(Trial& trial, Encoder& encoder) {
  const at::Tensor examples = batch(trial);
  const at::Tensor embedding = encoder.forward(examples);
  at::Tensor loss = embedding.pow(2).mean();
  if (auto* decoder = dynamic_cast<Decoder*>(&encoder))
    loss = loss + (decoder->decode(embedding) - examples).pow(2).mean();
  return loss;
}

Result work(Trial& trial, const Form&) {
  Encoder& encoder = built(trial);
  Result out = state_of(encoder);
  encoder.train(true);
  add(out, "embedding in training", encoder.forward(batch(trial)));
  whole_loss(trial, encoder).backward();
  for (const auto& [name, tensor] : encoder.parameters())
    if (tensor.grad().defined()) add(out, "gradient of " + name, tensor.grad());
  encoder.train(false);
  add(out, "embedding", encoder.forward(batch(trial)));
  return out;
}

void shapes(const Subject& s) {
  Trial trial(s);
  Encoder& encoder = built(trial);
  expect(encoder.embedding_size() >= 1, "its embedding_size() is {}", encoder.embedding_size());
  for (const bool training : {false, true}) {
    encoder.train(training);
    expect_tensor(encoder.forward(batch(trial)), training ? "forward's result in training" : "forward's result",
                  {6, encoder.embedding_size()});
  }
  encoder.train(false);
  expect_tensor(encoder.forward(batch(trial, 1)), "forward's result of one example", {1, encoder.embedding_size()});
}

void input_stays(const Subject& s) {
  Trial trial(s);
  Encoder& encoder = built(trial);
  encoder.train(true);
  const at::Tensor examples = batch(trial), before = examples.clone();
  static_cast<void>(encoder.forward(examples));
  expect(examples.equal(before), "forward writes to the examples that it was given");
}

void row_by_row(const Subject& s) {
  Trial trial(s);
  Encoder& encoder = built(trial);
  encoder.train(false);
  const at::Tensor examples = batch(trial), whole = encoder.forward(examples).detach();
  for (Index i = 0; i < examples.size(0); ++i) {
    const at::Tensor alone = encoder.forward(examples.narrow(0, i, 1)).detach();
    const double far = (alone[0] - whole[i]).abs().max().item<double>();
    const double size = whole[i].abs().max().item<double>();
    // Sums of another order in single precision; what rows do to each other is far above that.
    expect(far <= 1e-3 * (size + 1e-3),
           "in eval mode the embedding of example {} alone is {} away from that among others", i, far);
  }
}

void gradients(const Subject& s) {
  Trial trial(s);
  Encoder& encoder = built(trial);
  encoder.train(true);
  expect_gradients(encoder, whole_loss(trial, encoder));
}

void other_shapes(const Subject& s) {
  for (const Shape& shape : {Shape{7}, Shape{3, 5, 5}, Shape{1, 1, 1}}) {
    Trial trial(s);
    auto& encoder = torch_component<Encoder>(trial.object());
    expect_done_or_refused(ended([&] { encoder.build(trial.context(), shape); }),
                           text("examples of shape {}", to_string(shape)));
  }
}

void decode_shape(const Subject& s) {
  Trial trial(s);
  Encoder& encoder = built(trial);
  auto& decoder = decoder_of(encoder);
  expect_tensor(decoder.decode(encoder.forward(batch(trial))), "decode's result", {6, 1, 28, 28});
}

void readouts(const Subject& s) {
  Trial trial(s);
  Encoder& encoder = built(trial);
  auto& readable = torch_component<Readouts>(trial.object());
  const auto places = readable.readouts();
  for (std::size_t i = 0; i < places.size(); ++i)
    expect_tensor(readable.forward_to(i, batch(trial)), "the readout at " + places[i].name, {6, places[i].features});
  static_cast<void>(encoder);
}

}  // namespace

Kind encoder_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work};
  kind.cases = module_cases(
      subject, [](Trial& trial) -> Module& { return built(trial); },
      [](Trial& trial, Module& module) { return dynamic_cast<Encoder&>(module).forward(batch(trial)); });
  kind.cases.insert(kind.cases.end(),
                    {{"embedding-shape", "(B, E) float32, E = embedding_size(), one example too", of(shapes)},
                     {"input-stays", "forward does not write to the examples", of(input_stays)},
                     {"eval-row-by-row", "in eval mode an example does not depend on those beside it", of(row_by_row)},
                     {"gradients-finite", "a finite gradient reaches every parameter", of(gradients)},
                     {"other-shapes", "examples of other shapes: built, or refused with a reason", of(other_shapes)}});
  if (subject.offers("torch.decoder/1"))
    kind.cases.push_back({"decode-shape", "decode gives examples of the shape it was built for", of(decode_shape)});
  if (subject.offers("torch.readouts/1"))
    kind.cases.push_back({"readouts-shape", "each readout is (B, F) as it says", of(readouts)});
  return kind;
}

}  // namespace shoal::host::conformance
