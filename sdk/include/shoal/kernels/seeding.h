// shoal/kernels/seeding.h: which rows become the first centroids.
#ifndef SHOAL_KERNELS_SEEDING_H_
#define SHOAL_KERNELS_SEEDING_H_

#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The ways to choose k rows, and their names in experiments. "k-means++" is the greedy one, as in scikit-learn.
enum class Seeding { kKMeansPlusPlus, kPlainKMeansPlusPlus, kKMeansParallel, kAfkMc2, kRandom };
inline constexpr std::initializer_list<std::pair<const char*, Seeding>> kSeedings = {
    {"k-means++", Seeding::kKMeansPlusPlus},
    {"plain-k-means++", Seeding::kPlainKMeansPlusPlus},
    {"k-means||", Seeding::kKMeansParallel},
    {"afk-mc2", Seeding::kAfkMc2},
    {"random", Seeding::kRandom}};

/// k rows by one of the functions below. All take weights (N) ≥ 0, empty where all are 1, and never a row of weight 0;
/// the rows depend on features, k, random and weights alone, not on threads or the processor.
///
/// `features` (N, D) finite, 1 ≤ k ≤ N. Throws InputError  fewer than k rows have a weight above 0
std::vector<Index> seed_rows(Seeding method, const Context& context, ConstArray features, Index k, Random random,
                             std::span<const double> weights = {});

/// Greedy k-means++: the first row by weight, then for each centroid 2 + ⌊ln k⌋ candidates drawn by weight · squared
/// distance to the nearest one chosen, of which the one that leaves the least potential stays (the first drawn of
/// equals). A row of weight 0 is never chosen. When every row with a weight coincides with a chosen one, the first row
/// chosen is repeated: only then are two centroids equal. Time O(N·k·D·ln k) at worst, most of it pruned away; memory
/// O(N) and 64 MB at most. Source: Arthur and Vassilvitskii, SODA 2007, section 5 (greedy); candidates as
/// scikit-learn's.
std::vector<Index> greedy_kmeans_plus_plus(const Context& context, ConstArray features, Index k, Random random,
                                           std::span<const double> weights = {});

/// k-means++ as it was first told: each centroid one draw by weight · squared distance to the nearest one chosen.
/// Cheaper than the greedy one, and starts from a higher inertia. Otherwise as greedy_kmeans_plus_plus.
/// Source: Arthur and Vassilvitskii, SODA 2007.
std::vector<Index> plain_kmeans_plus_plus(const Context& context, ConstArray features, Index k, Random random,
                                          std::span<const double> weights = {});

/// k-means||: in five rounds every row is drawn by itself, 2k of them in the mean, in proportion to weight · squared
/// distance; the 10k or so drawn, 20k at most, are seeded by greedy k-means++, each weighted by the rows it is nearest
/// to. For distributed data; here it is dearer than k-means++. Fewer than k rows that differ: as
/// greedy_kmeans_plus_plus. Source: Bahmani, Moseley, Vattani, Kumar, Vassilvitskii, "Scalable k-means++", PVLDB 5
/// (2012) 622–633.
std::vector<Index> kmeans_parallel(const Context& context, ConstArray features, Index k, Random random,
                                   std::span<const double> weights = {});

/// AFK-MC²: each centroid is where a Markov chain of 200 steps towards k-means++'s distribution ends. Two looks at all
/// rows, then O(200·k²·D) whatever N is: for many rows and few centroids. A chain that finds only rows that coincide
/// with chosen ones is replaced by a draw of k-means++ itself.
/// Source: Bachem, Lucic, Hassani, Krause, "Fast and provably good seedings for k-means", NIPS 2016.
std::vector<Index> afk_mc2(const Context& context, ConstArray features, Index k, Random random,
                           std::span<const double> weights = {});

/// k different rows; with weights, as if drawn one after another in proportion to the weights left.
/// Source: Efraimidis and Spirakis, Inf. Proc. Letters 97 (2006): the k least of exponential variates over the weights.
/// Throws InputError  fewer than k rows have a weight above 0
std::vector<Index> random_rows(Index n, Index k, Random random, std::span<const double> weights = {});

/// An index drawn in proportion to `mass` (≥ 0, not all 0) for a uniform number in [0, 1); never one of mass 0.
class Draw {
 public:
  explicit Draw(std::span<const double> mass);
  /// The same where the sum of each block of 1024, in order, is known already.
  Draw(std::span<const double> mass, std::span<const double> blocks);
  Index operator()(double uniform) const;
  double total() const { return total_; }

 private:
  std::span<const double> mass_;
  std::vector<double> before_;  // of each block of 1024: the mass before it
  double total_ = 0;
};

/// The rows `rows` of `features`, as float64 (rows.size(), D).
RowMatrix<double> take_rows(ConstArray features, std::span<const Index> rows);

/// Copies the rows `rows` of `features` to `to` (rows.size(), D), in their dtype, which must be that of `to`.
void copy_rows(const Context& context, ConstArray features, std::span<const Index> rows, MutableArray to);

/// The same into memory of its own.
Array gather(const Context& context, ConstArray features, std::span<const Index> rows);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SEEDING_H_
