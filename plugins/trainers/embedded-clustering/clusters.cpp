#include "clusters.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <utility>

#include "shoal/kernels/nearest.h"
#include "soft_assignment.h"

namespace {

using shoal::Index;

constexpr double kCountBefore = 100;
constexpr Index kRowsTogether = 4096;  // for which all differences to centroids are in memory

}  // namespace

SoftClusters::SoftClusters(const at::Tensor& centroids, double alpha)
    : centroids_(centroids.detach().clone().set_requires_grad(true)), alpha_(alpha) {}

void SoftClusters::look(const at::Tensor& embedding) {
  const c10::NoGradGuard no_grad;
  const at::Tensor centers = centroids();
  const at::Tensor q = at::empty({embedding.size(0), centers.size(0)}, at::kFloat);
  for (Index from = 0; from < q.size(0); from += kRowsTogether) {
    const Index rows = std::min(kRowsTogether, q.size(0) - from);
    q.narrow(0, from, rows).copy_(log_soft_assignment(embedding.narrow(0, from, rows), centers, alpha_).exp());
  }
  target_ = target_distribution(q);
}

at::Tensor SoftClusters::loss(const shoal::Context&, const at::Tensor& embedding, const at::Tensor& rows) {
  const at::Tensor target = at::index_select(target_, 0, rows).to(embedding.device());
  return divergence(target, log_soft_assignment(embedding, centroids_, alpha_));
}

HardClusters::HardClusters(shoal::RowMatrix<double> centroids, Index numbers)
    : centroids_(std::move(centroids)),
      counts_(static_cast<std::size_t>(centroids_.rows()), kCountBefore),
      numbers_(static_cast<double>(numbers)) {}

at::Tensor HardClusters::loss(const shoal::Context& context, const at::Tensor& embedding, const at::Tensor&) {
  const at::Tensor fixed = embedding.detach().to(at::kCPU).contiguous();
  const auto z = shoal::view(fixed).matrix<float>();
  std::vector<std::int64_t> labels(static_cast<std::size_t>(z.rows()));
  shoal::kernels::nearest(context, shoal::view(fixed), shoal::ConstArray(centroids_), shoal::MutableArray(labels));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto centroid = centroids_.row(labels[i]);
    centroid +=
        (z.row(static_cast<Index>(i)).cast<double>() - centroid) / ++counts_[static_cast<std::size_t>(labels[i])];
  }
  const at::Tensor which = shoal::borrowed_tensor(shoal::ConstArray(labels));
  const at::Tensor drawn_to = at::index_select(centroids(), 0, which).to(embedding.options());
  return (embedding - drawn_to).square().sum(1).mean() / (2 * numbers_);
}

at::Tensor HardClusters::centroids() const {
  return shoal::borrowed_tensor(shoal::ConstArray(centroids_)).to(at::kFloat);
}

void HardClusters::save(shoal::StateWriter& state) const {
  state.put("centroids", shoal::ConstArray(centroids_));
  state.put("counts", shoal::ConstArray(counts_));
}

void HardClusters::load(const shoal::StateReader& state) {
  const shoal::RowMatrix<double> centroids = state.get("centroids").matrix<double>();
  std::vector<double> counts = shoal::load_vector<double>(state, "counts");
  shoal::require(
      centroids.rows() == centroids_.rows() && centroids.cols() == centroids_.cols() && counts.size() == counts_.size(),
      "the saved state is of {} clusters in {} dimensions, not {} in {}", centroids.rows(), centroids.cols(),
      centroids_.rows(), centroids_.cols());
  centroids_ = centroids;
  counts_ = std::move(counts);
}
