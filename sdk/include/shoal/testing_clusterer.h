// shoal/testing_clusterer.h: what tests of clusterers say again and again. Needs GoogleTest.
#ifndef SHOAL_TESTING_CLUSTERER_H_
#define SHOAL_TESTING_CLUSTERER_H_

#include <gmock/gmock.h>

#include <map>
#include <string_view>
#include <vector>

#include "shoal/clusterer.h"
#include "shoal/matrix.h"
#include "shoal/testing_component.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// Parameters over the defaults.
using Given = std::map<std::string, Made::Value>;

inline std::vector<Index> values(const Array& labels) {  ///< (N)
  const auto span = labels.view().vector<Index>();
  return {span.begin(), span.end()};
}
/// (K, D)
inline RowMatrix<double> centroids_of(const Clustering& found) { return found.centroids->view().matrix<double>(); }

/// What `id`, made from `given`, finds in `input`.
inline Clustering fit(Host& host, std::string_view id, const Given& given, const FitInput& input) {
  const Made made(host.context(), id, given);
  return ClustererProxy(made.object()).fit(host.context(), input);
}

/// That `id` refuses finite numbers whose squares are not, by their place: made from each of `given` when it is fitted,
/// and fitted to good rows, made from the first, when it predicts.
inline void expect_squares_must_fit(std::string_view id, const std::vector<Given>& given) {
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}, {-1e200}, {3e200}, {4}, {7}};
  const auto refusal =
      ::testing::ThrowsMessage<InputError>(::testing::HasSubstr("features hold 1e+200 at row 3, column 0"));
  Host host;
  for (const Given& one : given) EXPECT_THAT([&] { fit(host, id, one, {.features = ConstArray(x)}); }, refusal);
  const RowMatrix<double> good = x.topRows(3);
  const Made made(host.context(), id, given.at(0));
  ClustererProxy fitted(made.object());
  fitted.fit(host.context(), {.features = ConstArray(good)});
  std::vector<Index> labels(8);
  EXPECT_THAT([&] { fitted.predict(host.context(), ConstArray(x), MutableArray(labels)); }, refusal);
}

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TESTING_CLUSTERER_H_
