#include "mean_shift.h"

#include <gmock/gmock.h>

#include <map>

#include "../../../tests/reference/density_points.h"
#include "bandwidth.h"
#include "shoal/clusterer.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::centroids_of;
using shoal::testing::density_points;
using shoal::testing::Given;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using shoal::testing::values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<Index>;

shoal::Clustering fit(Host& host, const Given& given, ConstArray features) {
  return shoal::testing::fit(host, "clusterer/mean-shift", given, {.features = features});
}

/// A case's parameters, in scikit-learn's words, as ours.
Given given_of(const nlohmann::json& of) {
  Given out;
  for (const auto& [name, value] : of.items()) {
    if (value.is_boolean()) out[name] = value.get<bool>();
    else if (value.is_number_integer()) out[name] = value.get<int>();
    else out[name] = value.get<double>();
  }
  return out;
}

TEST(MeanShift, HasTheLabelsAndCentersOfScikitLearn) {
  const auto reference = shoal::testing::reference("mean_shift");
  ASSERT_EQ(reference["cases"].size(), 11U);
  for (const auto& c : reference["cases"]) {
    const Index n = c["n"].get<Index>(), columns = c["columns"].get<Index>();
    SCOPED_TRACE(::testing::Message() << columns << " columns, " << c["given"]);
    const RowMatrix<double> points = density_points(n, columns);
    for (const int threads : {1, 3}) {
      Host host({.threads = threads});
      const auto found = fit(host, given_of(c["given"]), ConstArray(points));
      EXPECT_EQ(values(found.labels), c["labels"].get<Labels>());
      EXPECT_EQ(found.iterations, c["iterations"].get<Index>());
      ASSERT_EQ(host.scalars().size(), 1U);  // its sums go the same way but for their order: 12 digits
      EXPECT_NEAR(host.scalars()[0].value / c["bandwidth"].get<double>(), 1, 1e-12);
      ASSERT_EQ(found.clusters, static_cast<Index>(c["centers"].size()));
      for (Index k = 0; k < found.clusters; ++k)
        for (Index j = 0; j < columns; ++j)
          EXPECT_NEAR(centroids_of(found)(k, j), c["centers"][static_cast<std::size_t>(k)][static_cast<std::size_t>(j)],
                      1e-12);
    }
  }
}

// By hand: 0, 1 and 2 draw each other to 1; 10 and 11 meet in the middle; of 3 rows and 2 rows the 3 come first.
TEST(MeanShift, ClimbsToTheMeansOfTwoGroups) {
  const RowMatrix<double> x{{10}, {0}, {11}, {1}, {2}};
  Host host;
  const MeanShift found = mean_shift(host.context(), ConstArray(x), x, 2, 300);
  EXPECT_EQ(found.centers, (RowMatrix<double>{{1}, {10.5}}));
  EXPECT_THAT(found.intensity, ElementsAre(3, 2));
  EXPECT_EQ(found.iterations, 1);
  EXPECT_TRUE(found.converged);
}

// By hand: within 1 of 0 are 0 and 1, whose mean is 0.5, within 1 of which are 0, 1 and 1.5: 5/6; there it stays. Of
// the others 1 ends there at once, and 1.5 by way of 1.25.
TEST(MeanShift, StopsASeedAfterMaxIterShiftsAndOneMore) {
  const RowMatrix<double> x{{0}, {1}, {1.5}}, seed{{0}};
  Host host;
  const auto center = [&](Index max_iter) { return mean_shift(host.context(), ConstArray(x), seed, 1, max_iter); };
  EXPECT_DOUBLE_EQ(center(0).centers(0, 0), 0.5);
  EXPECT_FALSE(center(0).converged);
  EXPECT_DOUBLE_EQ(center(1).centers(0, 0), 2.5 / 3);
  EXPECT_FALSE(center(1).converged);
  EXPECT_EQ(center(2).iterations, 2);
  EXPECT_TRUE(center(2).converged);
}

// By hand: within 1 of 0.4 nothing draws, and of 5 nothing lies near at all.
TEST(MeanShift, LeavesSeedsOutThatNoRowIsNear) {
  const RowMatrix<double> x{{0, 0}, {0, 1}}, seeds{{9, 9}, {0, 0.5}};
  Host host;
  EXPECT_EQ(mean_shift(host.context(), ConstArray(x), seeds, 1, 300).centers, (RowMatrix<double>{{0, 0.5}}));
  const RowMatrix<double> far{{9, 9}};
  EXPECT_THAT([&] { mean_shift(host.context(), ConstArray(x), far, 1, 300); },
              ThrowsMessage<InputError>(HasSubstr("no example is within bandwidth = 1 of any of the 1 seeds")));
}

TEST(MeanShift, EstimatesTheMeanDistanceToAShareOfTheRows) {
  const RowMatrix<double> x{{0}, {1}, {3}, {7}};
  Host host({.threads = 2});
  // By hand, the second nearest with oneself as the first: 1, 1, 2, 4.
  EXPECT_DOUBLE_EQ(estimate_bandwidth(host.context(), x, 0.5), 2);
  EXPECT_DOUBLE_EQ(estimate_bandwidth(host.context(), x, 0.74), 2);
  EXPECT_DOUBLE_EQ(estimate_bandwidth(host.context(), x, 1), (7 + 6 + 4 + 7) / 4.0);
  EXPECT_EQ(estimate_bandwidth(host.context(), x, 0), 0);
  const RowMatrix<double> many = normal_points(1, 3000, 4);
  Host one;
  EXPECT_EQ(estimate_bandwidth(host.context(), many, 0.3), estimate_bandwidth(one.context(), many, 0.3));
}

TEST(MeanShift, EstimatesFromRowsDrawnAtRandom) {
  const RowMatrix<double> x = normal_points(2, 2000, 2);
  const auto bandwidth = [&](std::uint64_t seed, const Given& given) {
    Host host({.seed = seed});
    fit(host, given, ConstArray(x));
    return host.scalars().back().value;
  };
  const double of_all = bandwidth(1, {}), of_some = bandwidth(1, {{"n_samples", 500}});
  EXPECT_EQ(bandwidth(1, {{"n_samples", 500}}), of_some);
  EXPECT_NE(bandwidth(2, {{"n_samples", 500}}), of_some);
  EXPECT_NEAR(of_some / of_all, 1, 0.1);  // 500 of normal points: about 3 % off
  EXPECT_EQ(bandwidth(1, {{"n_samples", 2000}}), of_all);
}

// By hand, cells of 2: 0.9 is nearest to 0, 1 (halfway) to the even crossing 0, 3.1 to 4, and 3 (halfway) to 4.
TEST(MeanShift, StartsFromCrossingsInTheOrderOfRows) {
  const RowMatrix<double> x{{3.1, 0}, {0.9, 0}, {1, 0.5}, {3, -0.1}, {-9, 0}};
  EXPECT_EQ(bin_seeds(ConstArray(x), 2, 1), (RowMatrix<double>{{4, 0}, {0, 0}, {-8, 0}}));
  EXPECT_EQ(bin_seeds(ConstArray(x), 2, 2), (RowMatrix<double>{{4, 0}, {0, 0}}));
  EXPECT_EQ(bin_seeds(ConstArray(x), 2, 3).rows(), 0);
  EXPECT_EQ(bin_seeds(ConstArray(x), 1e-3, 1), x);
}

TEST(MeanShift, PredictsTheFittedLabelsAgainAlsoAfterSaveAndLoad) {
  const RowMatrix<float> x = density_points(500, 3).cast<float>();
  for (const bool all : {true, false}) {
    const Given given{{"bandwidth", 0.3}, {"cluster_all", all}, {"bin_seeding", true}, {"min_bin_freq", 8}};
    Host host({.threads = 2});
    const Made made(host.context(), "clusterer/mean-shift", given),
        other(host.context(), "clusterer/mean-shift", given);
    const Labels fitted =
        values(shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(x)}).labels);
    EXPECT_EQ(std::count(fitted.begin(), fitted.end(), -1) == 0, all);
    shoal::testing::SavedState(host.context(), made.object()).load_into(other.object());
    for (const Made* each : {&made, &other}) {
      Labels again(500);
      shoal::ClustererProxy(each->object()).predict(host.context(), ConstArray(x), shoal::MutableArray(again));
      EXPECT_EQ(again, fitted);
    }
  }
}

TEST(MeanShift, TakesBytesAndFloat32AsTheNumbersTheyAre) {
  const RowMatrix<std::uint8_t> bytes = (normal_points(6, 500, 3).array() * 30 + 128).cast<std::uint8_t>();
  const RowMatrix<float> single = bytes.cast<float>();
  const RowMatrix<double> wide = bytes.cast<double>();
  Host host;
  const Given given{{"bandwidth", 25.0}};
  const auto expected = fit(host, given, ConstArray(wide));
  for (const ConstArray& x : {ConstArray(bytes), ConstArray(single)}) {
    const auto found = fit(host, given, x);
    EXPECT_EQ(values(found.labels), values(expected.labels));
    EXPECT_EQ(centroids_of(found), centroids_of(expected));
  }
}

TEST(MeanShift, SaysWhatIsWrongAndCanBeStopped) {
  const RowMatrix<double> x = normal_points(7, 50, 3), same = RowMatrix<double>::Constant(50, 3, 2);
  Host host;
  const auto given = [&](const Given& parameters, ConstArray features) {
    return [&host, parameters, features] { fit(host, parameters, features); };
  };
  EXPECT_THAT(given({{"bandwidth", 1.0}, {"quantile", 0.2}}, ConstArray(x)),
              ThrowsMessage<InputError>(HasSubstr("the bandwidth, but it is given")));
  EXPECT_THAT(given({{"min_bin_freq", 2}}, ConstArray(x)),
              ThrowsMessage<InputError>("min_bin_freq is for bin_seeding: true"));
  EXPECT_THAT(given({{"n_samples", 51}}, ConstArray(x)),
              ThrowsMessage<InputError>("n_samples is 51 but there are only 50 examples"));
  EXPECT_THAT(given({}, ConstArray(same)), ThrowsMessage<InputError>(HasSubstr("estimated from 50 examples with "
                                                                               "quantile = 0.3 is 0")));
  EXPECT_THAT(given({{"bandwidth", 1.0}, {"bin_seeding", true}, {"min_bin_freq", 51}}, ConstArray(x)),
              ThrowsMessage<InputError>(HasSubstr("no crossing of the grid has 51 examples near it")));
  fit(host, {{"bandwidth", 1e-3}, {"bin_seeding", true}}, ConstArray(x));
  EXPECT_THAT(host.log()[host.log().size() - 2].text, HasSubstr("bin_seeding spares nothing"));

  Labels labels(50);
  const Made unfitted(host.context(), "clusterer/mean-shift");
  EXPECT_THROW(
      shoal::ClustererProxy(unfitted.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(labels)),
      shoal::StateError);
  for (const std::int64_t calls : {0, 2}) {  // in the estimate, and in the shifts
    Host stopped({.cancel_after = calls});
    EXPECT_THROW(fit(stopped, {}, ConstArray(x)), shoal::Cancelled);
    EXPECT_EQ(stopped.live_arrays(), 0);
  }
}

}  // namespace
