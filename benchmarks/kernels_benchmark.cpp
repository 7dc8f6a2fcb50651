// What share of this machine's peak the kernels reach, on data of MNIST's shapes.
//
//   GFLOP/s, GB/s    the work of the plain algorithm and what it must at least read and write, over the time
//   roofline_share   max(flop / peak, bytes / bandwidth) / time. Bandwidth is measured first and printed; the peak
//                    right before and after each case, as who shares the machine comes and goes. Above 1 where a
//                    kernel leaves out work that the plain algorithm does
//
// Name/dtype/columns/k/threads; e.g. --benchmark_filter='nearest/float32/50/.*/threads:2'.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "framework/plugin/services.h"
#include "machine.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::DType;
using shoal::Index;
using shoal::benchmarks::Peak;

constexpr Index kRows = 60000;

// Rows as an image set has them: around 50 places, in [0, 255]. They are whole numbers, so that they are the same in
// float32 and in uint8.
class Data {
 public:
  explicit Data(Index cols) : bytes_(kRows, cols) {
    shoal::Random random(static_cast<std::uint64_t>(cols));
    shoal::RowMatrix<double> places(50, cols);
    for (Index i = 0; i < places.size(); ++i) places.data()[i] = random.uniform(0, 255);
    for (Index i = 0; i < kRows; ++i) {
      const Index place = random.below(places.rows());
      for (Index j = 0; j < cols; ++j)
        bytes_(i, j) =
            static_cast<std::uint8_t>(std::clamp(std::lround(places(place, j) + 40 * random.normal()), 0L, 255L));
    }
    floats_ = bytes_.cast<float>();
  }
  ConstArray as(DType dtype) const { return dtype == DType::kUInt8 ? ConstArray(bytes_) : ConstArray(floats_); }

  static const Data& with(Index cols) {
    static std::map<Index, Data> made;
    return made.try_emplace(cols, cols).first->second;
  }

 private:
  shoal::RowMatrix<std::uint8_t> bytes_;
  shoal::RowMatrix<float> floats_;
};

struct Case {
  DType dtype;
  Index cols, k;
  int threads;
  Peak peak;

  ConstArray features() const { return Data::with(cols).as(dtype); }
  double feature_bytes() const { return static_cast<double>(kRows * cols * shoal::bytes_of(dtype)); }
  double pairs() const { return static_cast<double>(kRows) * static_cast<double>(k); }
};

/// The plain algorithm's work.
struct Work {
  double flop, bytes;
};

void measure(benchmark::State& state, const Case& c, const Work& work,
             const std::function<void(const Context&)>& call) {
  shoal::host::Services services(c.threads);
  shoal::host::NodeContext node(services, 0, nullptr);
  const double flop_per_s_before = shoal::benchmarks::measure_flop_per_s(c.threads);
  const auto begin = std::chrono::steady_clock::now();
  for ([[maybe_unused]] auto turn : state) call(node.context());
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - begin;
  const double flop_per_s = (flop_per_s_before + shoal::benchmarks::measure_flop_per_s(c.threads)) / 2;
  const double seconds = all.count() / static_cast<double>(state.iterations());
  // Not the library's rates, which it prints as "/s".
  state.counters["GFLOP/s"] = work.flop * 1e-9 / seconds;
  state.counters["GB/s"] = work.bytes * 1e-9 / seconds;
  state.counters["roofline_share"] = std::max(work.flop / flop_per_s, work.bytes / c.peak.byte_per_s) / seconds;
}

void nearest(benchmark::State& state, const Case& c) {
  const ConstArray x = c.features();
  const auto rows = shoal::kernels::random_rows(kRows, c.k, shoal::Random(1));
  const auto centroids = shoal::kernels::take_rows(x, rows);
  std::vector<Index> labels(kRows);
  const Work work{2 * c.pairs() * static_cast<double>(c.cols), c.feature_bytes() + 8.0 * kRows};
  measure(state, c, work, [&](const Context& context) {
    shoal::kernels::nearest(context, x, ConstArray(centroids), shoal::MutableArray(labels));
  });
}

// Labels at random: neighbouring rows are of different clusters, as in shuffled data.
std::vector<Index> random_labels(Index k) {
  shoal::Random random(2);
  std::vector<Index> labels(kRows);
  for (Index& label : labels) label = random.below(k);
  return labels;
}

Work summing(const Case& c) {
  const double sums = static_cast<double>(c.k * c.cols) * sizeof(double);
  return {static_cast<double>(kRows * c.cols), c.feature_bytes() + 8.0 * kRows + sums};
}

void cluster_sums(benchmark::State& state, const Case& c) {
  const auto labels = random_labels(c.k);
  measure(state, c, summing(c), [&](const Context& context) {
    benchmark::DoNotOptimize(shoal::kernels::cluster_sums(context, c.features(), labels, c.k));
  });
}

void cluster_means(benchmark::State& state, const Case& c) {
  const auto labels = random_labels(c.k);
  measure(state, c, summing(c), [&](const Context& context) {
    benchmark::DoNotOptimize(shoal::kernels::cluster_means(context, c.features(), labels, c.k));
  });
}

void greedy_kmeans_plus_plus(benchmark::State& state, const Case& c) {
  const double candidates = 2 + std::floor(std::log(static_cast<double>(c.k)));
  // Each centroid's candidates are compared with all rows, which are read once for all of them.
  const Work work{2 * c.pairs() * candidates * static_cast<double>(c.cols),
                  static_cast<double>(c.k) * c.feature_bytes()};
  measure(state, c, work, [&](const Context& context) {
    benchmark::DoNotOptimize(shoal::kernels::greedy_kmeans_plus_plus(context, c.features(), c.k, shoal::Random(3)));
  });
}

void register_all(const std::map<int, Peak>& peaks) {
  const std::vector<std::pair<std::string, void (*)(benchmark::State&, const Case&)>> kernels = {
      {"nearest", &nearest},
      {"cluster_sums", &cluster_sums},
      {"cluster_means", &cluster_means},
      {"greedy_kmeans_plus_plus", &greedy_kmeans_plus_plus}};
  const std::vector<std::pair<DType, Index>> shapes = {
      {DType::kFloat32, 50}, {DType::kFloat32, 784}, {DType::kUInt8, 784}};
  for (const auto& [name, run] : kernels)
    for (const auto& [dtype, cols] : shapes)
      for (const Index k : {10, 100, 1000})
        for (const auto& [threads, peak] : peaks) {
          const Case c{dtype, cols, k, threads, peak};
          const std::string full = shoal::text("{}/{}/{}/k:{}/threads:{}", name, shoal::name(dtype), cols, k, threads);
          benchmark::RegisterBenchmark(full.c_str(), [run, c](benchmark::State& state) { run(state, c); })
              ->Unit(benchmark::kMillisecond)
              ->UseRealTime();
        }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  std::map<int, Peak> peaks;
  benchmark::AddCustomContext("instruction_set", shoal::benchmarks::instruction_set());
  for (const int threads : {1, 2}) {
    const Peak peak = peaks[threads] = shoal::benchmarks::measure_peak(threads);
    benchmark::AddCustomContext(shoal::text("peak, {} thread(s)", threads),
                                shoal::text("{} GFLOP/s, {} GB/s read", std::round(peak.flop_per_s * 1e-8) / 10,
                                            std::round(peak.byte_per_s * 1e-8) / 10));
  }
  register_all(peaks);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
