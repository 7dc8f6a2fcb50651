#include "shoal/kernels/spanning_tree.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "shoal/testing.h"
#include "shoal/testing_points.h"

namespace shoal::kernels {
namespace {

using shoal::testing::Host;

double total(const std::vector<Edge>& edges) {
  double out = 0;
  for (const Edge& edge : edges) out += edge.length;
  return out;
}

/// Kruskal over all pairs.
double total_by_trying_all(const RowMatrix<double>& x, const std::vector<double>& core) {
  std::vector<Edge> pairs;
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < i; ++j)
      pairs.push_back({i, j,
                       std::max({(x.row(i) - x.row(j)).norm(), core[static_cast<std::size_t>(i)],
                                 core[static_cast<std::size_t>(j)]})});
  std::sort(pairs.begin(), pairs.end(), [](const Edge& a, const Edge& b) { return a.length < b.length; });
  Components groups(x.rows());
  double out = 0;
  for (const Edge& pair : pairs) {
    const Index a = groups.find(pair.from), b = groups.find(pair.to);
    if (a == b) continue;
    groups.unite(a, b);
    out += pair.length;
  }
  return out;
}

TEST(SpanningTree, IsAsShortAsKruskals) {
  for (const Index cols : {1, 3, 20}) {
    SCOPED_TRACE(cols);
    const RowMatrix<double> x = testing::normal_points(1, 400, cols);
    std::vector<double> core(400, 0), squared(400);
    Random random(2);
    Host host({.threads = 2});
    EXPECT_NEAR(total(minimum_spanning_tree(host.context(), ConstArray(x))), total_by_trying_all(x, core), 1e-9);
    for (std::size_t i = 0; i < 400; ++i) core[i] = random.uniform(), squared[i] = core[i] * core[i];
    EXPECT_NEAR(total(minimum_spanning_tree(host.context(), ConstArray(x), squared)), total_by_trying_all(x, core),
                1e-9);
  }
}

TEST(SpanningTree, ConnectsAllRowsAndIsTheSameForAnyNumberOfThreads) {
  const RowMatrix<float> x = testing::normal_points(1, 3000, 120).cast<float>();
  std::vector<std::vector<Edge>> found;
  for (const int threads : {1, 2, 5}) {
    Host host({.threads = threads});
    found.push_back(minimum_spanning_tree(host.context(), ConstArray(x)));
  }
  ASSERT_EQ(found[0].size(), 2999u);
  Components groups(3000);
  for (std::size_t i = 0; i < 2999; ++i) {
    EXPECT_NE(groups.find(found[0][i].from), groups.find(found[0][i].to));
    groups.unite(groups.find(found[0][i].from), groups.find(found[0][i].to));
    for (const auto& other : {found[1], found[2]}) {
      EXPECT_EQ(found[0][i].from, other[i].from);
      EXPECT_EQ(found[0][i].to, other[i].to);
      EXPECT_EQ(found[0][i].length, other[i].length);
    }
  }
}

TEST(SpanningTree, TakesTheLowestOfEquallyNearRows) {
  const RowMatrix<double> x{{0}, {1}, {-1}, {2}};
  Host host;
  const std::vector<Edge> found = minimum_spanning_tree(host.context(), ConstArray(x));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].to, 1);
  EXPECT_EQ(found[1].to, 2);
  EXPECT_EQ(found[2].from, 1);
  EXPECT_TRUE(minimum_spanning_tree(host.context(), ConstArray(x).slice(0, 1)).empty());
}

TEST(SpanningTree, CanBeStopped) {
  const RowMatrix<double> x = testing::normal_points(1, 2000, 2);
  Host host({.cancel_after = 2});
  EXPECT_THROW(minimum_spanning_tree(host.context(), ConstArray(x)), Cancelled);
}

}  // namespace
}  // namespace shoal::kernels
