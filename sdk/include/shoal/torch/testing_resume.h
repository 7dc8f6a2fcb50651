// shoal/torch/testing_resume.h: holds a trainer to what it promises by its checkpoints.
//
//     struct Run { Host host; TestInputs inputs; TestOutputs outputs; };          // a test's own, wired by `make`
//     shoal::testing::Resume<Run> resume(make, [&](Run& run) { Trainer(params).run(…); });
//     EXPECT_EQ(resume.difference(/*stop=*/2), "");                              // the same bytes
//     EXPECT_THAT(resume.idle_pieces(/*stop=*/2), IsEmpty());                    // and all that was kept was needed
#ifndef SHOAL_TORCH_TESTING_RESUME_H_
#define SHOAL_TORCH_TESTING_RESUME_H_

#include <ATen/ops/equal.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "shoal/testing_checkpoint.h"
#include "shoal/torch/testing.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// What the scalars `got` have otherwise than `wanted`, in words; "" where all are the same, bit by bit and in order.
inline std::string difference(const std::vector<Scalar>& got, const std::vector<Scalar>& wanted) {
  for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i) {
    const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    if (got[i].name != wanted[i].name || got[i].step != wanted[i].step || bits(got[i].value) != bits(wanted[i].value))
      return text("scalar {} is '{}' = {} at {}, not '{}' = {} at {}", i, got[i].name, got[i].value, got[i].step,
                  wanted[i].name, wanted[i].value, wanted[i].step);
  }
  return got.size() == wanted.size() ? "" : text("there are {} scalars, not {}", got.size(), wanted.size());
}

/// The same of all that two runs gave.
inline std::string difference(const TestOutputs& got, const TestOutputs& wanted) {
  const auto of = [](const auto& a, const auto& b, auto&& same) -> std::string {
    if (a.size() != b.size()) return text("there are {} outputs of a kind, not {}", a.size(), b.size());
    for (const auto& [name, value] : b)
      if (!a.contains(name) || !same(a.at(name), value)) return text("output '{}' differs", name);
    return "";
  };
  const auto same_modules = [](const auto& a, const auto& b) {
    const NamedTensors x = a->state(), y = b->state();
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const auto& s, const auto& t) {
      return s.first == t.first && at::equal(s.second.detach(), t.second.detach());
    });
  };
  const auto same_arrays = [](const Array& a, const Array& b) {
    return a.view().dtype() == b.view().dtype() && at::equal(tensor(a), tensor(b));
  };
  const auto same_numbers = [](double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  };
  std::string out = of(got.encoders, wanted.encoders, same_modules);
  if (out.empty()) out = of(got.heads, wanted.heads, same_modules);
  if (out.empty()) out = of(got.objectives, wanted.objectives, same_modules);
  if (out.empty()) out = of(got.arrays, wanted.arrays, same_arrays);
  return out.empty() ? of(got.numbers, wanted.numbers, same_numbers) : out;
}

/// Runs of a trainer that are stopped and go on, beside one that is left alone. Run has a `host` and `outputs`.
template <typename Run>
class Resume {
 public:
  using Make = std::function<std::unique_ptr<Run>()>;  ///< a run, from its beginning
  using Work = std::function<void(Run&)>;              ///< its work

  /// `make` wires one run, always alike; `work` lets the trainer run on it.
  Resume(Make make, Work work) : make_(std::move(make)), work_(std::move(work)), whole_(make_()) { work_(*whole_); }

  /// Checkpoints that the whole run would leave, were each that it offers kept.
  int checkpoints() const {
    Checkpoints kept;
    const auto run = make_();
    kept.serve(run->host);
    work_(*run);
    return kept.saves();
  }

  /// What a run that was stopped after checkpoint `stop`, and then went on, gave or reported otherwise than the whole
  /// one; "": nothing.
  std::string difference(int stop) const {
    Checkpoints kept;
    const auto before = stopped(stop, kept);
    return difference_of_rest(*before, kept);
  }

  /// The pieces of checkpoint `stop` without which the run would have ended with the same bytes: what need not be kept,
  /// or what this test cannot see. A piece that is all zeros is not tried.
  std::vector<std::string> idle_pieces(int stop) const {
    Checkpoints kept;
    const auto before = stopped(stop, kept);
    std::vector<std::string> out;
    for (const std::string& name : kept.names()) {
      Checkpoints without;
      without.take(kept);
      if (name != "units done" && without.forget(name) && difference_of_rest(*before, without).empty())
        out.push_back(name);
    }
    return out;
  }

 private:
  std::unique_ptr<Run> stopped(int stop, Checkpoints& kept) const {
    auto run = make_();
    kept.serve(run->host, {.stop_after = stop});
    try {
      work_(*run);
    } catch (const Cancelled&) {
      return run;
    }
    throw InputError(text("there are only {} checkpoints, so none to stop after number {}", kept.saves(), stop));
  }

  /// Of the run that was stopped and a new one that goes on from what is `kept`, beside the whole one.
  std::string difference_of_rest(const Run& before, Checkpoints& kept) const {
    const auto after = make_();
    kept.serve(after->host);
    try {
      work_(*after);
    } catch (const Error& error) {
      return error.what();
    }
    std::vector<Scalar> scalars = before.host.scalars();  // the program keeps them
    scalars.insert(scalars.end(), after->host.scalars().begin(), after->host.scalars().end());
    const std::string out = testing::difference(scalars, whole_->host.scalars());
    return out.empty() ? testing::difference(after->outputs, whole_->outputs) : out;
  }

  Make make_;
  Work work_;
  std::unique_ptr<Run> whole_;
};

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TORCH_TESTING_RESUME_H_
