#include "pseudo_labels.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "shoal/kernels/agreement.h"

namespace {

constexpr std::int64_t kNoise = -1;

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

std::int64_t PseudoLabels::labelled() const { return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}); }

std::int64_t PseudoLabels::smallest() const { return *std::min_element(sizes.begin(), sizes.end()); }

double PseudoLabels::largest_share() const {
  return static_cast<double>(*std::max_element(sizes.begin(), sizes.end())) / static_cast<double>(labelled());
}

PseudoLabels compact(std::span<const std::int64_t> clusterer_labels) {
  PseudoLabels out;
  std::map<std::int64_t, std::int64_t> number_of;
  out.labels.reserve(clusterer_labels.size());
  for (const std::int64_t given : clusterer_labels) {
    if (given < 0) {
      out.labels.push_back(kNoise);
      continue;
    }
    const auto [entry, is_new] = number_of.try_emplace(given, out.clusters());
    if (is_new) out.sizes.push_back(0);
    ++out.sizes[index(entry->second)];
    out.labels.push_back(entry->second);
  }
  return out;
}

Matched match_to(const PseudoLabels& previous, const PseudoLabels& now) {
  const auto table = shoal::kernels::contingency(previous.labels, now.labels);
  const auto matching = shoal::kernels::match(table);

  std::vector<std::int64_t> partner(index(now.clusters()), kNoise);  // by cluster of now: the previous one
  for (std::size_t row = 0; row < matching.column_of.size(); ++row)
    if (const std::int64_t column = matching.column_of[row]; column >= 0)
      partner[index(table.column_labels[index(column)])] = table.row_labels[row];

  std::vector<std::int64_t> number_of(index(now.clusters()), kNoise);
  std::vector<bool> taken(index(now.clusters()), false);
  for (std::size_t c = 0; c < partner.size(); ++c) {
    if (partner[c] < 0 || partner[c] >= now.clusters()) continue;
    number_of[c] = partner[c];
    taken[index(partner[c])] = true;
  }
  std::size_t free = 0;
  for (std::int64_t& number : number_of) {
    if (number >= 0) continue;
    while (taken[free]) ++free;
    number = static_cast<std::int64_t>(free++);
  }

  Matched out;
  out.now.labels.reserve(now.labels.size());
  out.now.sizes.resize(now.sizes.size());
  for (std::size_t c = 0; c < number_of.size(); ++c) out.now.sizes[index(number_of[c])] = now.sizes[c];
  std::int64_t moved = 0;
  for (std::size_t i = 0; i < now.labels.size(); ++i) {
    const std::int64_t label = now.labels[i];
    const bool stayed =
        label < 0 ? previous.labels[i] < 0 : partner[index(label)] >= 0 && partner[index(label)] == previous.labels[i];
    moved += stayed ? 0 : 1;
    out.now.labels.push_back(label < 0 ? kNoise : number_of[index(label)]);
  }
  out.churn = static_cast<double>(moved) / static_cast<double>(now.labels.size());
  return out;
}

shoal::RowMatrix<double> centroids(shoal::ConstArray features, const PseudoLabels& pseudo) {
  return shoal::visit_matrix(features, [&](const auto& x) {
    shoal::RowMatrix<double> out = shoal::RowMatrix<double>::Zero(pseudo.clusters(), x.cols());
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      if (const std::int64_t label = pseudo.labels[index(i)]; label >= 0)
        out.row(label) += x.row(i).template cast<double>();
    for (Eigen::Index c = 0; c < out.rows(); ++c) out.row(c) /= static_cast<double>(pseudo.sizes[index(c)]);
    return out;
  });
}

double explained_variance(shoal::ConstArray features, const PseudoLabels& pseudo) {
  const shoal::RowMatrix<double> means = centroids(features, pseudo);
  Eigen::VectorXd weights(pseudo.clusters());
  for (Eigen::Index c = 0; c < weights.size(); ++c) weights[c] = static_cast<double>(pseudo.sizes[index(c)]);
  const Eigen::RowVectorXd mean = weights.transpose() * means / weights.sum();
  return shoal::visit_matrix(features, [&](const auto& x) {
    double within = 0;
    double total = 0;
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      const std::int64_t label = pseudo.labels[index(i)];
      if (label < 0) continue;
      const Eigen::RowVectorXd row = x.row(i).template cast<double>();
      within += (row - means.row(label)).squaredNorm();
      total += (row - mean).squaredNorm();
    }
    return total > 0 ? 1 - within / total : 0;
  });
}
