#include "fit_progress.h"

#include <utility>

#include "shoal/checkpoint.h"

using shoal::ConstArray;
using shoal::Index;

void FitProgress::finish(shoal::kernels::Clusters found, double inertia) {
  iterations_before += found.iterations;
  if (start == 0 || inertia < least) {
    least = inertia;
    best = std::move(found);
  }
  at_work.reset();
  ++start;
}

void FitProgress::save(shoal::StateWriter& state, const std::function<void(shoal::StateWriter&)>& save_start) const {
  save_start(state);
  save_number(state, "start", start);
  save_number(state, "iterations before", iterations_before);
  if (start == 0) return;
  save_number(state, "least inertia", least);
  save_number(state, "best iterations", best.iterations);
  save_number(state, "best converged", Index{best.converged});
  state.put("best centroids", ConstArray(best.centroids));
  state.put("best labels", best.labels.view());
}

FitProgress FitProgress::load(const shoal::Context& context, const shoal::StateReader& state) {
  FitProgress out{.start = shoal::load_number<Index>(state, "start"),
                  .iterations_before = shoal::load_number<Index>(state, "iterations before"),
                  .best = {},
                  .at_work = shoal::kernels::LloydState::load(state)};
  if (out.start == 0) return out;
  out.least = shoal::load_number<double>(state, "least inertia");
  out.best = {.centroids = state.get("best centroids").matrix<double>(),
              .labels = context.copy(state.get("best labels")),
              .iterations = shoal::load_number<Index>(state, "best iterations"),
              .converged = shoal::load_number<Index>(state, "best converged") != 0};
  return out;
}
