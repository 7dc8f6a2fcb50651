// What the border between Shoal and a portable plugin costs.
//
//   call/…    the smallest calls there are: the host's progress, a transform's number of columns through its C table
//   kmeans/N  the same fit twice in turn, by lloyd() of the kernels and by clusterer/kmeans behind its table, from the
//             same centroids, of rows that are looked at for NaN and infinities first. `ratio` is the median of the
//             second's time over the first's, pair by pair
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "framework/config/overrides.h"
#include "framework/graph/parameters.h"
#include "framework/plugin/places.h"
#include "framework/plugin/registry.h"
#include "framework/plugin/services.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/lloyd.h"
#include "shoal/testing_points.h"
#include "shoal/transform.h"

namespace {

namespace host = shoal::host;
using shoal::ConstArray;
using shoal::Index;

/// A component of the plugin folders, made from its defaults and what is given.
class Loaded {
 public:
  Loaded(const std::string& id, const std::map<std::string, std::string>& given) : registry_(services_) {
    for (const auto& folder : host::plugin_folders({})) registry_.load_folder(folder);
    const auto found = registry_.find(id);
    if (found.empty()) throw std::runtime_error("there is no " + id + " in the plugin folders");
    std::vector<std::string> said;
    for (const auto& [name, value] : given) said.push_back(name + "=" + value);
    shoal::config::Diagnostics diagnostics;
    const auto source = shoal::config::Source::command_line(said);
    shoal::config::Value with = shoal::config::Value::make_map();
    for (const auto& change : shoal::config::parse_overrides(source, diagnostics))
      with.set(change.written.segments[0].key, change.value, change.written.place);
    parameters_ = host::check_parameters(*found[0].component, &with, {}, ".", diagnostics);
    if (diagnostics.has_errors()) throw std::runtime_error(shoal::config::render(diagnostics));
    instance_ = std::make_unique<host::Instance>(found[0], node_.context(), parameters_->values());
  }

  shoal::Context& context() { return node_.context(); }
  shoal::Object object() const { return shoal::Object(instance_->object()); }

 private:
  host::Services services_{1};
  host::NodeContext node_{services_, 0, nullptr};
  host::Registry registry_;
  std::shared_ptr<const host::Parameters> parameters_;
  std::unique_ptr<host::Instance> instance_;
};

void call_progress(benchmark::State& state) {
  Loaded unit("transform/l2-normalize", {});
  Index i = 0;
  for ([[maybe_unused]] auto turn : state) unit.context().progress(++i, 0);
}
BENCHMARK(call_progress)->Name("call/progress");

void call_columns(benchmark::State& state) {
  Loaded unit("transform/l2-normalize", {});
  const shoal::TransformProxy transform(unit.object(), unit.context());
  for ([[maybe_unused]] auto turn : state) benchmark::DoNotOptimize(transform.columns(64));
}
BENCHMARK(call_columns)->Name("call/columns");

/// Of the processor, not by the clock on the wall: both run on one thread, and others use the machine too.
template <typename Work>
double seconds_of(const Work& work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void fit(benchmark::State& state) {
  constexpr Index kClusters = 20;
  Loaded kmeans("clusterer/kmeans", {{"k", "20"}, {"tol", "0"}, {"max_iter", "20"}, {"duplicates", "keep"}});
  shoal::ClustererProxy clusterer(kmeans.object());
  const shoal::RowMatrix<double> points = shoal::testing::normal_points(1, state.range(0), 50);
  const shoal::RowMatrix<double> first = points.topRows(kClusters);
  const shoal::FitInput input{.features = ConstArray(points), .init = ConstArray(first)};
  const auto directly = [&] {
    shoal::require_features(kmeans.context(), input.features);
    benchmark::DoNotOptimize(
        shoal::kernels::lloyd(kmeans.context(), input.features, {}, first, {.max_iter = 20, .squared_shift = 0}));
  };
  const auto through_the_border = [&] { benchmark::DoNotOptimize(clusterer.fit(kmeans.context(), input)); };
  std::vector<double> direct, border, ratio;
  for ([[maybe_unused]] auto turn : state) {
    const bool first_is_direct = ratio.size() % 2 == 0;  // whoever comes second finds a warm cache
    double d = 0, b = 0;
    if (first_is_direct) d = seconds_of(directly);
    b = seconds_of(through_the_border);
    if (!first_is_direct) d = seconds_of(directly);
    direct.push_back(d), border.push_back(b), ratio.push_back(b / d);
    state.SetIterationTime(d + b);
  }
  state.counters["direct_ms"] = 1e3 * median(direct);
  state.counters["border_ms"] = 1e3 * median(border);
  state.counters["ratio"] = median(ratio);
}
BENCHMARK(fit)->Name("kmeans")->Arg(1000)->Arg(10000)->Arg(60000)->UseManualTime()->Iterations(51);

}  // namespace

BENCHMARK_MAIN();
