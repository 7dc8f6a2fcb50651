#include "mean_shift.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "shoal/kernels/row_distances.h"
#include "shoal/kernels/within_radius.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

std::string_view bytes_of_row(const double* row, Index cols) {
  return {reinterpret_cast<const char*>(row), at(cols) * sizeof(double)};
}

/// Places of D coordinates, each kept once, by number.
class Places {
 public:
  explicit Places(Index cols) : cols_(cols) {}

  Index number(Eigen::RowVectorXd place) {
    place.array() += 0.0;  // −0 and 0 are one place
    coordinates_.push_back(std::move(place));
    const auto [found, is_new] =
        numbers_.try_emplace(bytes_of_row(coordinates_.back().data(), cols_), static_cast<Index>(numbers_.size()));
    if (!is_new) coordinates_.pop_back();
    return found->second;
  }
  const Eigen::RowVectorXd& operator[](Index place) const { return coordinates_[at(place)]; }
  Index count() const { return static_cast<Index>(coordinates_.size()); }

 private:
  Index cols_;
  std::deque<Eigen::RowVectorXd> coordinates_;  // whose numbers stay where they are, as the keys below look at them
  std::unordered_map<std::string_view, Index> numbers_;
};

/// Where a place is shifted to.
struct Shift {
  Index to = -1;    // −1: not known
  Index rows = 0;   // whose mean that is; 0: there are none
  bool far = true;  // it moves by more than a thousandth of the bandwidth
};

/// The shift of every place that seeds come to.
class Shifts {
 public:
  Shifts(shoal::Context& context, ConstArray features, double bandwidth)
      : context_(context),
        features_(features),
        exact_(shoal::to_float64(features)),
        bandwidth_(bandwidth),
        places_(features.cols()) {}

  Places& places() { return places_; }
  const Shift& of(Index place) const { return shifts_[at(place)]; }

  /// Shifts `wanted` places; returns those that they lead to and that have to be shifted too.
  std::vector<Index> look(const std::vector<Index>& wanted) {
    RowMatrix<double> queries(static_cast<Index>(wanted.size()), features_.cols());
    for (std::size_t q = 0; q < wanted.size(); ++q) queries.row(static_cast<Index>(q)) = places_[wanted[q]];
    RowMatrix<double> sums = RowMatrix<double>::Zero(queries.rows(), queries.cols());
    std::vector<Index> counts(wanted.size());
    shoal::kernels::each_within_radius(context_, ConstArray(queries), features_, bandwidth_,
                                       [&](Index query, std::span<const Index> rows) {
                                         counts[at(query)] += static_cast<Index>(rows.size());
                                         auto sum = sums.row(query);
                                         for (const Index row : rows) sum += exact_.row(row);
                                       });
    std::vector<Index> next;
    for (std::size_t q = 0; q < wanted.size(); ++q) {
      Shift shift{.to = wanted[q], .rows = counts[q]};
      if (shift.rows > 0) {
        const Eigen::RowVectorXd mean = sums.row(static_cast<Index>(q)) / static_cast<double>(shift.rows);
        shift.far = (mean - places_[wanted[q]]).norm() > 1e-3 * bandwidth_;
        shift.to = places_.number(mean);
      }
      shifts_.resize(at(places_.count()));
      shifts_[at(wanted[q])] = shift;
      if (shift.rows > 0 && shift.far) next.push_back(shift.to);
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    std::erase_if(next, [&](Index place) { return of(place).to >= 0; });
    return next;
  }

 private:
  shoal::Context& context_;
  ConstArray features_;
  RowMatrix<double> exact_;
  double bandwidth_;
  Places places_;
  std::vector<Shift> shifts_;
};

bool is_greater(const Eigen::RowVectorXd& a, const Eigen::RowVectorXd& b) {
  return std::lexicographical_compare(b.data(), b.data() + b.size(), a.data(), a.data() + a.size());
}

/// `ends` without those near an earlier one.
std::vector<Index> apart(const Places& places, const std::vector<Index>& ends, Index cols, double bandwidth) {
  RowMatrix<double> sorted(static_cast<Index>(ends.size()), cols);
  for (std::size_t i = 0; i < ends.size(); ++i) sorted.row(static_cast<Index>(i)) = places[ends[i]];
  std::vector<char> near(ends.size(), 0);
  std::vector<double> squares(ends.size());
  std::vector<Index> out;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (near[i]) continue;
    out.push_back(ends[i]);
    const auto row = static_cast<Index>(i);
    shoal::kernels::squared_distances(sorted.row(row).data(), sorted.row(row).data(), sorted.rows() - row, cols,
                                      squares.data());
    for (std::size_t j = i + 1; j < ends.size(); ++j)
      if (squares[j - i] <= bandwidth * bandwidth) near[j] = 1;
  }
  return out;
}

}  // namespace

MeanShift mean_shift(shoal::Context& context, ConstArray features, const RowMatrix<double>& seeds, double bandwidth,
                     Index max_iter) {
  Shifts shifts(context, features, bandwidth);
  Places& places = shifts.places();
  std::vector<Index> starts;
  for (Index s = 0; s < seeds.rows(); ++s) starts.push_back(places.number(seeds.row(s)));
  std::vector<Index> wanted(at(places.count()));
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = static_cast<Index>(i);
  for (Index step = 0; step <= max_iter && !wanted.empty(); ++step) wanted = shifts.look(wanted);

  MeanShift out;
  std::vector<Index> intensity(at(places.count()), 0), ends;
  for (Index place : starts) {
    Index steps = 0;
    while (shifts.of(place).rows > 0 && shifts.of(place).far && steps < max_iter) place = shifts.of(place).to, ++steps;
    out.iterations = std::max(out.iterations, steps);
    const Shift& last = shifts.of(place);
    if (last.rows == 0) continue;  // as of a crossing of the grid that all rows are far from
    out.converged = out.converged && !last.far;
    if (intensity[at(last.to)] == 0) ends.push_back(last.to);
    intensity[at(last.to)] = last.rows;  // of several sets of rows with one mean the last one's, as in scikit-learn
  }
  shoal::require(!ends.empty(), "no example is within bandwidth = {} of any of the {} seeds: take a larger bandwidth",
                 bandwidth, seeds.rows());
  std::sort(ends.begin(), ends.end(), [&](Index a, Index b) {
    return intensity[at(a)] != intensity[at(b)] ? intensity[at(a)] > intensity[at(b)]
                                                : is_greater(places[a], places[b]);
  });
  const std::vector<Index> kept = apart(places, ends, features.cols(), bandwidth);
  out.centers.resize(static_cast<Index>(kept.size()), features.cols());
  for (std::size_t c = 0; c < kept.size(); ++c) {
    out.centers.row(static_cast<Index>(c)) = places[kept[c]];
    out.intensity.push_back(intensity[at(kept[c])]);
  }
  return out;
}

RowMatrix<double> bin_seeds(ConstArray features, double bin_size, Index min_bin_freq) {
  const RowMatrix<double> rows = shoal::to_float64(features);
  Places bins(rows.cols());
  std::vector<Index> counts;
  for (Index i = 0; i < rows.rows(); ++i) {
    const Index bin =
        bins.number((rows.row(i) / bin_size).array().unaryExpr([](double x) { return std::nearbyint(x); }));
    counts.resize(at(bins.count()));
    ++counts[at(bin)];
  }
  const auto kept = std::count_if(counts.begin(), counts.end(), [&](Index count) { return count >= min_bin_freq; });
  if (kept == rows.rows()) return rows;
  RowMatrix<double> out(kept, rows.cols());
  Index next = 0;
  for (Index bin = 0; bin < bins.count(); ++bin)
    if (counts[at(bin)] >= min_bin_freq) out.row(next++) = bins[bin] * bin_size;
  return out;
}
