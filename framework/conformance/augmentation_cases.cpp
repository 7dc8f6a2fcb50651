// What an augmentation must hold to: shoal/torch/augmentation.h.
#include <thread>

#include "framework/conformance/torch_work.h"
#include "shoal/torch/augmentation.h"

namespace shoal::host::conformance {
namespace {

at::Tensor batch(Trial& trial, Index size = 6, Index channels = 1) {
  return made_up(trial.context(), {size, channels, 28, 28});
}

const Augmentation& of(const Trial& trial) { return torch_component<Augmentation>(trial.object()); }

at::Tensor apply(Trial& trial, const at::Tensor& images, std::uint64_t seed = 3) {
  return of(trial).apply(trial.context(), images, Random(seed));
}

Result result_of(const at::Tensor& images) {
  Result out;
  add(out, "images", images);
  return out;
}

Result work(Trial& trial, const Form&) { return result_of(apply(trial, batch(trial))); }

void expect_same(const at::Tensor& a, const at::Tensor& b, std::string_view what) {
  const auto difference = result_of(a).difference(result_of(b));
  expect(!difference, "{}: {}", what, difference.value_or(""));
}

void shapes(const Subject& s) {
  Trial trial(s);
  expect_tensor(apply(trial, batch(trial)), "its result", {6, 1, 28, 28});
  expect_tensor(apply(trial, batch(trial, 1)), "its result of one image", {1, 1, 28, 28});
  at::Tensor colour;
  const Ended end = ended([&] { colour = apply(trial, batch(trial, 3, 3)); });
  expect_done_or_refused(end, "images of 3 channels");
  if (end.well()) expect_tensor(colour, "its result of 3 channels", {3, 3, 28, 28});
}

void input_stays(const Subject& s) {
  Trial trial(s);
  const at::Tensor images = batch(trial), before = images.clone();
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const at::Tensor out = apply(trial, images, seed);
    expect(images.equal(before), "it writes to the images that it was given");
  }
}

void same_random(const Subject& s) {
  Trial trial(s);
  expect_same(apply(trial, batch(trial)), apply(trial, batch(trial)), "two calls with one random stream differ");
}

void one_draw_each(const Subject& s) {
  Trial trial(s);
  const at::Tensor images = batch(trial);
  expect_same(apply(trial, images).narrow(0, 0, 2), apply(trial, images.narrow(0, 0, 2).clone()),
              "the views of the first two images depend on those behind them: example i must draw from random.fork(i)");
}

void on_many_threads(const Subject& s) {
  Trial trial(s);
  const at::Tensor images = batch(trial), expected = apply(trial, images);
  std::vector<Ended> ends(4);
  std::vector<std::optional<std::string>> differences(ends.size());
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < ends.size(); ++t)
    threads.emplace_back([&, t] {
      ends[t] = ended([&] {
        SubContext context(trial.context(), "apply", static_cast<Index>(t));
        for (int i = 0; i < 10 && !differences[t]; ++i)
          differences[t] = result_of(expected).difference(result_of(of(trial).apply(context, images, Random(3))));
      });
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < ends.size(); ++t) {
    expect(ends[t].well(), "apply on 4 threads at once {}", describe(ends[t]));
    expect(!differences[t], "apply on 4 threads at once gives something else: {}", differences[t].value_or(""));
  }
}

}  // namespace

Kind augmentation_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto bound = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work};
  kind.cases = {
      {"images-keep-their-shape", "float32 of the shape that came, one image and colour too", bound(shapes)},
      {"input-stays", "apply does not write to the images", bound(input_stays)},
      {"same-random-same-view", "one random stream gives one view", bound(same_random)},
      {"each-example-its-own-draw", "an example's view does not depend on those beside it", bound(one_draw_each)},
      {"apply-on-many-threads", "apply on 4 threads at once gives the same", bound(on_many_threads)},
  };
  return kind;
}

}  // namespace shoal::host::conformance
