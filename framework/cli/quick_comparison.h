#ifndef SHOAL_FRAMEWORK_CLI_QUICK_COMPARISON_H_
#define SHOAL_FRAMEWORK_CLI_QUICK_COMPARISON_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/config/value.h"
#include "framework/plugin/registry.h"

namespace shoal::cli {

/// A comparison of clusterers on one file, without an experiment of the user's own.
struct QuickComparison {
  std::string data;    ///< a file, or a dataset's name: "mnist"
  std::string labels;  ///< true classes: a second .npy file, or a column or array of `data` by name; "": none
  std::vector<std::string> clusterers;  ///< "kmeans", "python:sklearn.cluster.KMeans"
  std::vector<std::int64_t> k;
  std::optional<std::int64_t> seeds;
  bool same_start = false;  ///< one k-means pass of Shoal's gives all who take it their first centroids
  double timeout_seconds = 0;
};

/// The experiment that makes it, as a file would say it: a node `points`, a node `groups` whose component and k vary,
/// and a node `quality` where there are labels.
/// Throws InputError  a file that is not there or of no kind that a dataset reads, a clusterer that is not there (with
///                    the nearest), no k where one is needed
config::Value experiment_of(const QuickComparison& wanted, const host::Registry& registry);

/// Writes the experiment to runs/<name>.yaml, or <name>-2.yaml … where another one is there already; returns its path.
std::filesystem::path write_experiment(const config::Value& experiment);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_QUICK_COMPARISON_H_
