#include "knn_probe.h"

#include <ATen/ops/empty.h>

#include <cmath>

#include "shoal/kernels/neighbors.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::kernels::Neighbors;

/// exp(cosine / temperature) of rows of length 1, for which ‖x − y‖² = 2 − 2 cos; but for a factor that makes the
/// nearest one's weight 1, so that no power overflows.
std::vector<double> weights_of(const Neighbors& neighbors, double temperature) {
  std::vector<double> out;
  for (std::size_t j = 0; j < neighbors.points.size(); ++j) {
    const std::size_t nearest = j - j % static_cast<std::size_t>(neighbors.k);
    const double farther = (neighbors.squared_distances[j] - neighbors.squared_distances[nearest]) / 2;
    out.push_back(std::exp(-farther / temperature));
  }
  return out;
}

at::Tensor read(Context& context, shoal::Reader& reader, const Examples& examples) {
  at::Tensor out = at::empty({examples.count(), reader.features()}, at::kFloat);
  shoal::read_into(context, reader, examples, out);
  return out;
}

}  // namespace

void KnnProbe::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const Examples train(context, *inputs.dataset("train"));
  const Examples test(context, *inputs.dataset("test"));
  shoal::require(test.shape() == train.shape(), "'test' holds examples of shape {}, but 'train' of {}",
                 shoal::to_string(test.shape()), shoal::to_string(train.shape()));
  const bool given = inputs.has("labels");
  shoal::require(given || train.labels().defined(), "'train' has no labels, and none are wired to 'labels'");
  shoal::require(given || test.labels().defined(), "'test' has no labels to be right about");
  const shoal::Array wired = given ? shoal::labels_of(inputs, "labels", "train", train.count()) : shoal::Array();
  const auto labels = (given ? wired.view() : shoal::view(train.labels())).vector<std::int64_t>();

  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  shoal::Reader reader = shoal::Reader::of(inputs, train.shape(), params_, compute);
  reader.require_room(train.count() + test.count(), sizeof(float) + sizeof(double));  // as read, and as unit rows
  const at::Tensor learnt = read(context, reader, train);
  const at::Tensor judged = read(context, reader, test);
  const shoal::TransformChain transforms(inputs, "transforms");
  const shoal::Array from = transforms.fit_apply(context, shoal::view(learnt));
  const shoal::Array to = transforms.apply(context, shoal::view(judged));
  const shoal::RowMatrix<double> points = shoal::unit_rows(from ? from.view() : shoal::view(learnt));
  const shoal::RowMatrix<double> queries = shoal::unit_rows(to ? to.view() : shoal::view(judged));
  const Neighbors neighbors = shoal::kernels::nearest_neighbors(context, shoal::ConstArray(queries),
                                                                shoal::ConstArray(points), params_.neighbors);
  const std::vector<double> weights =
      params_.temperature > 0 ? weights_of(neighbors, params_.temperature) : std::vector<double>();
  const std::vector<std::int64_t> predicted = shoal::kernels::majority_vote(neighbors, labels, weights);
  outputs.array("predicted", context.copy(predicted));
  if (given) return;
  const auto truth = shoal::view(test.labels()).vector<std::int64_t>();
  Index right = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) right += truth[i] == predicted[i] ? 1 : 0;
  outputs.number("accuracy", static_cast<double>(right) / static_cast<double>(truth.size()));
}
