#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "../common/made_component.h"
#include "reference.h"
#include "shapes.h"
#include "shoal/dataset.h"
#include "shoal/plugin.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace {

using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::Values;
using testing::ElementsAre;
using testing::HasSubstr;

// scikit-learn lists class after class, we take one of each in turn: its row of our example i.
void expect_as_reference(const Shapes& shapes, const nlohmann::json& reference, std::int64_t per_class) {
  const auto n = static_cast<std::int64_t>(reference["points"].size());
  for (std::int64_t i = 0; i < n; ++i) {
    const auto row = static_cast<std::size_t>(i % 2 * per_class + i / 2);
    std::vector<double> point(2);
    shapes.point(i, point);
    EXPECT_EQ(shapes.label(i), reference["labels"][row].get<std::int64_t>());
    for (std::size_t d = 0; d < 2; ++d) EXPECT_NEAR(point[d], reference["points"][row][d].get<double>(), 1e-15) << i;
  }
}

TEST(Shapes, MoonsAndRingsAreScikitLearns) {
  const nlohmann::json reference = shoal::testing::reference("synthetic");
  expect_as_reference(Shapes({.kind = Kind::kMoons, .examples = 10, .classes = 2, .noise = 0}, shoal::Random(1)),
                      reference["moons"], 5);
  expect_as_reference(
      Shapes({.kind = Kind::kRings, .examples = 12, .classes = 2, .noise = 0, .factor = reference["rings"]["factor"]},
             shoal::Random(1)),
      reference["rings"], 6);
}

TEST(Shapes, BlobsAreNormalAroundTheirCentres) {
  // 20000 points a blob: the mean of a coordinate has standard error 0.5/√20000 = 0.0035, its deviation 0.0025; 5 of
  // them.
  const ShapeOptions noisy{.examples = 60000, .classes = 3, .features = 2, .noise = 0.5};
  ShapeOptions exact = noisy;
  exact.noise = 0;
  const Shapes points(noisy, shoal::Random(3)), centers(exact, shoal::Random(3));
  for (std::int64_t c = 0; c < 3; ++c) {
    std::vector<double> center(2), point(2);
    centers.point(c, center);
    double sum = 0, squares = 0;
    for (std::int64_t i = c; i < noisy.examples; i += 3) {
      points.point(i, point);
      sum += point[1] - center[1];
      squares += (point[1] - center[1]) * (point[1] - center[1]);
    }
    EXPECT_NEAR(sum / 20000, 0, 0.018);
    EXPECT_NEAR(std::sqrt(squares / 20000), 0.5, 0.0125);
    for (const double coordinate : center) EXPECT_LE(std::abs(coordinate), 10);
  }
}

struct Points {
  std::vector<float> x;
  std::vector<std::int64_t> y;
};
Points all_points(Host& host, const Values& values) {
  MadeComponent made(host, shoal_plugin_v1, "dataset/synthetic", values);
  shoal::DatasetProxy data(made.object());
  data.open(host.context());
  const shoal::Array x = data.examples(host.context()), y = data.labels(host.context());
  const auto labels = y.view().vector<std::int64_t>();
  return {{x.view().data<float>(), x.view().data<float>() + x.size()}, {labels.begin(), labels.end()}};
}

TEST(Synthetic, IsTheSameForAnyNumberOfThreadsAndAnotherForAnotherSeed) {
  Host one({.threads = 1, .seed = 5}), three({.threads = 3, .seed = 5}), other({.threads = 1, .seed = 6});
  const Values values = {{"examples", 5000}, {"features", 3}};
  const Points a = all_points(one, values);
  EXPECT_EQ(a.x, all_points(three, values).x);
  EXPECT_NE(a.x, all_points(other, values).x);
}

TEST(Synthetic, ClassesAreBalancedToOne) {
  Host host;
  std::vector<int> sizes(4);
  for (const std::int64_t label : all_points(host, {{"examples", 1003}, {"classes", 4}}).y)
    ++sizes[static_cast<std::size_t>(label)];
  EXPECT_THAT(sizes, ElementsAre(251, 251, 251, 250));
}

TEST(Synthetic, KeepsItsPointsWhenAnotherNodeOpensItAgain) {
  Host host, another({.seed = 99});
  MadeComponent made(host, shoal_plugin_v1, "dataset/synthetic", {{"dtype", "float64"}});
  shoal::DatasetProxy data(made.object()), borrowed(made.object());
  EXPECT_EQ(data.open(host.context()).dtype, shoal::DType::kFloat64);
  const shoal::Array before = data.examples(host.context());
  borrowed.open(another.context());
  const shoal::Array after = borrowed.examples(another.context());
  EXPECT_EQ(before.view().matrix<double>(), after.view().matrix<double>());
}

TEST(Synthetic, ParametersThatDoNotGoTogetherAreRefused) {
  Host host;
  const auto refusal = [&](const Values& values) -> std::string {
    try {
      MadeComponent(host, shoal_plugin_v1, "dataset/synthetic", values);
    } catch (const shoal::InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal({{"kind", "moons"}, {"classes", 3}}), HasSubstr("moons have 2 classes, not 3"));
  EXPECT_THAT(refusal({{"kind", "rings"}, {"features", 5}}), HasSubstr("2 features, not 5"));
  EXPECT_THAT(refusal({{"examples", 3}, {"classes", 4}}), HasSubstr("3 examples cannot have 4 classes"));
}

TEST(Synthetic, IsReadOnlyWhereThereAreExamplesAndAfterOpen) {
  Host host;
  MadeComponent made(host, shoal_plugin_v1, "dataset/synthetic", {{"examples", 10}});
  const auto* table = made.object().get<shoal_dataset_1>("dataset/1");
  const std::int64_t which = 10;
  std::vector<std::int64_t> label(1);
  const shoal::MutableArray labels(label);
  const shoal_array out = labels.c_array();
  EXPECT_EQ(table->read(made.object().self(), host.context().c_context(), 1, &which, nullptr, &out), SHOAL_E_STATE);
  shoal::DatasetProxy(made.object()).open(host.context());
  EXPECT_EQ(table->read(made.object().self(), host.context().c_context(), 1, &which, nullptr, &out), SHOAL_E_INPUT);
}

}  // namespace
