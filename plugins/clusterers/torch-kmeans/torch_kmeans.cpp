#include "torch_kmeans.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/min.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/torch/tensor.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

constexpr Index kSumRows = 65536;           // whose sum is made in machine.dtype; such sums are added in float64
constexpr Index kUploadBytes = 16LL << 20;  // of float64 rows on their way to the device

// Rows from `from` on, about the mean. The difference is taken in float64 and rounded once.
void upload(ConstArray features, const at::Tensor& mean, at::Tensor to) {
  const Index step = std::max<Index>(1, kUploadBytes / (8 * features.cols()));
  for (Index from = 0; from < features.rows(); from += step) {
    const Index rows = std::min(step, features.rows() - from);
    const ConstArray block = features.flattened().slice(from, from + rows);
    to.narrow(0, from, rows).copy_(shoal::borrowed_tensor(block).to(at::kDouble) - mean);
  }
}

at::Tensor as_tensor(const Eigen::RowVectorXd& mean) {
  return shoal::borrowed_tensor(ConstArray(mean.data(), {mean.size()}));
}

Index count_empty(std::span<const Index> labels, Index k, std::span<const double> weights) {
  std::vector<bool> used(static_cast<std::size_t>(k), false);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (weights.empty() || weights[i] > 0) used[static_cast<std::size_t>(labels[i])] = true;
  return std::count(used.begin(), used.end(), false);
}

/// Centroids as a product wants them.
struct Operand {
  at::Tensor transposed;     // (D, K)
  at::Tensor squared_norms;  // (K)

  Operand(const at::Tensor& centers, at::ScalarType dtype)
      : transposed(centers.to(dtype).t()), squared_norms(centers.square().sum(1).to(dtype)) {}

  /// The nearest of each row: without ‖x‖², which is the same for all.
  at::Tensor nearest(const at::Tensor& rows) const {
    return std::get<1>(at::min(at::addmm(squared_norms, rows, transposed, 1, -2), 1));
  }
};

}  // namespace

void require_device_name(const std::string& name) {
  const bool numbered = name.size() > 5 && name.size() < 9 && name.starts_with("cuda:") &&
                        std::all_of(name.begin() + 5, name.end(), [](char c) { return c >= '0' && c <= '9'; });
  shoal::require(name == "auto" || name == "cpu" || name == "cuda" || numbered,
                 "there is no device '{}': say auto, cpu, cuda or cuda:1", name);
}

at::Device find_device(const std::string& name) {
  require_device_name(name);
  if (name == "cpu") return at::kCPU;
  const Index devices = at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0;
  if (name == "auto" || name == "cuda") {
    shoal::require(name == "auto" || devices > 0, "device 'cuda' is asked for, but LibTorch sees no CUDA device here");
    return devices > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  }
  const int number = std::stoi(name.substr(5));
  shoal::require(number < devices, "device '{}' is asked for, but LibTorch sees {} CUDA devices here", name, devices);
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(number));
}

Index rows_at_once(const Machine& machine, Index k) {
  // Distances, and where sums are products a matrix of the same size that says who is in which cluster.
  const Index row = k * (machine.dtype == at::kDouble ? 8 : 4) * (machine.sums_by_product ? 2 : 1);
  shoal::require(row <= machine.chunk_bytes, "chunk_bytes is {}, but for k = {} a single row takes {}",
                 machine.chunk_bytes, k, row);
  return machine.chunk_bytes / row;
}

TorchRows::TorchRows(const shoal::Context& context, ConstArray features, std::span<const double> weights,
                     const Eigen::RowVectorXd& mean, const Machine& machine)
    : context_(context),
      features_(features),
      given_weights_(weights),
      mean_(mean),
      machine_(machine),
      rows_(at::empty({features.rows(), features.cols()}, at::TensorOptions(machine.dtype).device(machine.device))) {
  upload(features, as_tensor(mean_), rows_);
  if (weights.empty()) return;
  // Means do not change with the scale of weights, but float32 ends at 1e38.
  const double greatest = *std::max_element(weights.begin(), weights.end());
  const at::Tensor all = shoal::borrowed_tensor(ConstArray(weights.data(), {static_cast<Index>(weights.size()), 1}));
  weights_ = all.div(greatest).to(rows_.options());
}

TorchClusters TorchRows::lloyd(RowMatrix<double> centroids, const TorchStop& stop) const {
  const Index k = centroids.rows();
  TorchClusters out;
  at::Tensor centers = about_mean(centroids), labels;
  while (!out.converged && out.iterations < stop.max_iter) {
    context_.progress(out.iterations++, stop.max_iter, "iterations");
    at::Tensor now = label(centers);
    Sums sums = sum(now, k);
    const bool first = !labels.defined();
    const auto look = [&] {  // the means, and what the host has to know of them
      const at::Tensor empty = sums.weights.eq(0);
      const at::Tensor means = sums.rows / sums.weights.masked_fill(empty, 1).unsqueeze(1);
      const at::Tensor heaviest = means.index_select(0, at::argmax(sums.weights).unsqueeze(0));
      at::Tensor next = at::where(empty.unsqueeze(1), heaviest, means);
      const at::Tensor changed = first ? empty.sum() : now.ne(labels).sum();
      const at::Tensor facts =
          at::stack({(next - centers).square().sum(), empty.sum().to(at::kDouble), changed.to(at::kDouble)});
      return std::pair(std::move(next), facts.to(at::kCPU));
    };
    auto [next, facts] = look();
    const bool moved = facts.const_data_ptr<double>()[1] > 0 && fill_empty(centers, now);
    if (moved) {
      sums = sum(now, k);
      std::tie(next, facts) = look();
    }
    const double* fact = facts.const_data_ptr<double>();
    labels = now;
    if (!first && fact[2] == 0) {  // then the centers already are the means of these labels
      out.converged = true;
    } else {
      centers = next;
      out.converged = fact[0] <= stop.squared_shift && !moved;
    }
  }
  out.centroids = on_host(centers);
  settle(out);
  return out;
}

at::Tensor TorchRows::label(const at::Tensor& centers) const {
  const Operand operand(centers, machine_.dtype);
  const Index n = rows_.size(0), step = rows_at_once(machine_, centers.size(0));
  at::Tensor out = at::empty({n}, rows_.options().dtype(at::kLong));
  for (Index from = 0; from < n; from += step) {
    const Index rows = std::min(step, n - from);
    out.narrow(0, from, rows).copy_(operand.nearest(rows_.narrow(0, from, rows)));
  }
  return out;
}

TorchRows::Sums TorchRows::sum(const at::Tensor& labels, Index k) const {
  const at::TensorOptions wide = rows_.options().dtype(at::kDouble);
  Sums out{at::zeros({k, rows_.size(1)}, wide), at::zeros({k}, wide)};
  const Index n = rows_.size(0), step = machine_.sums_by_product ? rows_at_once(machine_, k) : kSumRows;
  for (Index from = 0; from < n; from += std::min(step, kSumRows)) {
    const Index count = std::min({step, kSumRows, n - from});
    const at::Tensor rows = rows_.narrow(0, from, count), which = labels.narrow(0, from, count);
    const at::Tensor weights = weights_.defined() ? weights_.narrow(0, from, count) : weights_;
    if (machine_.sums_by_product) {
      at::Tensor member = at::zeros({count, k}, rows_.options());
      if (weights.defined()) member.scatter_(1, which.unsqueeze(1), weights);
      else member.scatter_(1, which.unsqueeze(1), 1);
      out.rows += member.t().matmul(rows).to(at::kDouble);
      out.weights += member.sum(at::IntArrayRef{0}, /*keepdim=*/false, at::kDouble);
    } else {
      at::Tensor part = at::zeros({k, rows_.size(1)}, rows_.options());
      out.rows += part.index_add_(0, which, weights.defined() ? rows * weights : rows).to(at::kDouble);
      const at::Tensor ones = weights.defined() ? weights.squeeze(1).to(at::kDouble) : at::zeros({count}, wide).add_(1);
      out.weights.index_add_(0, which, ones);
    }
  }
  return out;
}

// Moves rows to clusters that lost all of theirs; whether there were any.
bool TorchRows::fill_empty(const at::Tensor& centers, at::Tensor& labels) const {
  at::Tensor here = labels.to(at::kCPU).clone();
  const std::span<Index> values(here.mutable_data_ptr<Index>(), static_cast<std::size_t>(here.numel()));
  const RowMatrix<double> centroids = on_host(centers);
  const auto moves =
      shoal::kernels::rows_for_empty_clusters(context_, features_, ConstArray(centroids), values, given_weights_);
  for (const shoal::kernels::Move& move : moves) values[static_cast<std::size_t>(move.row)] = move.to;
  labels = here.to(labels.device());
  return !moves.empty();
}

// Labels of the last centroids as they are on the host, which is where torch_nearest starts from. Where a cluster is
// empty under them its centroid goes to the row farthest from its own, as long as that leaves fewer empty: rows that
// only float64 tells apart may be one to the device.
void TorchRows::settle(TorchClusters& clusters) const {
  const Index k = clusters.centroids.rows();
  clusters.labels = context_.allocate<Index>({features_.rows()});
  const auto labels = clusters.labels.mutable_view();
  for (Index before = k;;) {
    shoal::borrowed_tensor(labels).copy_(label(about_mean(clusters.centroids)));
    const auto moves = shoal::kernels::rows_for_empty_clusters(context_, features_, ConstArray(clusters.centroids),
                                                               clusters.label_values(), given_weights_);
    const Index empty = count_empty(clusters.label_values(), k, given_weights_);
    if (moves.empty() || empty >= before) return;
    before = empty;
    for (const shoal::kernels::Move& move : moves)
      clusters.centroids.row(move.to) = shoal::kernels::take_rows(features_, {&move.row, 1});
  }
}

at::Tensor TorchRows::about_mean(const RowMatrix<double>& centroids) const {
  return (shoal::borrowed_tensor(ConstArray(centroids)) - as_tensor(mean_)).to(machine_.device);
}

RowMatrix<double> TorchRows::on_host(const at::Tensor& centers) const {
  const at::Tensor here = (centers.to(at::kCPU) + as_tensor(mean_)).contiguous();
  return shoal::view(here).matrix<double>();
}

void torch_nearest(const shoal::Context& context, ConstArray features, const RowMatrix<double>& centroids,
                   const Eigen::RowVectorXd& mean, const Machine& machine, std::span<Index> labels) {
  const at::Tensor about = as_tensor(mean);
  const Operand operand((shoal::borrowed_tensor(ConstArray(centroids)) - about).to(machine.device), machine.dtype);
  const Index step = rows_at_once(machine, centroids.rows());
  const at::TensorOptions there = at::TensorOptions(machine.dtype).device(machine.device);
  for (Index from = 0; from < features.rows(); from += step) {
    context.progress(from, features.rows(), "rows");
    const Index count = std::min(step, features.rows() - from);
    const at::Tensor rows = at::empty({count, features.cols()}, there);
    upload(features.slice(from, from + count), about, rows);
    shoal::borrowed_tensor(ConstArray(labels.data() + from, {count})).copy_(operand.nearest(rows));
  }
}
