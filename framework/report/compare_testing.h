// Runs made by hand, for tests of comparisons.
#ifndef SHOAL_FRAMEWORK_REPORT_COMPARE_TESTING_H_
#define SHOAL_FRAMEWORK_REPORT_COMPARE_TESTING_H_

#include <string>
#include <vector>

#include "framework/report/comparison.h"

namespace shoal::host::testing {

/// A row of a run whose node `kmeans` was fitted in `seconds`.
inline FileRow compared_row(const std::string& backend, const std::string& k, std::int64_t seed, double nmi,
                            double seconds = 1) {
  FileRow out;
  out.settings = {{"backend", backend}, {"k", k}};
  out.seed = seed;
  out.status = "done";
  out.metrics = {{"quality.nmi", nmi}, {"kmeans.inertia", 100 - nmi}, {"kmeans.clusters", 10}};
  out.peak_rss_bytes = 310'000'000;
  FileNode node{.name = "kmeans", .use = "clusterer/" + backend, .status = "ran", .fit_seconds = {seconds}};
  node.data = "6bbc9ace0123… (100, 4) float32";
  node.parameters = {{"k", "10"}, {"max_iter", "100"}, {"tol", "0"}};
  out.nodes = {node};
  return out;
}

/// Two backends, one k, `seeds` seeds; mini is 0.1 below ours but for seed 1, where it is 0.3 below.
inline RunFile two_backends(std::int64_t seeds) {
  RunFile out{.folder = "/runs/toy/one", .name = "toy"};
  out.axes = {"backend", "k"};
  out.report = {"quality.nmi", "kmeans.inertia"};
  out.metrics = {"quality.nmi", "kmeans.inertia", "kmeans.clusters"};
  out.better = {{"quality.nmi", 1}, {"kmeans.inertia", -1}};
  for (const char* backend : {"ours", "mini"})
    for (std::int64_t seed = 0; seed < seeds; ++seed) {
      const double base = 0.5 + 0.01 * static_cast<double>(seed);
      const bool mini = std::string(backend) == "mini";
      out.rows.push_back(
          compared_row(backend, "10", seed, mini ? base - (seed == 1 ? 0.3 : 0.1) : base, mini ? 0.25 : 1));
    }
  out.circumstances = {
      .machine = "cpu", .program = "0.1", .build = "Release", .threads = 2, .device = "cpu", .bench = 5};
  return out;
}

}  // namespace shoal::host::testing

#endif  // SHOAL_FRAMEWORK_REPORT_COMPARE_TESTING_H_
