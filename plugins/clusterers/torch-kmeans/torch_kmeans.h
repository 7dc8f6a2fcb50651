#ifndef SHOAL_PLUGINS_CLUSTERERS_TORCH_KMEANS_TORCH_KMEANS_H_
#define SHOAL_PLUGINS_CLUSTERERS_TORCH_KMEANS_TORCH_KMEANS_H_

#include <ATen/core/Tensor.h>

#include <span>
#include <string>

#include "shoal/context.h"
#include "shoal/matrix.h"

/// Where LibTorch computes, in what, and how much of it at once.
struct Machine {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;      ///< kFloat or kDouble: of distances, and of sums within a block of rows
  shoal::Index chunk_bytes = 64LL << 20;  ///< that distances of rows to centroids may take at once
  bool sums_by_product = false;           ///< else by index_add, which on a GPU adds in an order of its own
};

/// Throws InputError unless `name` is "cpu", "cuda", "cuda:1" or another number below 1000, or "auto".
void require_device_name(const std::string& name);

/// The device of that name; "cuda" is the first, "auto" is that where there is one, else the CPU.
/// Throws InputError  as above, or LibTorch sees no such device here
at::Device find_device(const std::string& name);

/// Rows whose distances to k centroids are in memory together.
/// Throws InputError  those of a single row would take more than machine.chunk_bytes (both are named)
shoal::Index rows_at_once(const Machine& machine, shoal::Index k);

/// When to stop.
struct TorchStop {
  shoal::Index max_iter = 300;
  double squared_shift = 0;  ///< Σ ‖new − old centroid‖² is at most this
};

/// Labels and centroids that belong together: each label is what torch_nearest says.
struct TorchClusters {
  shoal::RowMatrix<double> centroids;  ///< (K, D)
  shoal::Array labels;                 ///< (N) int64
  shoal::Index iterations = 0;
  bool converged = false;

  std::span<const shoal::Index> label_values() const { return labels.view().vector<shoal::Index>(); }
};

/// Rows on a device, about `mean`, in its dtype: with the common part taken off, fewer digits of distances cancel.
class TorchRows {
 public:
  /// `features` (N, D) and `weights` (N) or empty are used until the end.
  TorchRows(const shoal::Context& context, shoal::ConstArray features, std::span<const double> weights,
            const Eigen::RowVectorXd& mean, const Machine& machine);

  /// Lloyd's iteration from `centroids` (K, D), with the rules of shoal/kernels/lloyd.h: how iterations are counted,
  /// when it ends, which rows empty clusters take. Distances are ‖c‖² − 2·x·c and sums are LibTorch's: close to
  /// clusterer/kmeans, not equal to it. The host waits for the device once an iteration, and again where a cluster is
  /// empty. Memory on the device: the rows, chunk_bytes or so, 3·K·D float64. Throws Cancelled, InputError as
  /// rows_at_once
  TorchClusters lloyd(shoal::RowMatrix<double> centroids, const TorchStop& stop) const;

 private:
  struct Sums {
    at::Tensor rows, weights;  // (K, D) and (K) float64
  };
  at::Tensor label(const at::Tensor& centers) const;  // (K, D) float64 about the mean → (N) int64
  Sums sum(const at::Tensor& labels, shoal::Index k) const;
  bool fill_empty(const at::Tensor& centers, at::Tensor& labels) const;
  void settle(TorchClusters& clusters) const;
  at::Tensor about_mean(const shoal::RowMatrix<double>& centroids) const;
  shoal::RowMatrix<double> on_host(const at::Tensor& centers) const;

  const shoal::Context& context_;
  shoal::ConstArray features_;
  std::span<const double> given_weights_;
  Eigen::RowVectorXd mean_;
  Machine machine_;
  at::Tensor rows_;     // (N, D)
  at::Tensor weights_;  // (N, 1), at most 1; undefined where all are 1
};

/// The nearest of `centroids` (K, D), as `machine` computes it about `mean`; the lowest of those it finds equal. The
/// rows are sent to the device chunk by chunk, in the chunks in which TorchRows looks at them.
void torch_nearest(const shoal::Context& context, shoal::ConstArray features, const shoal::RowMatrix<double>& centroids,
                   const Eigen::RowVectorXd& mean, const Machine& machine, std::span<shoal::Index> labels);

#endif  // SHOAL_PLUGINS_CLUSTERERS_TORCH_KMEANS_TORCH_KMEANS_H_
