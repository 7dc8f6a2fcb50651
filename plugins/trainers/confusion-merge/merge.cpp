#include "merge.h"

#include <bit>
#include <cmath>
#include <limits>

#include "shoal/error.h"

namespace {

using shoal::Index;
using Set = std::uint32_t;  // bit g: group g is in it

constexpr double kImpossible = -std::numeric_limits<double>::infinity();

std::size_t index(Index i) { return static_cast<std::size_t>(i); }

// The gain of every set of groups as one class.
std::vector<double> gains(const shoal::RowMatrix<double>& joint, const Eigen::VectorXd& shares, double balance) {
  const Index g = joint.rows();
  const Eigen::VectorXd degrees = joint.rowwise().sum();
  std::vector<double> out(std::size_t{1} << g, 0);
  for (Set set = 1; set < out.size(); ++set) {
    double within = 0, degree = 0, share = 0;
    for (Index a = 0; a < g; ++a) {
      if ((set >> a & 1) == 0) continue;
      degree += degrees[a];
      share += shares[a];
      for (Index b = 0; b < g; ++b) within += (set >> b & 1) != 0 ? joint(a, b) : 0;
    }
    out[set] = (degree > 0 ? within / degree : 0) + balance * (share > 0 ? -share * std::log(share) : 0);
  }
  return out;
}

}  // namespace

std::vector<Index> average_linkage(const shoal::RowMatrix<double>& similarity, Index groups) {
  const Index k = similarity.rows();
  shoal::require(groups >= 1 && groups <= k, "{} groups are asked for, but there are {} clusters", groups, k);
  shoal::RowMatrix<double> sums = similarity;  // between the groups of which these are the first members
  std::vector<double> members(index(k), 1);
  std::vector<Index> first(index(k));  // the first member of each one's group
  std::vector<Index> left;
  for (Index i = 0; i < k; ++i) first[index(i)] = i, left.push_back(i);
  while (static_cast<Index>(left.size()) > groups) {
    Index a = -1, b = -1;
    double most = kImpossible;
    for (std::size_t i = 0; i < left.size(); ++i)
      for (std::size_t j = i + 1; j < left.size(); ++j) {
        const double mean = sums(left[i], left[j]) / (members[index(left[i])] * members[index(left[j])]);
        if (mean > most || a < 0) most = mean, a = left[i], b = left[j];
      }
    sums.row(a) += sums.row(b).eval();
    sums.col(a) += sums.col(b).eval();
    members[index(a)] += members[index(b)];
    std::erase(left, b);
    for (Index& one : first)
      if (one == b) one = a;
  }
  std::vector<Index> number(index(k), -1), out;
  Index found = 0;
  for (const Index one : first) {
    if (number[index(one)] < 0) number[index(one)] = found++;
    out.push_back(number[index(one)]);
  }
  return out;
}

shoal::RowMatrix<double> sum_by_group(const shoal::RowMatrix<double>& matrix, const std::vector<Index>& group_of,
                                      Index groups) {
  shoal::RowMatrix<double> out = shoal::RowMatrix<double>::Zero(groups, groups);
  for (Index a = 0; a < matrix.rows(); ++a)
    for (Index b = 0; b < matrix.cols(); ++b) out(group_of[index(a)], group_of[index(b)]) += matrix(a, b);
  return out;
}

Partition best_partition(const shoal::RowMatrix<double>& joint, const Eigen::VectorXd& shares, Index classes,
                         double balance) {
  const Index g = joint.rows();
  shoal::require(g <= kMostGroups, "{} groups have too many partitions; {} is the most", g, kMostGroups);
  shoal::require(classes >= 1 && classes <= g, "{} classes are asked for, but there are {} groups", classes, g);
  const std::vector<double> gain = gains(joint, shares, balance);
  const Set all = static_cast<Set>(gain.size() - 1);
  // best[set · (saved + 1) + s]: of the partitions of the set into |set| − s classes; block: the class of its first
  // group.
  const Index saved = g - classes;
  std::vector<double> best(gain.size() * index(saved + 1), kImpossible);
  std::vector<Set> block(best.size(), 0);
  const auto place = [&](Set set, Index s) { return set * index(saved + 1) + index(s); };
  best[place(0, 0)] = 0;
  for (Set set = 1; set <= all; ++set) {
    const Set first = set & (~set + 1), rest = set ^ first;
    for (Set others = rest;; others = (others - 1) & rest) {  // all subsets of the rest, the empty one last
      const Index joined = std::popcount(others);
      for (Index s = joined; s <= saved; ++s) {
        const double j = gain[first | others] + best[place(rest ^ others, s - joined)];
        if (j > best[place(set, s)]) best[place(set, s)] = j, block[place(set, s)] = first | others;
      }
      if (others == 0) break;
    }
  }
  Partition out{.class_of = std::vector<Index>(index(g), 0), .objective = best[place(all, saved)]};
  Index number = 0, s = saved;
  for (Set left = all; left != 0; ++number) {
    const Set here = block[place(left, s)];
    for (Index a = 0; a < g; ++a)
      if ((here >> a & 1) != 0) out.class_of[index(a)] = number;
    s -= std::popcount(here) - 1;
    left ^= here;
  }
  return out;
}
