// What the tests of this plugin share.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_HELPERS_TEST_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_HELPERS_TEST_H_

#include <map>
#include <string>
#include <vector>

#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;

using shoal::testing::Given;
using shoal::testing::values;

// `groups` round groups whose centres are 10 apart on a line.
inline RowMatrix<double> groups_on_a_line(std::uint64_t seed, Index n, Index groups) {
  shoal::Random random(seed);
  RowMatrix<double> out(n, 2);
  for (Index i = 0; i < n; ++i) out.row(i) << 10.0 * static_cast<double>(i % groups) + random.normal(), random.normal();
  return out;
}

inline shoal::Clustering fit(Host& host, const Given& given, const shoal::FitInput& input) {
  return shoal::testing::fit(host, "clusterer/minibatch-kmeans", given, input);
}

inline double inertia_of(Host& host, const RowMatrix<double>& x, const shoal::Clustering& found) {
  return shoal::kernels::inertia(host.context(), ConstArray(x), *found.centroids, found.labels.view().vector<Index>());
}

#endif  // SHOAL_PLUGINS_MINIBATCH_KMEANS_HELPERS_TEST_H_
