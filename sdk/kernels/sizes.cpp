// Why the labels found are the best is shown in docs/kernels.md, "Sizes"; the words are the same.
#include "shoal/kernels/sizes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <functional>
#include <queue>
#include <vector>

#include "arithmetic.h"
#include "shoal/kernels/nearest.h"

namespace shoal::kernels {
namespace {

using Cost = std::int64_t;

constexpr Cost kFar = std::numeric_limits<Cost>::max();
constexpr Index kNone = -1;
constexpr std::size_t kFirstList = 16;  // clusters; then 64, 256, …
constexpr Index kBlockRows = 32;
constexpr Index kTile = 64;                   // centroids that stay in a core's cache while a block's rows pass
constexpr std::size_t kRowsPerReport = 4096;  // of whose lists are made between two calls of progress
constexpr Index kPathsPerReport = 256;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

struct Candidate {
  Cost cost;
  Index cluster;
  auto operator<=>(const Candidate&) const = default;
};

/// For each row its cheapest clusters, the cheapest first, of equals the lowest; the others are not yet known.
using Lists = std::vector<std::vector<Candidate>>;

/// What a row costs in a cluster beyond what it costs in its nearest, weight · (d² − least d²), as a whole multiple of
/// a power of two: sums of costs along a path are exact then, and no rounding makes a path seem shorter than it is.
class Costs {
 public:
  Costs(const Context& context, ConstArray features, ConstArray centroids, std::span<const double> least,
        std::span<const double> weights)
      : context_(context), rows_(features), centroids_(to_float64(centroids)), least_(least), weights_(weights) {
    const double greatest = bound();
    const int bits = std::min(52, 60 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(centroids.rows()))));
    exponent_ = greatest > 0 ? bits - 1 - std::ilogb(greatest) : 0;
  }

  /// Makes the lists of `rows` four times as long.
  void lengthen(std::span<const Index> rows, Lists& lists) const {
    context_.parallel_for(static_cast<Index>(rows.size()), kBlockRows, [&](Index from, Index to) {
      const std::vector<double> distance = distances(rows.subspan(at(from), at(to - from)));
      for (Index i = from; i < to; ++i)
        lengthen(rows[at(i)], std::span(distance).subspan(at((i - from) * k()), at(k())), lists[at(rows[at(i)])]);
    });
  }

 private:
  Index k() const { return centroids_.rows(); }

  // From each row to all centroids.
  std::vector<double> distances(std::span<const Index> rows) const {
    const Arithmetic& on = arithmetic();
    std::vector<double> out(rows.size() * at(k())), row(at(rows_.cols()));
    for (Index from = 0; from < k(); from += kTile)
      for (std::size_t i = 0; i < rows.size(); ++i)
        on.squared_distances(rows_.read(rows[i], row.data()), centroids_.row(from).data(), std::min(kTile, k() - from),
                             rows_.cols(), out.data() + i * at(k()) + at(from));
    return out;
  }

  // No cost is above this. A centroid that lies `reach` from the nearest one is at most that much farther away.
  double bound() const {
    const ConstArray centroids(centroids_);
    std::vector<double> from_first(at(k()));
    assigned_distances(context_, centroids, centroids.slice(0, 1), std::vector<Index>(at(k()), 0), from_first);
    const double reach = 2 * std::sqrt(*std::max_element(from_first.begin(), from_first.end()));
    const double rounding = static_cast<double>(rows_.cols() + 8) * 0x1p-51;  // of d², relative
    double out = 0;
    for (std::size_t i = 0; i < least_.size(); ++i) {
      const double near = std::sqrt(least_[i]);
      const double far = near + reach;
      if (weight(i) == 0) continue;
      const double cost = weight(i) * (2 * near * reach + reach * reach + rounding * far * far);
      require(std::isfinite(cost), "the squared distances of row {} are too great for float64", i);
      out = std::max(out, cost);
    }
    return out;
  }

  void lengthen(Index row, std::span<const double> distance, std::vector<Candidate>& list) const {
    std::vector<Candidate> all(distance.size());
    for (std::size_t c = 0; c < all.size(); ++c) {
      const double beyond = weight(at(row)) * (distance[c] - least_[at(row)]);
      all[c] = {std::llround(std::ldexp(beyond, exponent_)), static_cast<Index>(c)};
    }
    const auto end = all.begin() + static_cast<Index>(std::min(all.size(), std::max(kFirstList, 4 * list.size())));
    std::partial_sort(all.begin(), end, all.end());
    list.assign(all.begin(), end);
  }

  double weight(std::size_t i) const { return weights_.empty() ? 1 : weights_[i]; }

  const Context& context_;
  Rows rows_;
  RowMatrix<double> centroids_;
  std::span<const double> least_, weights_;
  int exponent_;
};

/// Exchanges rows between clusters, from nearest labels on, until all sizes fit.
class Exchange {
 public:
  Exchange(const Context& context, const Costs& costs, const SizeLimits& limits, Index k, std::span<Index> labels,
           std::span<const double> weights)
      : context_(context),
        costs_(costs),
        limits_(limits),
        k_(k),
        labels_(labels),
        lists_(labels.size()),
        cost_(labels.size(), 0),
        clusters_(at(k)),
        price_(at(k) + 1, 0) {
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (weights.empty() || weights[i] > 0) enter(static_cast<Index>(i));
  }

  void run() {
    for (const Index surplus : surpluses()) paths_ += std::max<Index>(surplus, 0);
    for (done_ = 0; done_ < paths_; ++done_) {
      if (done_ % kPathsPerReport == 0) report();
      const std::vector<Index> surplus = surpluses();
      const Index end = search(surplus);
      for (const Index node : closed_) price_[at(node)] += reached_[at(end)] - reached_[at(node)];
      follow_path_to(end);
    }
    report();
  }

 private:
  struct Offer {  // of a row to move
    Cost cost;
    Index row;
    auto operator<=>(const Offer&) const = default;
  };
  // The least is in front. An offer is withdrawn late: when it comes to the front and does not hold any more.
  using Offers = std::vector<Offer>;

  struct Edge {
    Index to;
    Cost cost = kFar;    // of the offer in front, which holds; kept here for the search, which reads nothing else
    Offers offers = {};  // what each row would cost more there
  };
  struct Cluster {
    Index size = 0;
    std::vector<Edge> edges = {};  // by `to`; only to where lists lead
    Offers unlisted = {};          // for each row with more clusters than its list has: at least so much more there
  };

  struct Event {
    Cost key;
    enum Kind { kLengthen, kReach } kind;  // in this order: nothing is reached before all that could be nearer is known
    Index node;
    auto operator<=>(const Event&) const = default;
  };

  static void push(Offers& offers, Offer offer) {
    offers.push_back(offer);
    std::push_heap(offers.begin(), offers.end(), std::greater<>());
  }
  static void pop(Offers& offers) {
    std::pop_heap(offers.begin(), offers.end(), std::greater<>());
    offers.pop_back();
  }

  void report() const { context_.progress(done_, paths_, "moves"); }

  /// For each cluster the rows that it has above max or, negative, lacks to min. Last, for the node `k_`, what balances
  /// them: it stands for the freedom that is left, takes rows from clusters below max and gives rows to take from those
  /// above min, at no cost.
  std::vector<Index> surpluses() const {
    std::vector<Index> out(at(k_) + 1, 0);
    for (std::size_t c = 0; c < clusters_.size(); ++c) {
      out[c] = clusters_[c].size - std::clamp(clusters_[c].size, limits_.min, limits_.max);
      out.back() -= out[c];
    }
    return out;
  }

  /// Dijkstra from all nodes with a surplus, along cost − price here + price there ≥ 0, to the nearest node that lacks.
  Index search(const std::vector<Index>& surplus) {
    reached_.assign(price_.size(), kFar);
    came_from_.assign(price_.size(), kNone);
    closed_.clear();
    events_ = {};
    for (Index node = 0; node <= k_; ++node)
      if (surplus[at(node)] > 0) reach(node, 0, kNone);
    while (true) {
      SHOAL_ASSERT(!events_.empty());
      const Event event = events_.top();
      events_.pop();
      if (event.kind == Event::kLengthen) {
        lengthen_lists(event.node);
      } else {
        if (event.key > reached_[at(event.node)]) continue;  // it was reached by a shorter way
        closed_.push_back(event.node);
        if (surplus[at(event.node)] < 0) return event.node;
      }
      leave(event.node);
    }
  }

  void reach(Index node, Cost distance, Index from) {
    SHOAL_ASSERT(from == kNone || distance >= reached_[at(from)]);  // no reduced cost is negative
    if (distance >= reached_[at(node)]) return;
    reached_[at(node)] = distance;
    came_from_[at(node)] = from;
    events_.push({distance, Event::kReach, node});
  }

  void leave(Index node) {
    const Cost start = reached_[at(node)] - price_[at(node)];
    if (node == k_) {
      for (Index c = 0; c < k_; ++c)
        if (clusters_[at(c)].size > limits_.min) reach(c, start + price_[at(c)], node);
      return;
    }
    const Cluster& cluster = clusters_[at(node)];
    for (const Edge& edge : cluster.edges)
      if (edge.cost != kFar) reach(edge.to, start + edge.cost + price_[at(edge.to)], node);
    if (cluster.size < limits_.max) reach(k_, start + price_.back(), node);
    // Nobody knows where the rest of the lists leads; at best to a node of price 0.
    if (const Offer* least = first_unlisted(node))
      events_.push({std::max(start + least->cost, reached_[at(node)]), Event::kLengthen, node});
  }

  /// Each row of the cluster whose list could end too early for its present price.
  void lengthen_lists(Index cluster) {
    std::vector<Index> rows;
    Cost limit = price_[at(cluster)];
    while (const Offer* least = first_unlisted(cluster)) {
      if (rows.empty()) limit = std::max(limit, least->cost) / 8 * 9;  // those to come soon too: a block of rows each
      if (least->cost > limit) break;
      rows.push_back(least->row);
      pop(clusters_[at(cluster)].unlisted);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());  // one that left and came back is there twice
    for (std::size_t from = 0; from < rows.size(); from += kRowsPerReport) {
      const auto part = std::span(rows).subspan(from, std::min(kRowsPerReport, rows.size() - from));
      std::vector<std::size_t> known;
      for (const Index row : part) known.push_back(lists_[at(row)].size());
      costs_.lengthen(part, lists_);
      for (std::size_t i = 0; i < part.size(); ++i) offer(part[i], known[i]);
      report();
    }
  }

  /// The row of a cluster that needs a longer list first, if any.
  const Offer* first_unlisted(Index cluster) {
    Offers& unlisted = clusters_[at(cluster)].unlisted;
    const auto holds = [&](const Offer& offer) {
      return labels_[at(offer.row)] == cluster && !complete(offer.row) && offer.cost == least_unlisted(offer.row);
    };
    while (!unlisted.empty() && !holds(unlisted.front())) pop(unlisted);
    return unlisted.empty() ? nullptr : &unlisted.front();
  }

  bool complete(Index row) const { return lists_[at(row)].size() == clusters_.size(); }
  Cost least_unlisted(Index row) const {
    return (lists_[at(row)].empty() ? 0 : lists_[at(row)].back().cost) - cost_[at(row)];
  }

  void follow_path_to(Index end) {
    struct Move {
      Index from, to;
      Offer offer;
    };
    std::vector<Move> moves;
    for (Index to = end, from = came_from_[at(to)]; from != kNone; to = from, from = came_from_[at(to)])
      if (from != k_ && to != k_) moves.push_back({from, to, edge(from, to).offers.front()});
    for (const Move& move : moves) {
      cost_[at(move.offer.row)] += move.offer.cost;
      labels_[at(move.offer.row)] = move.to;
      --clusters_[at(move.from)].size;
      withdraw_offers(move.from);
      enter(move.offer.row);
    }
  }

  void withdraw_offers(Index cluster) {
    for (Edge& edge : clusters_[at(cluster)].edges) {
      while (!edge.offers.empty() && labels_[at(edge.offers.front().row)] != cluster) pop(edge.offers);
      edge.cost = edge.offers.empty() ? kFar : edge.offers.front().cost;
    }
  }

  /// The row is in the cluster of its label now.
  void enter(Index row) {
    ++clusters_[at(labels_[at(row)])].size;
    offer(row, 0);
  }

  /// Offers the row to the clusters of its list, without the first `known`.
  void offer(Index row, std::size_t known) {
    const Index label = labels_[at(row)];
    for (const Candidate& candidate : std::span(lists_[at(row)]).subspan(known)) {
      if (candidate.cluster == label) continue;
      Edge& there = edge(label, candidate.cluster);
      push(there.offers, {candidate.cost - cost_[at(row)], row});
      there.cost = there.offers.front().cost;
    }
    if (!complete(row)) push(clusters_[at(label)].unlisted, {least_unlisted(row), row});
  }

  Edge& edge(Index from, Index to) {
    std::vector<Edge>& edges = clusters_[at(from)].edges;
    const auto before = [](const Edge& edge, Index cluster) { return edge.to < cluster; };
    auto found = std::lower_bound(edges.begin(), edges.end(), to, before);
    if (found == edges.end() || found->to != to) found = edges.insert(found, {to});
    return *found;
  }

  const Context& context_;
  const Costs& costs_;
  SizeLimits limits_;
  Index k_;
  std::span<Index> labels_;
  Lists lists_;
  std::vector<Cost> cost_;  // of each row where it is now
  std::vector<Cluster> clusters_;
  std::vector<Cost> price_;  // of each node: what it costs to bring one row more from it to where rows lack
  Index done_ = 0, paths_ = 0;
  // Of one search: how far each node is, the node before it, those whose distance is final, and what is to come.
  std::vector<Cost> reached_;
  std::vector<Index> came_from_, closed_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
};

bool keep(const SizeLimits& limits, Index k, std::span<const Index> labels, std::span<const double> weights) {
  std::vector<Index> sizes(at(k), 0);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (weights.empty() || weights[i] > 0) ++sizes[at(labels[i])];
  return std::all_of(sizes.begin(), sizes.end(), [&](Index size) { return limits.min <= size && size <= limits.max; });
}

}  // namespace

SizeLimits balanced_sizes(Index n, Index k) { return {n / k, n / k + (n % k > 0 ? 1 : 0)}; }

void require_possible(const SizeLimits& limits, Index n, Index k) {
  require(limits.min >= 0, "the least size must be at least 0, but is {}", limits.min);
  require(limits.min <= limits.max, "the least size {} is above the greatest size {}", limits.min, limits.max);
  const SizeLimits tightest = balanced_sizes(n, k);
  require(limits.min <= tightest.min, "{} examples are too few for {} clusters of at least {}: at least {} is possible",
          n, k, limits.min, tightest.min);
  require(limits.max >= tightest.max, "{} examples are too many for {} clusters of at most {}: at most {} is possible",
          n, k, limits.max, tightest.max);
}

void nearest_within_sizes(const Context& context, ConstArray features, ConstArray centroids, const SizeLimits& limits,
                          MutableArray labels, std::span<double> squared_distance, std::span<const double> weights) {
  const Index n = features.rows();
  const Index k = centroids.rows();
  require(k >= 1, "needs at least 1 centroid, got 0");
  require(weights.empty() || static_cast<Index>(weights.size()) == n, "needs {} weights, got {}", n, weights.size());
  const auto without = std::count_if(weights.begin(), weights.end(), [](double weight) { return !(weight > 0); });
  require_possible(limits, n - without, k);
  require(squared_distance.empty() || static_cast<Index>(squared_distance.size()) == n, "needs {} distances, got {}", n,
          squared_distance.size());

  std::vector<double> distance(at(n));
  nearest(context, features, centroids, labels, distance);
  const std::span<Index> out = labels.vector<Index>();
  if (keep(limits, k, out, weights)) {
    std::copy_n(distance.begin(), squared_distance.size(), squared_distance.begin());
    return;
  }
  const Costs costs(context, features, centroids, distance, weights);
  Exchange(context, costs, limits, k, out, weights).run();
  if (!squared_distance.empty()) assigned_distances(context, features, centroids, out, squared_distance);
}

}  // namespace shoal::kernels
