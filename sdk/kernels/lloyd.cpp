#include "shoal/kernels/lloyd.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "bounds_choice.h"
#include "shoal/checkpoint.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();  // as saved

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The inertia of labels under the means of their clusters, without a look at the rows: what they have about their
// common mean, less what the means have.
class InertiaOfMeans {
 public:
  InertiaOfMeans(const Context& context, ConstArray features, std::span<const double> weights)
      : all_(spread(context, features, weights)) {}
  double operator()(const ClusterMeans& clusters) const {
    double between = 0;
    for (Index c = 0; c < clusters.means.rows(); ++c)
      if (const double weight = clusters.weights[static_cast<std::size_t>(c)]; weight > 0)
        between += weight * (clusters.means.row(c) - all_.mean).squaredNorm();
    return all_.sum_of_squares - between;
  }

 private:
  Spread all_;
};

class Lloyd {
 public:
  Lloyd(const Context& context, ConstArray features, std::span<const double> weights, RowMatrix<double> centroids,
        const StopRules& stop, const LloydOptions& options)
      : context_(context),
        features_(features),
        weights_(weights),
        stop_(stop),
        limits_(options.sizes),
        distinct_(options.distinct),
        unit_centroids_(options.unit_centroids),
        out_{.centroids = std::move(centroids), .labels = context.allocate<Index>({features.rows()})},
        labels_(out_.labels.mutable_view().vector<Index>()),
        measured_(distinct_ == nullptr ? features : distinct_->features.view()),
        labels_of_distinct_(distinct_ == nullptr ? 0 : static_cast<std::size_t>(measured_.rows())),
        assignment_(measured_, out_.centroids.rows(), distinct_ == nullptr ? labels_ : labels_of_distinct_),
        means_(context, features, out_.centroids.rows(), weights),
        choice_(options.algorithm, measured_.rows(), features.cols(), out_.centroids.rows()),
        sizes_(static_cast<std::size_t>(out_.centroids.rows())),
        offer_(options.offer) {
    SHOAL_ASSERT(!(unit_centroids_ && stop.inertia_rel) && !(limits_ && (distinct_ || !weights.empty())));
    if (stop.inertia_rel) inertia_ = std::make_unique<InertiaOfMeans>(context, features, weights);
    if (options.from != nullptr) go_on_from(*options.from);
  }

  Clusters run() {
    bool labels_stayed = false, out_of_time = false;
    while (!out_.converged && !out_of_time && out_.iterations < stop_.max_iter) {
      context_.progress(out_.iterations++, stop_.max_iter, "iterations");
      const bool first = assign();
      const bool moved = fill_empty_clusters();
      labels_stayed = !first && !moved && changes_ == 0;
      if (labels_stayed) {  // then the centroids already are the means of these labels, to the last bit
        out_.converged = true;
        break;
      }
      const double changed = first ? 1 : static_cast<double>(changes_) / static_cast<double>(features_.rows());
      out_.converged = take_means(changed) && !moved;
      out_of_time = stop_.max_seconds && seconds() > *stop_.max_seconds;
      if (offer_ && !out_.converged && !out_of_time && out_.iterations < stop_.max_iter)
        offer_(out_.iterations, [this](StateWriter& state) { save(state); });
    }
    if (out_of_time && !out_.converged)
      context_.log(Level::kWarning, "stopped after {} iterations, as max_time of {} s is over", out_.iterations,
                   *stop_.max_seconds);
    if (!labels_stayed) settle();
    out_.how = limits_ ? "labels within size limits" : choice_.summary();
    return std::move(out_);
  }

 private:
  void go_on_from(const LloydState& state) {
    const auto shape = [](const RowMatrix<double>& m) { return text("({}, {})", m.rows(), m.cols()); };
    require(shape(state.centroids) == shape(out_.centroids), "the saved centroids are {}, not {}",
            shape(state.centroids), shape(out_.centroids));
    require(state.labels.size() == labels_.size(), "the saved labels are of {} rows, not {}", state.labels.size(),
            labels_.size());
    out_.centroids = state.centroids;
    out_.iterations = state.iterations;
    std::copy(state.labels.begin(), state.labels.end(), labels_.begin());
    means_.take(state.means);
    last_inertia_ = state.last_inertia;
    seconds_before_ = state.seconds;
    labelled_ = went_on_ = true;
  }

  void save(StateWriter& state) const {
    state.put("centroids", ConstArray(out_.centroids));
    state.put("labels", out_.labels.view());
    const RunningMeans::Kept means = means_.kept();
    state.put("sums", ConstArray(means.sums));
    save_number(state, "has origins", Index{means.origins.rows() > 0});
    if (means.origins.rows() > 0) state.put("sum origins", ConstArray(means.origins));
    state.put("sum weights", ConstArray(means.weights));
    state.put("sum counts", ConstArray(means.counts));
    save_number(state, "sum updates", means.begun ? means.updates_since_all : Index{-1});
    save_number(state, "iterations", out_.iterations);
    save_number(state, "last inertia", last_inertia_.value_or(kNone));
    save_number(state, "seconds", seconds());
  }

  double seconds() const { return seconds_before_ + seconds_since(begin_); }

  // Labels by the centroids as they are; `changed_` are the differences to the labels that the means know.
  bool assign() {
    if (limits_) return assign_within_limits();
    if (went_on_ && !distinct_) before_.assign(labels_.begin(), labels_.end());
    auto pass = assignment_.update(context_, out_.centroids, choice_.bounds(),
                                   many_ || distinct_ ? Changes::kCounted : Changes::kListed);
    choice_.learn(pass);
    const bool first = !std::exchange(labelled_, true);
    if (distinct_) {
      spread_labels(first);
    } else if (went_on_) {
      compare_with_before();
    } else {
      changed_ = std::move(pass.changed);
      changes_ = pass.changes;
    }
    if (many_) means_.restart();
    if (pass.first || many_) count_all();
    else
      for (const Relabelled& c : changed_) count(c.row, c.from, -1), count(c.row, c.to, 1);
    went_on_ = false;
    return first;
  }

  // The changes of a pass that knew of no labels, though there had been some.
  void compare_with_before() {
    changed_.clear();
    changes_ = 0;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (labels_[i] == before_[i]) continue;
      ++changes_;
      if (!many_) changed_.push_back({static_cast<Index>(i), before_[i], labels_[i]});
    }
    before_ = {};
  }

  void count_all() {
    std::fill(sizes_.begin(), sizes_.end(), 0);
    for (std::size_t i = 0; i < labels_.size(); ++i) count(static_cast<Index>(i), labels_[i], 1);
  }

  // Gives every row the label of its kind, and tells what that changed as an Assignment of all rows would.
  void spread_labels(bool first) {
    constexpr Index kRows = 16384;
    std::vector<std::vector<Relabelled>> changed((labels_.size() + kRows - 1) / kRows);
    std::vector<Index> changes(changed.size());
    context_.parallel_for(features_.rows(), kRows, [&](Index from, Index to) {
      const auto chunk = static_cast<std::size_t>(from / kRows);
      for (Index i = from; i < to; ++i) {
        Index& label = labels_[static_cast<std::size_t>(i)];
        const auto kind = static_cast<std::size_t>(distinct_->kind_of_row[static_cast<std::size_t>(i)]);
        const Index now = labels_of_distinct_[kind];
        if (!first && label != now) {
          ++changes[chunk];
          if (!many_) changed[chunk].push_back({i, label, now});
        }
        label = now;
      }
    });
    changed_.clear();
    for (const auto& part : changed) changed_.insert(changed_.end(), part.begin(), part.end());
    changes_ = std::accumulate(changes.begin(), changes.end(), Index{0});
  }

  bool assign_within_limits() {
    const bool first = !std::exchange(labelled_, true);
    before_.assign(labels_.begin(), labels_.end());
    nearest_within_sizes(context_, features_, ConstArray(out_.centroids), *limits_, out_.labels.mutable_view());
    changed_.clear();
    for (std::size_t i = 0; i < labels_.size(); ++i)
      if (!first && labels_[i] != before_[i]) changed_.push_back({static_cast<Index>(i), before_[i], labels_[i]});
    changes_ = static_cast<Index>(changed_.size());
    count_all();
    return first;
  }

  // Whether a row was moved to a cluster that had lost all of its rows.
  bool fill_empty_clusters() {
    if (!has_empty_cluster()) return false;
    const auto moves = rows_for_empty_clusters(context_, features_, ConstArray(out_.centroids), labels_, weights_);
    for (const Move& move : moves) {
      const Index from = labels_[static_cast<std::size_t>(move.row)];
      if (limits_ || distinct_) labels_[static_cast<std::size_t>(move.row)] = move.to;
      else assignment_.relabel(move.row, move.to);
      count(move.row, from, -1), count(move.row, move.to, 1);
      const auto known = std::lower_bound(changed_.begin(), changed_.end(), move.row,
                                          [](const Relabelled& c, Index row) { return c.row < row; });
      if (known != changed_.end() && known->row == move.row) known->to = move.to;
      else changed_.insert(known, {move.row, from, move.to});
    }
    if (!moves.empty()) means_.restart();
    std::erase_if(changed_, [](const Relabelled& c) { return c.from == c.to; });
    return !moves.empty();
  }

  // Rows of weight 0 have a label but do not fill a cluster.
  void count(Index row, Index cluster, Index by) {
    if (weights_.empty() || weights_[static_cast<std::size_t>(row)] > 0)
      sizes_[static_cast<std::size_t>(cluster)] += by;
  }
  bool has_empty_cluster() const { return std::find(sizes_.begin(), sizes_.end(), 0) != sizes_.end(); }

  // Moves the centroids to the means of the labels; whether a rule says stop.
  bool take_means(double changed) {
    const ClusterMeans& found = means_.update(context_, labels_, changed_);
    // All are averaged before an empty cluster takes a copy of the heaviest one's: scikit-learn may copy a sum that is
    // not yet divided, which lies outside of the data.
    const auto heaviest = std::max_element(found.weights.begin(), found.weights.end()) - found.weights.begin();
    double shift = 0, farthest = 0;
    for (Index c = 0; c < out_.centroids.rows(); ++c) {
      const Index from = found.weights[static_cast<std::size_t>(c)] == 0 ? heaviest : c;
      double scale = 1;
      if (unit_centroids_) {
        const double length = found.means.row(from).norm();
        if (length == 0) continue;
        scale = 1 / length;
      }
      const double moved = (scale * found.means.row(from) - out_.centroids.row(c)).squaredNorm();
      shift += moved;
      farthest = std::max(farthest, moved);
      out_.centroids.row(c) = scale * found.means.row(from);
    }
    bool stop = shift <= stop_.squared_shift || (stop_.center_shift && std::sqrt(farthest) <= *stop_.center_shift) ||
                (stop_.changed_labels && changed <= *stop_.changed_labels);
    if (inertia_) {
      const double now = (*inertia_)(found);
      stop = stop || (last_inertia_ && *last_inertia_ - now <= *stop_.inertia_rel * now);
      last_inertia_ = now;
    }
    return stop;
  }

  // Labels of the last centroids. Where a cluster is empty under them, its centroid goes to the row farthest from its
  // own and labels are found again; each round lowers the inertia, so it ends.
  void settle() {
    while (true) {
      assign();
      if (!has_empty_cluster()) return;
      const auto moves = rows_for_empty_clusters(context_, features_, ConstArray(out_.centroids), labels_, weights_);
      if (moves.empty()) return;
      for (const Move& move : moves) out_.centroids.row(move.to) = take_rows(features_, {&move.row, 1});
    }
  }

  const Context& context_;
  ConstArray features_;
  std::span<const double> weights_;
  const StopRules& stop_;
  const std::optional<SizeLimits>& limits_;
  const DistinctRows* distinct_;  // may be null
  bool unit_centroids_;
  Clusters out_;
  std::span<Index> labels_;
  ConstArray measured_;                    // the features, or the distinct rows of them
  std::vector<Index> labels_of_distinct_;  // empty where all rows are measured
  Assignment assignment_;
  RunningMeans means_;
  BoundsChoice choice_;
  bool many_ = features_.rows() > kManyRows;
  Index changes_ = 0;  // rows whose label the last assign() changed
  std::vector<Relabelled> changed_;
  std::vector<Index> sizes_;   // (K) rows with a weight
  std::vector<Index> before_;  // (N) the labels before these; only with limits, or in the pass after going on
  bool labelled_ = false;      // whether a pass has been, of this call or of the one that it goes on from
  bool went_on_ = false;       // whether the next pass is the first after going on
  std::unique_ptr<InertiaOfMeans> inertia_;
  std::optional<double> last_inertia_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double seconds_before_ = 0;
  std::function<void(Index, const std::function<void(StateWriter&)>&)> offer_;
};

}  // namespace

LloydState LloydState::load(const StateReader& state) {
  const auto matrix = [&](const char* name) { return RowMatrix<double>(state.get(name).matrix<double>()); };
  const auto updates = load_number<Index>(state, "sum updates");
  LloydState out{
      .centroids = matrix("centroids"),
      .labels = load_vector<Index>(state, "labels"),
      .means = {.sums = matrix("sums"),
                .origins = load_number<Index>(state, "has origins") == 0 ? RowMatrix<double>() : matrix("sum origins"),
                .weights = load_vector<double>(state, "sum weights"),
                .counts = load_vector<Index>(state, "sum counts"),
                .updates_since_all = std::max<Index>(updates, 0),
                .begun = updates >= 0},
      .iterations = load_number<Index>(state, "iterations"),
      .seconds = load_number<double>(state, "seconds")};
  if (const auto inertia = load_number<double>(state, "last inertia"); !std::isnan(inertia)) out.last_inertia = inertia;
  return out;
}

Clusters lloyd(const Context& context, ConstArray features, std::span<const double> weights,
               RowMatrix<double> centroids, const StopRules& stop, const LloydOptions& options) {
  return Lloyd(context, features, weights, std::move(centroids), stop, options).run();
}

}  // namespace shoal::kernels
