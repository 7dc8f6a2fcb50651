#include "cluster_ensemble.h"

#include "ensemble.h"

using shoal::Index;

void ClusterEnsemble::run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const shoal::DatasetInfo data = inputs.dataset("data")->info();
  const Index runs = inputs.count("labels"), encoders = inputs.count("encoders");
  shoal::require(runs >= 2, "'labels' needs at least 2 labellings to compare, but {} are wired", runs);
  shoal::require(encoders == 0 || encoders == runs, "{} are wired to 'labels', but {} to 'encoders'", runs, encoders);
  std::vector<shoal::Array> arrays;
  for (Index r = 0; r < runs; ++r) arrays.push_back(shoal::labels_of(inputs, "labels", "data", data.count, r));
  Labellings labellings;
  for (const shoal::Array& array : arrays) labellings.push_back(array.view().vector<std::int64_t>());

  const std::vector<double> agreement = mean_agreement(labellings);
  const std::size_t chosen = medoid(agreement);
  for (std::size_t r = 0; r < agreement.size(); ++r)
    context.scalar("agreement", agreement[r], static_cast<Index>(r) + 1);

  if (params_.combine == Combine::kMedoid) outputs.array("labels", arrays[chosen]);
  else outputs.array("labels", context.copy(vote(labellings, chosen)));
  if (encoders > 0) outputs.encoder("encoder", inputs.encoder("encoders", data.shape, static_cast<Index>(chosen)));
  outputs.number("chosen", static_cast<double>(chosen) + 1);
  outputs.number("best_agreement", agreement[chosen]);
}
