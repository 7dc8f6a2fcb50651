#include "framework/report/page/cluster_examples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "framework/plugin/services.h"
#include "framework/report/page/data_behind.h"
#include "framework/store/npy_file.h"
#include "shoal/matrix.h"

namespace shoal::host {
namespace {

/// Distances of the members of a cluster to their own centroid and to the nearest other one.
struct Distances {
  std::vector<double> own = {}, other = {};
};

template <typename Matrix>
Distances distances_of(const Matrix& features, const RowMatrix<float>& centroids, const ClusterExamples& chosen) {
  constexpr Index kBlock = 1024;
  Distances out;
  const Eigen::VectorXf norms = centroids.rowwise().squaredNorm();
  RowMatrix<float> block;
  for (std::size_t from = 0; from < chosen.members.size(); from += kBlock) {
    const std::size_t to = std::min(from + kBlock, chosen.members.size());
    block.resize(static_cast<Index>(to - from), features.cols());
    for (std::size_t i = from; i < to; ++i)
      block.row(static_cast<Index>(i - from)) = features.row(chosen.members[i]).template cast<float>();
    const RowMatrix<float> products = block * centroids.transpose();
    for (Index i = 0; i < block.rows(); ++i) {
      const float own_square = block.row(i).squaredNorm();
      double own = 0, other = std::numeric_limits<double>::infinity();
      for (Index c = 0; c < centroids.rows(); ++c) {
        const double square = std::max(0.0F, own_square - 2 * products(i, c) + norms[c]);
        if (c == chosen.cluster) own = std::sqrt(square);
        else other = std::min(other, std::sqrt(square));
      }
      out.own.push_back(own), out.other.push_back(other);
    }
  }
  return out;
}

/// The `most` members with the least `score`, of equals the first.
std::vector<Index> best(const std::vector<Index>& members, const std::vector<double>& score, std::size_t most) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t count = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](std::size_t a, std::size_t b) { return std::pair(score[a], a) < std::pair(score[b], b); });
  std::vector<Index> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(members[order[i]]);
  return out;
}

}  // namespace

std::vector<ClusterExamples> largest_clusters(std::span<const std::int64_t> labels, std::size_t most,
                                              std::size_t& clusters) {
  std::int64_t last = -1;
  for (const std::int64_t label : labels) last = std::max(last, label);
  if (last >= static_cast<std::int64_t>(labels.size()))
    throw std::runtime_error("its labels are no numbers of clusters");
  std::vector<ClusterExamples> out(static_cast<std::size_t>(last + 1));
  for (std::size_t c = 0; c < out.size(); ++c) out[c].cluster = static_cast<std::int64_t>(c);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) out[static_cast<std::size_t>(labels[i])].members.push_back(static_cast<Index>(i));
  std::erase_if(out, [](const ClusterExamples& chosen) { return chosen.members.empty(); });
  clusters = out.size();
  std::stable_sort(out.begin(), out.end(), [](const ClusterExamples& a, const ClusterExamples& b) {
    return a.members.size() > b.members.size();
  });
  if (out.size() > most) out.resize(most);
  return out;
}

void choose_by_distance(const RunFile& run, const ArtifactFile& labels, DataSource& source, std::size_t count,
                        std::vector<ClusterExamples>& clusters) {
  const auto file = labels.file.parent_path() / (labels.node + ".centroids.npy");
  std::error_code error;
  if (!std::filesystem::exists(file, error)) throw std::runtime_error("it gives no centroids");
  Services services(1);
  const Array read = read_npy(file, allocate_in(services));
  const RowMatrix<float> centroids =
      visit_matrix(read.view(), [](const auto& x) -> RowMatrix<float> { return x.template cast<float>(); });
  const SourceRows features = features_behind(run.rows[labels.row], labels.row, labels.node, source);
  if (features.rows.cols() != centroids.cols()) throw std::runtime_error("centroids and features are not of one width");
  for (ClusterExamples& chosen : clusters) {
    if (chosen.members.back() >= features.rows.rows()) throw std::runtime_error("there are fewer features than labels");
    if (chosen.cluster >= centroids.rows()) throw std::runtime_error("there are fewer centroids than clusters");
    const Distances found =
        visit_matrix(features.rows, [&](const auto& x) { return distances_of(x, centroids, chosen); });
    chosen.nearest = best(chosen.members, found.own, count);
    std::vector<double> certainty;  // least where the two distances are nearly one
    for (std::size_t i = 0; i < found.own.size(); ++i)
      certainty.push_back(std::isfinite(found.other[i]) && found.other[i] > 0 ? -found.own[i] / found.other[i] : 0);
    if (centroids.rows() > 1) chosen.uncertain = best(chosen.members, certainty, count);
  }
}

}  // namespace shoal::host
