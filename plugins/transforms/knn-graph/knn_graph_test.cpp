#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <map>

#include "shoal/testing_component.h"
#include "shoal/testing_points.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Given = std::map<std::string, Made::Value>;

/// Neighbours among the rows of `fitted` of those of `queries`; of themselves where there are none.
RowMatrix<Index> graph(Host& host, const Given& given, ConstArray fitted, std::optional<ConstArray> queries = {}) {
  const Made made(host.context(), "transform/knn-graph", given);
  shoal::TransformProxy transform(made.object(), host.context());
  transform.fit(host.context(), fitted);
  return transform.apply(host.context(), queries.value_or(fitted)).view().matrix<Index>();
}

/// By sorting all; `self`: row i of the queries is row i of the points and not its own neighbour.
RowMatrix<Index> brute_force(const RowMatrix<double>& queries, const RowMatrix<double>& points, Index k, bool cosine,
                             bool self) {
  RowMatrix<Index> out(queries.rows(), k);
  for (Index i = 0; i < queries.rows(); ++i) {
    std::vector<std::pair<double, Index>> all;
    for (Index j = 0; j < points.rows(); ++j) {
      const double d = cosine ? 1 - queries.row(i).dot(points.row(j)) / queries.row(i).norm() / points.row(j).norm()
                              : (queries.row(i) - points.row(j)).norm();
      if (!self || i != j) all.push_back({d, j});
    }
    std::sort(all.begin(), all.end());
    for (Index j = 0; j < k; ++j) out(i, j) = all[static_cast<std::size_t>(j)].second;
  }
  return out;
}

TEST(KnnGraph, IsThatOfBruteForce) {
  const RowMatrix<double> x = normal_points(1, 2000, 10), others = normal_points(2, 100, 10);
  for (const bool cosine : {true, false})
    for (const int threads : {1, 3}) {
      Host host({.threads = threads});
      const Given given{{"k", 20}, {"metric", cosine ? "cosine" : "euclidean"}};
      EXPECT_EQ(graph(host, given, ConstArray(x)), brute_force(x, x, 20, cosine, true));
      EXPECT_EQ(graph(host, given, ConstArray(x), ConstArray(others)), brute_force(others, x, 20, cosine, false));
    }
}

TEST(KnnGraph, LeavesOutTheExampleItselfButNotItsDuplicates) {
  const RowMatrix<double> x{{1, 0}, {5, 5}, {1, 0}, {2, 0}, {1, 0}};
  Host host;
  const RowMatrix<Index> plain = graph(host, {{"k", 2}, {"metric", "euclidean"}}, ConstArray(x));
  EXPECT_EQ(plain, (RowMatrix<Index>{{2, 4}, {3, 0}, {0, 4}, {0, 2}, {0, 2}}));
  // By angle {2, 0} is a duplicate too.
  EXPECT_EQ(graph(host, {{"k", 3}}, ConstArray(x)).row(3), (RowMatrix<Index>{{0, 2, 4}}));
  // New examples, though equal to fitted ones, have these as neighbours.
  const RowMatrix<double> two = x.bottomRows(2);
  EXPECT_EQ(graph(host, {{"k", 2}, {"metric", "euclidean"}}, ConstArray(x), ConstArray(two)),
            (RowMatrix<Index>{{3, 0}, {0, 2}}));
}

TEST(KnnGraph, TakesBytesAndSinglesAsTheNumbersTheyAre) {
  shoal::Random random(3);
  RowMatrix<std::uint8_t> bytes(300, 8);
  for (auto& b : bytes.reshaped()) b = static_cast<std::uint8_t>(random.below(256));
  const RowMatrix<float> singles = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  for (const char* metric : {"cosine", "euclidean"}) {
    Host host;
    const RowMatrix<Index> expected = graph(host, {{"k", 5}, {"metric", metric}}, ConstArray(doubles));
    EXPECT_EQ(graph(host, {{"k", 5}, {"metric", metric}}, ConstArray(bytes)), expected);
    EXPECT_EQ(graph(host, {{"k", 5}, {"metric", metric}}, ConstArray(singles)), expected);
  }
}

TEST(KnnGraph, IsTheSameAfterSaveAndLoad) {
  const RowMatrix<double> x = normal_points(4, 60, 4), others = normal_points(5, 7, 4);
  Host host;
  const Made made(host.context(), "transform/knn-graph"), other(host.context(), "transform/knn-graph");
  shoal::TransformProxy transform(made.object(), host.context()), loaded(other.object(), host.context());
  EXPECT_THROW(transform.apply(host.context(), ConstArray(x)), shoal::StateError);
  transform.fit(host.context(), ConstArray(x));
  shoal::testing::SavedState(host.context(), made.object()).load_into(other.object());
  for (const ConstArray& queries : {ConstArray(x), ConstArray(others)})
    EXPECT_EQ(transform.apply(host.context(), queries).view().matrix<Index>(),
              loaded.apply(host.context(), queries).view().matrix<Index>());
}

TEST(KnnGraph, SaysWhatIsWrong) {
  RowMatrix<double> x = normal_points(6, 20, 3);
  const RowMatrix<double> narrow = x.leftCols(2);
  Host host;
  EXPECT_THAT([&] { graph(host, {}, ConstArray(x)); },
              ThrowsMessage<InputError>(HasSubstr("k is 20, but an example has only 19 others")));
  EXPECT_THAT(
      [&] {
        graph(host, {{"k", 3}}, ConstArray(x), ConstArray(narrow));
      },
      ThrowsMessage<InputError>(HasSubstr("expected 3 columns, got 2")));
  x(1, 2) = std::numeric_limits<double>::infinity();
  EXPECT_THAT(
      [&] {
        graph(host, {{"k", 3}}, ConstArray(x));
      },
      ThrowsMessage<InputError>(HasSubstr("an infinity at row 1, column 2")));
}

}  // namespace
