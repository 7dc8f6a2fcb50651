#include <gmock/gmock.h>

#include <string>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

shoal::testing::Measured compute(shoal::testing::Host& host, const std::map<std::string, ConstArray>& wired) {
  const shoal::testing::Made metric(host.context(), "metric/inertia");
  return shoal::testing::measure(host.context(), metric.object(), wired);
}

// Two clusters, each of two points 2 apart: every point is 1 from its mean. (10, 9) is noise in one test.
const RowMatrix<float> kPoints{{0, 0}, {0, 2}, {10, 0}, {10, 2}, {10, 9}};

TEST(Inertia, IsMeasuredFromTheMeansWhereNoCentroidsAreGiven) {
  shoal::testing::Host host;
  const Labels labels{3, 3, 8, 8};
  const auto found = compute(host, {{"features", ConstArray(kPoints).slice(0, 4)}, {"labels", ConstArray(labels)}});
  EXPECT_EQ(found.numbers.at("inertia"), 4);
  EXPECT_EQ(found.numbers.at("within_cluster_variance"), 1);
}

TEST(Inertia, IsMeasuredFromTheCentroidsGiven) {  // by hand: 0 + 4 + 0 + 4
  shoal::testing::Host host;
  const Labels labels{1, 1, 0, 0};
  const RowMatrix<double> centroids{{10, 0}, {0, 0}};
  const auto found = compute(host, {{"features", ConstArray(kPoints).slice(0, 4)},
                                    {"labels", ConstArray(labels)},
                                    {"centroids", ConstArray(centroids)}});
  EXPECT_EQ(found.numbers.at("inertia"), 8);
}

TEST(Inertia, LeavesNoiseOutAndSaysSo) {
  shoal::testing::Host host;
  const Labels labels{0, 0, 1, 1, -1};
  const auto found = compute(host, {{"features", ConstArray(kPoints)}, {"labels", ConstArray(labels)}});
  EXPECT_EQ(found.numbers.at("inertia"), 4);
  EXPECT_EQ(found.numbers.at("within_cluster_variance"), 1);
  ASSERT_EQ(host.log().size(), 1u);
  EXPECT_THAT(host.log()[0].text, HasSubstr("1 of 5 examples are noise"));
}

TEST(Inertia, DoesNotLoseADistanceThatIsSmallBesideTheData) {
  // ‖x‖² − 2x·c + ‖c‖² in float64 would be off by some 2⁻⁵²·10¹⁶ ≈ 2; the differences are exact: 2·0.5².
  shoal::testing::Host host;
  const RowMatrix<double> points{{1e8}, {1e8 + 1}};
  const Labels labels{0, 0};
  EXPECT_EQ(compute(host, {{"features", ConstArray(points)}, {"labels", ConstArray(labels)}}).numbers.at("inertia"),
            0.5);
}

TEST(Inertia, WithinAndBetweenAddUpToTheTotalForAnyNumberOfThreads) {
  shoal::Random random(1);
  RowMatrix<float> points(5000, 130);
  for (float& x : points.reshaped()) x = static_cast<float>(random.normal());
  Labels labels(5000);
  for (auto& label : labels) label = random.below(7);
  const Labels one(5000, 0);

  std::vector<double> found;
  for (const int threads : {1, 2, 5}) {
    shoal::testing::Host host({.threads = threads});
    found.push_back(
        compute(host, {{"features", ConstArray(points)}, {"labels", ConstArray(labels)}}).numbers.at("inertia"));
  }
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[0], found[2]);

  const RowMatrix<double> x = points.cast<double>();
  const Eigen::RowVectorXd mean = x.colwise().mean();
  double between = 0;
  for (std::int64_t c = 0; c < 7; ++c) {
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(x.cols());
    double size = 0;
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      if (labels[static_cast<std::size_t>(i)] == c) sum += x.row(i), ++size;
    between += size * (sum / size - mean).squaredNorm();
  }
  shoal::testing::Host host;
  const double total =
      compute(host, {{"features", ConstArray(points)}, {"labels", ConstArray(one)}}).numbers.at("inertia");
  EXPECT_NEAR(found[0] + between, total, 1e-10 * total);
}

TEST(Inertia, SaysWhatIsWrong) {
  shoal::testing::Host host;
  const RowMatrix<double> wide(2, 3), two{{0, 0}, {1, 1}};
  const Labels short_labels{0, 1}, far{0, 1, 2, 0, 0}, low{0, 0, 0, 0, -3}, noise(5, -1);
  const auto with = [&](const Labels& labels, std::map<std::string, ConstArray> more = {}) {
    more.insert({{"features", ConstArray(kPoints)}, {"labels", ConstArray(labels)}});
    return [&host, more] { compute(host, more); };
  };
  EXPECT_THAT(with(short_labels), ThrowsMessage<shoal::InputError>(HasSubstr("of 5 examples, but 'labels' of 2")));
  EXPECT_THAT(with(low), ThrowsMessage<shoal::InputError>(HasSubstr("'labels' hold -3 at row 4")));
  EXPECT_THAT(with(noise), ThrowsMessage<shoal::InputError>(HasSubstr("all 5 examples are noise")));
  EXPECT_THAT(with(far, {{"centroids", ConstArray(two)}}),
              ThrowsMessage<shoal::InputError>(HasSubstr("'labels' reach 2, but there are only 2 centroids")));
  EXPECT_THAT(with(far, {{"centroids", ConstArray(wide)}}),
              ThrowsMessage<shoal::InputError>(HasSubstr("must be (K, 2), but have shape (2, 3)")));
}

TEST(Inertia, RefusesNumbersWhoseSquaresAreInfinite) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  const Labels labels{0, 0, 0, 1, 1, 1, 0, 0};
  shoal::testing::Host host;
  EXPECT_THAT(
      [&] {
        compute(host, {{"features", ConstArray(x)}, {"labels", ConstArray(labels)}});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
  const RowMatrix<double> centroids{{0}, {1e200}};
  EXPECT_THAT(
      [&] {
        compute(host, {{"features", ConstArray(centroids).slice(0, 1)},
                       {"labels", ConstArray(labels).slice(0, 1)},
                       {"centroids", ConstArray(centroids)}});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("centroids hold 1e+200 at row 1, column 0")));
}

}  // namespace
