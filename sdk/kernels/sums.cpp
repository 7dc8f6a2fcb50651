#include "shoal/kernels/sums.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "arithmetic.h"

namespace shoal::kernels {
namespace {

constexpr Index kRunRows = 512;
constexpr Index kChunkRows = 65536;  // grouped together: what is kept beside the sums does not grow with N
constexpr std::size_t kTerms = 1024;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// Rows grouped by a key (a counting sort), each group in the order given and cut into runs.
struct Groups {
  struct Run {
    Index key, from, to;  // a range of `rows`
  };
  std::vector<Index> rows;
  std::vector<Run> runs;  // by key, those of one key in order

  template <typename KeyOf, typename RowOf>
  Groups(Index count, Index keys, KeyOf&& key_of, RowOf&& row_of) : rows(at(count)) {
    std::vector<Index> next(at(keys) + 1, 0);
    for (Index i = 0; i < count; ++i) ++next[at(key_of(i)) + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    for (Index key = 0; key < keys; ++key)
      for (Index from = next[at(key)]; from < next[at(key) + 1]; from += kRunRows)
        runs.push_back({key, from, std::min(next[at(key) + 1], from + kRunRows)});
    for (Index i = 0; i < count; ++i) rows[at(next[at(key_of(i))]++)] = row_of(i);
  }
};

// Whether all numbers are such that float32 holds them.
bool hold_float32(const Context& context, ConstArray features) {
  if (features.dtype() != DType::kFloat64) return true;
  const Rows rows(features);
  std::atomic<bool> out{true};
  context.parallel_for(rows.rows(), kRunRows, [&](Index from, Index to) {
    for (Index i = from; i < to && out; ++i) {
      const double* row = rows.at<double>(i);
      bool same = true;
      for (Index j = 0; j < rows.cols(); ++j) same &= static_cast<double>(static_cast<float>(row[j])) == row[j];
      if (!same) out = false;
    }
  });
  return out;
}

// Σ weight · (row − origin of its cluster), for all clusters.
class Sums {
 public:
  Sums(const Context& context, ConstArray features, Index k, std::span<const double> weights)
      : rows_(features),
        weights_(weights),
        // Numbers of float32 are added as they are: many of them fit into a float64 without rounding. It must be the
        // numbers that decide, not the dtype: the same numbers have the same sums.
        plain_(weights.empty() && hold_float32(context, features)),
        about_{RowMatrix<double>::Zero(k, features.cols()), std::vector<double>(at(k)), std::vector<Index>(at(k))} {
    if (!plain_) origins_ = RowMatrix<double>::Zero(k, features.cols());
  }

  /// Makes each cluster's first row its origin: a common offset costs no accuracy then.
  void take_origins(std::span<const Index> labels) {
    if (plain_) return;
    std::vector<bool> found(at(k()), false);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const Index c = labels[i];
      if (found[at(c)]) continue;
      found[at(c)] = true;
      rows_.copy(static_cast<Index>(i), origins_.row(c).data());
    }
  }

  void clear() {
    about_.sums.setZero();
    std::fill(about_.weights.begin(), about_.weights.end(), 0.0);
    std::fill(about_.counts.begin(), about_.counts.end(), 0);
  }

  void add_all(const Context& context, std::span<const Index> labels) {
    const auto n = static_cast<Index>(labels.size());
    for (Index first = 0; first < n; first += kChunkRows) {
      const Groups groups(
          std::min(kChunkRows, n - first), k(), [&](Index i) { return labels[at(first + i)]; },
          [&](Index i) { return first + i; });
      add(context, groups, [](Index key) { return std::pair(key, 1); });
    }
  }

  /// All rows, as one cluster.
  void add_as_one(const Context& context) {
    for (Index first = 0; first < rows_.rows(); first += kChunkRows) {
      const Groups groups(
          std::min(kChunkRows, rows_.rows() - first), 1, [](Index) { return 0; }, [&](Index i) { return first + i; });
      add(context, groups, [](Index key) { return std::pair(key, 1); });
    }
  }

  void add_changes(const Context& context, std::span<const Relabelled> changed) {
    // Two keys a cluster, 2c for rows that came and 2c + 1 for rows that went.
    const Groups groups(
        2 * static_cast<Index>(changed.size()), 2 * k(),
        [&](Index i) { return i % 2 == 0 ? 2 * changed[at(i / 2)].to : 2 * changed[at(i / 2)].from + 1; },
        [&](Index i) { return changed[at(i / 2)].row; });
    add(context, groups, [](Index key) { return std::pair(key / 2, key % 2 == 0 ? 1 : -1); });
  }

  void take(ClusterSums about, RowMatrix<double> origins) {
    const auto clusters = [](const RowMatrix<double>& m) { return text("({}, {})", m.rows(), m.cols()); };
    require(clusters(about.sums) == clusters(about_.sums) && about.weights.size() == at(k()) &&
                about.counts.size() == at(k()),
            "the saved sums are {}, not {}", clusters(about.sums), clusters(about_.sums));
    require(clusters(origins) == clusters(origins_), "the saved origins of sums are {}, not {}", clusters(origins),
            clusters(origins_));
    about_ = std::move(about);
    origins_ = std::move(origins);
  }

  const RowMatrix<double>& origins() const { return origins_; }
  const ClusterSums& about() const { return about_; }
  ClusterSums take() { return std::move(about_); }
  bool plain() const { return plain_; }
  Index k() const { return about_.sums.rows(); }

 private:
  template <typename ClusterAndSign>
  void add(const Context& context, const Groups& groups, ClusterAndSign&& cluster_and_sign) {
    const auto count = static_cast<Index>(groups.runs.size());
    RowMatrix<double> partial(count, rows_.cols());
    context.parallel_for(count, 1, [&](Index from, Index to) {
      for (Index r = from; r < to; ++r) {
        const Groups::Run& run = groups.runs[at(r)];
        sum_run(std::span(groups.rows).subspan(at(run.from), at(run.to - run.from)), cluster_and_sign(run.key).first,
                partial.row(r).data());
      }
    });
    for (Index r = 0; r < count; ++r) {
      const Groups::Run& run = groups.runs[at(r)];
      const auto [cluster, sign] = cluster_and_sign(run.key);
      if (sign > 0) about_.sums.row(cluster) += partial.row(r);
      else about_.sums.row(cluster) -= partial.row(r);
      double weight = 0;
      Index rows = 0;
      for (Index i = run.from; i < run.to; ++i) {
        weight += weight_of(weights_, groups.rows[at(i)]);
        rows += weight_of(weights_, groups.rows[at(i)]) > 0 ? 1 : 0;
      }
      about_.weights[at(cluster)] += sign * weight;
      about_.counts[at(cluster)] += sign * rows;
      if (about_.counts[at(cluster)] == 0) about_.weights[at(cluster)] = 0;  // not what rounding leaves
    }
  }

  void sum_run(std::span<const Index> members, Index cluster, double* out) const {
    if (plain_) {
      switch (rows_.dtype()) {
        case DType::kFloat64: sum_plain<double>(members, on_.sum_float64, out); break;
        case DType::kFloat32: sum_plain<float>(members, on_.sum_float32, out); break;
        default: sum_plain<std::uint8_t>(members, on_.sum_uint8, out);
      }
      return;
    }
    std::fill_n(out, rows_.cols(), 0.0);
    for (const Index i : members) rows_.add(on_, i, origins_.row(cluster).data(), weight_of(weights_, i), out);
  }
  template <typename Scalar, typename Function>
  void sum_plain(std::span<const Index> members, Function sum, double* out) const {
    const Scalar* rows[kRunRows];
    for (std::size_t i = 0; i < members.size(); ++i) rows[i] = rows_.at<Scalar>(members[i]);
    sum(rows, static_cast<Index>(members.size()), rows_.cols(), out);
  }

  Rows rows_;
  std::span<const double> weights_;
  const Arithmetic& on_ = arithmetic();
  bool plain_;
  RowMatrix<double> origins_;  // (K, D); none where rows are added as they are
  ClusterSums about_;
};

void require_labels(ConstArray features, std::span<const Index> labels, Index k, std::span<const double> weights) {
  require(features.rows() == static_cast<Index>(labels.size()), "needs {} labels, got {}", features.rows(),
          labels.size());
  require(weights.empty() || weights.size() == labels.size(), "needs {} weights, got {}", labels.size(),
          weights.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    require(labels[i] >= 0 && labels[i] < k, "row {} has label {}, but there are {} clusters", i, labels[i], k);
}

void means_from(const Sums& sums, ClusterMeans& out) {
  const ClusterSums& about = sums.about();
  out.means.resize(sums.k(), about.sums.cols());
  out.weights = about.weights;
  out.counts = about.counts;
  for (Index c = 0; c < sums.k(); ++c) {
    const double weight = about.weights[at(c)];
    if (weight > 0) out.means.row(c) = about.sums.row(c) / weight;
    else out.means.row(c).setZero();
    if (weight > 0 && !sums.plain()) out.means.row(c) += sums.origins().row(c);
  }
}

}  // namespace

ClusterSums cluster_sums(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                         std::span<const double> weights) {
  require_labels(features, labels, k, weights);
  Sums sums(context, features, k, weights);
  sums.add_all(context, labels);
  return sums.take();
}

ClusterMeans cluster_means(const Context& context, ConstArray features, std::span<const Index> labels, Index k,
                           std::span<const double> weights) {
  require_labels(features, labels, k, weights);
  Sums sums(context, features, k, weights);
  sums.take_origins(labels);
  sums.add_all(context, labels);
  ClusterMeans out;
  means_from(sums, out);
  return out;
}

Spread spread(const Context& context, ConstArray features, std::span<const double> weights) {
  require(features.rows() > 0, "needs at least 1 row");
  require(weights.empty() || static_cast<Index>(weights.size()) == features.rows(), "needs {} weights, got {}",
          features.rows(), weights.size());
  Sums sums(context, features, 1, weights);
  const Index first = 0;
  sums.take_origins({&first, 1});  // row 0 has label 0
  sums.add_as_one(context);
  ClusterMeans means;
  means_from(sums, means);

  const Rows rows(features);
  const Arithmetic& on = arithmetic();
  const auto block = static_cast<Index>(kTerms);
  std::vector<double> partial(at((rows.rows() + block - 1) / block));
  context.parallel_for(rows.rows(), block, [&](Index from, Index to) {
    std::vector<double> row(at(rows.cols()));
    double sum = 0;
    for (Index i = from; i < to; ++i)
      sum += weight_of(weights, i) * on.squared_distance(rows.read(i, row.data()), means.means.data(), rows.cols());
    partial[at(from / block)] = sum;
  });
  Spread out{.mean = means.means.row(0)};
  for (const double sum : partial) out.sum_of_squares += sum;
  out.mean_variance = out.sum_of_squares / means.weights[0] / static_cast<double>(rows.cols());
  return out;
}

struct RunningMeans::State {
  Sums sums;
  ConstArray features;
  std::span<const double> weights;
  Index updates_since_all = 0;
  bool begun = false;
  ClusterMeans means = {};
};

RunningMeans::RunningMeans(const Context& context, ConstArray features, Index k, std::span<const double> weights)
    : state_(new State{Sums(context, features, k, weights), features, weights}) {}
RunningMeans::~RunningMeans() = default;

const ClusterMeans& RunningMeans::update(const Context& context, std::span<const Index> labels,
                                         std::span<const Relabelled> changed) {
  State& s = *state_;
  if (!s.begun || s.updates_since_all == kUpdates || static_cast<Index>(changed.size()) > s.features.rows() / 3) {
    require_labels(s.features, labels, s.sums.k(), s.weights);
    s.sums.clear();
    s.sums.take_origins(labels);
    s.sums.add_all(context, labels);
    s.begun = true;
    s.updates_since_all = 0;
  } else if (!changed.empty()) {
    s.sums.add_changes(context, changed);
    ++s.updates_since_all;
  }
  means_from(s.sums, s.means);
  return s.means;
}

void RunningMeans::restart() { state_->begun = false; }

RunningMeans::Kept RunningMeans::kept() const {
  const ClusterSums& about = state_->sums.about();
  return {.sums = about.sums,
          .origins = state_->sums.origins(),
          .weights = about.weights,
          .counts = about.counts,
          .updates_since_all = state_->updates_since_all,
          .begun = state_->begun};
}

void RunningMeans::take(Kept kept) {
  state_->sums.take({std::move(kept.sums), std::move(kept.weights), std::move(kept.counts)}, std::move(kept.origins));
  state_->updates_since_all = kept.updates_since_all;
  state_->begun = kept.begun;
}

std::span<const double> require_weights(const std::optional<ConstArray>& weights, Index n) {
  if (!weights) return {};
  const std::span<const double> out = weights->vector<double>();
  require(static_cast<Index>(out.size()) == n, "needs {} weights, got {}", n, out.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    require(std::isfinite(out[i]) && out[i] >= 0, "the weight of row {} is {}, but weights are finite and at least 0",
            i, out[i]);
  require(std::any_of(out.begin(), out.end(), [](double w) { return w > 0; }), "all {} weights are 0", out.size());
  return out;
}

double sum_in_blocks(std::span<const double> values) {
  double out = 0;
  for (std::size_t from = 0; from < values.size(); from += kTerms) {
    double block = 0;
    for (const double value : values.subspan(from, std::min(kTerms, values.size() - from))) block += value;
    out += block;
  }
  return out;
}

}  // namespace shoal::kernels
