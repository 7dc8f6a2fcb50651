#include "nearest_chosen.h"

#include <gtest/gtest.h>

#include <limits>

#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

template <typename Scalar>
RowMatrix<Scalar> normal_points(std::uint64_t seed, Index n, Index d, double offset = 0, double spread = 1) {
  Random random(seed);
  RowMatrix<Scalar> out(n, d);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < d; ++j)  // the first columns spread most, as principal components do
      out(i, j) = static_cast<Scalar>(offset + spread * random.normal() / std::sqrt(1.0 + static_cast<double>(j) / 8));
  return out;
}

// The definition, word for word; what is chosen is always the candidate of the least potential.
class Plain {
 public:
  template <typename Scalar>
  Plain(const RowMatrix<Scalar>& x, std::span<const double> weights)
      : x_(x.template cast<double>()), weights_(weights), best_(static_cast<std::size_t>(x.rows()), kInfinity) {}

  void choose(Index row) {
    for (std::size_t i = 0; i < best_.size(); ++i) best_[i] = std::min(best_[i], squared_distance(i, row));
  }
  double potential(Index candidate) const {
    double out = 0;
    for (std::size_t from = 0; from < best_.size(); from += 1024) {
      double block = 0;
      for (std::size_t i = from; i < std::min(best_.size(), from + 1024); ++i)
        if (weight(i) > 0) block += weight(i) * std::min(best_[i], squared_distance(i, candidate));
      out += block;
    }
    return out;
  }
  std::vector<double> mass() const {
    std::vector<double> out;
    for (std::size_t i = 0; i < best_.size(); ++i) out.push_back(weight(i) == 0 ? 0 : weight(i) * best_[i]);
    return out;
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  double weight(std::size_t i) const { return weights_.empty() ? 1 : weights_[i]; }
  double squared_distance(std::size_t i, Index other) const {
    double s[8] = {};
    for (Index j = 0; j < x_.cols(); ++j) {
      const double difference = x_(static_cast<Index>(i), j) - x_(other, j);
      s[j % 8] += difference * difference;
    }
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }

  RowMatrix<double> x_;
  std::span<const double> weights_;
  std::vector<double> best_;
};

// `takes` rows after the first, from `trials` candidates each.
template <typename Scalar>
void expect_the_plain_loop(const RowMatrix<Scalar>& x, Index takes, Index trials,
                           std::span<const double> weights = {}) {
  struct Step {
    std::vector<Index> candidates;
    std::vector<double> potentials, mass;
    Index best = 0;
  };
  std::vector<Step> steps;
  Plain plain(x, weights);
  plain.choose(0);
  Random random(99);
  for (Index t = 0; t < takes; ++t) {
    Step& step = steps.emplace_back();
    step.mass = plain.mass();
    for (Index c = 0; c < trials; ++c) {
      step.candidates.push_back(random.below(x.rows()));
      step.potentials.push_back(plain.potential(step.candidates.back()));
    }
    step.best = std::min_element(step.potentials.begin(), step.potentials.end()) - step.potentials.begin();
    plain.choose(step.candidates[static_cast<std::size_t>(step.best)]);
  }
  for (const Isa isa : supported_isas())
    for (const int threads : {1, 3}) {
      SCOPED_TRACE(text("{}, {} threads, {} x {}", name(isa), threads, x.rows(), x.cols()));
      testing::Host host({.threads = threads});
      const ConstArray features(x);
      const Rows rows(features);
      NearestChosen nearest(isa, host.context(), rows, weights, takes);
      nearest.choose_first(0);
      for (const Step& step : steps) {
        ASSERT_TRUE(std::equal(step.mass.begin(), step.mass.end(), nearest.mass().begin()));
        ASSERT_EQ(nearest.draw().total(), Draw(nearest.mass()).total());
        ASSERT_EQ(nearest.potentials(step.candidates), step.potentials);
        nearest.take(step.best);
      }
    }
}

constexpr Index kMany = 2300;            // rows from which on there are sketches
constexpr Index kShort = 6, kLong = 26;  // takes that are worth them, for rows up to 128 numbers and above

TEST(NearestChosen, IsThePlainLoopAroundEveryVectorWidth) {
  for (const Index d : {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65}) {
    expect_the_plain_loop(normal_points<float>(1, kMany, d), kShort, 5);
    expect_the_plain_loop(normal_points<double>(2, 90, d), 3, 4);  // too few for sketches
  }
}

TEST(NearestChosen, IsThePlainLoopForAnyNumberOfCandidates) {
  const auto x = normal_points<double>(3, kMany, 5);
  for (const Index trials : {1, 2, 3, 6, 7, 8, 9, 16, 17, 25}) expect_the_plain_loop(x, kShort, trials);
}

TEST(NearestChosen, IsThePlainLoopOnProjectedRows) {
  expect_the_plain_loop(normal_points<float>(4, kMany, 128), kLong, 5);
  expect_the_plain_loop(normal_points<double>(5, kMany, 131, 1e4), kLong, 3);
  expect_the_plain_loop(normal_points<std::uint8_t>(6, kMany, 150, 128, 30), kLong, 3);
  RowMatrix<float> flat = normal_points<float>(7, kMany, 140);  // fewer dimensions than directions
  flat.rightCols(135).setZero();
  expect_the_plain_loop(flat, kLong, 4);
}

TEST(NearestChosen, IsThePlainLoopOnBytesWeightsAndDuplicates) {
  const auto bytes = normal_points<std::uint8_t>(8, kMany, 20, 128, 30);
  std::vector<double> weights;
  Random random(9);
  for (Index i = 0; i < kMany; ++i) weights.push_back(i % 5 == 0 ? 0 : random.uniform());
  expect_the_plain_loop(bytes, kShort, 6, weights);
  const auto few = normal_points<std::uint8_t>(10, kMany, 2, 2, 1);  // under thirty rows that differ
  expect_the_plain_loop(few, kLong, 4, weights);
  expect_the_plain_loop(normal_points<double>(10, 40, 3), 4, 4, std::span(weights).first(40));
}

TEST(NearestChosen, IsNotMisledByALargeOffset) {
  expect_the_plain_loop(normal_points<float>(11, kMany, 10, 1e4), kShort, 4);
  expect_the_plain_loop(normal_points<double>(12, kMany, 10, 1e9), kShort, 4);
}

TEST(NearestChosen, HoldsAtTheEndsOfTheRangeOfFloat64) {
  for (const double size : {5e-324, 1e-310, 1e-160, 1e-120, 1e-90, 1e-30, 1e30, 1e90, 1e120, 1e150, 1e154, 1e300})
    expect_the_plain_loop(normal_points<double>(13, kMany, 9, 0, size), kShort, 3);
  expect_the_plain_loop(normal_points<float>(14, kMany, 9, 0, 1e-43), kShort, 3);
  RowMatrix<double> outliers = normal_points<double>(15, kMany, 9);
  for (Index i = 5; i < kMany; i += 700) outliers.row(i) *= std::pow(1e30, static_cast<double>(i / 700));
  expect_the_plain_loop(outliers, kShort, 8);
}

TEST(NearestChosen, TakesAllCandidatesAtOnce) {
  const auto x = normal_points<float>(16, kMany, 4);
  const std::vector<Index> candidates{5, 77, 5, 2000, 1033};
  Plain plain(x, {});
  for (const Index row : {0, 5, 77, 2000, 1033}) plain.choose(row);
  testing::Host host;
  const ConstArray features(x);
  const Rows rows(features);
  NearestChosen nearest(best_isa(), host.context(), rows, {}, 10);
  nearest.choose_first(0);
  nearest.potentials(candidates);
  nearest.take_all();
  EXPECT_EQ(std::vector<double>(nearest.mass().begin(), nearest.mass().end()), plain.mass());
  EXPECT_EQ(nearest.draw().total(), Draw(nearest.mass()).total());
}

}  // namespace
}  // namespace shoal::kernels
