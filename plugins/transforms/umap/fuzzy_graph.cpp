#include "fuzzy_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

using shoal::Index;

namespace {

constexpr double kLeastScale = 1e-3;  // of σ, as a share of a mean distance

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

double membership(double distance, double rho, double sigma) {
  const double beyond = distance - rho;
  return beyond <= 0 || sigma == 0 ? 1 : std::exp(-beyond / sigma);
}

/// As umap-learn does it, so that both find the same σ: from 1, doubled until it is too wide, then halved.
double find_sigma(std::span<const double> distances, double rho, double target) {
  double low = 0, high = std::numeric_limits<double>::infinity(), sigma = 1;
  for (int step = 0; step < 64; ++step) {
    double sum = 0;
    for (const double d : distances) sum += membership(d, rho, sigma);
    if (std::abs(sum - target) < 1e-5) break;
    if (sum > target) high = sigma;
    else low = sigma;
    sigma = std::isinf(high) ? 2 * sigma : (low + high) / 2;
  }
  return sigma;
}

}  // namespace

Bandwidths bandwidths(std::span<const double> distances, Index m, Index n_neighbors, Local local) {
  const Index rows = static_cast<Index>(distances.size()) / m;
  const double target = std::log2(static_cast<double>(n_neighbors));
  const double mean_of_all = std::accumulate(distances.begin(), distances.end(), 0.0) /
                             static_cast<double>(std::max<Index>(1, rows * n_neighbors));
  Bandwidths out;
  for (Index i = 0; i < rows; ++i) {
    const auto row = distances.subspan(at(i * m), at(m));
    const auto nearest = std::find_if(row.begin(), row.end(), [](double d) { return d > 0; });
    const double rho = local == Local::kNone || nearest == row.end() ? 0 : *nearest;
    const double mean = nearest == row.end()
                            ? mean_of_all
                            : std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(n_neighbors);
    out.rho.push_back(rho);
    out.sigma.push_back(std::max(find_sigma(row, rho, target), kLeastScale * mean));
  }
  return out;
}

std::vector<double> memberships(std::span<const double> distances, Index m, const Bandwidths& scales) {
  std::vector<double> out(distances.size());
  for (std::size_t e = 0; e < out.size(); ++e)
    out[e] = membership(distances[e], scales.rho[e / at(m)], scales.sigma[e / at(m)]);
  return out;
}

FuzzyGraph fuzzy_union(std::span<const Index> neighbors, std::span<const double> weights, Index m) {
  const Index n = static_cast<Index>(neighbors.size()) / m;
  using Edge = std::pair<Index, double>;
  std::vector<std::vector<Edge>> incoming(at(n));
  for (Index i = 0; i < n; ++i)
    for (Index e = i * m; e < (i + 1) * m; ++e) incoming[at(neighbors[at(e)])].push_back({i, weights[at(e)]});

  FuzzyGraph out;
  out.first.push_back(0);
  std::vector<Edge> outgoing(at(m));
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < m; ++j) outgoing[at(j)] = {neighbors[at(i * m + j)], weights[at(i * m + j)]};
    std::sort(outgoing.begin(), outgoing.end());
    const std::vector<Edge>& in = incoming[at(i)];
    for (auto a = outgoing.cbegin(), b = in.cbegin(); a != outgoing.cend() || b != in.cend();) {
      const Index to = std::min(a == outgoing.cend() ? n : a->first, b == in.cend() ? n : b->first);
      const double there = a != outgoing.cend() && a->first == to ? (a++)->second : 0;
      const double back = b != in.cend() && b->first == to ? (b++)->second : 0;
      if (const double w = there + back - there * back; w > 0) out.to.push_back(to), out.weight.push_back(w);
    }
    out.first.push_back(static_cast<Index>(out.to.size()));
  }
  return out;
}

Index count_parts(const FuzzyGraph& graph) {
  std::vector<bool> seen(at(graph.size()));
  std::vector<Index> waiting;
  Index parts = 0;
  for (Index start = 0; start < graph.size(); ++start) {
    if (seen[at(start)]) continue;
    ++parts;
    seen[at(start)] = true;
    for (waiting.push_back(start); !waiting.empty();) {
      const Index i = waiting.back();
      waiting.pop_back();
      for (const Index j : graph.neighbors(i))
        if (!seen[at(j)]) seen[at(j)] = true, waiting.push_back(j);
    }
  }
  return parts;
}
