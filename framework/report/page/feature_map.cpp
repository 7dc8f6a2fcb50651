#include "framework/report/page/feature_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "framework/report/page/image_sheet.h"
#include "framework/report/page/projection.h"

namespace shoal::host {
namespace {

/// In this order: UMAP, an encoder's embedding, what a clusterer takes, other features.
int rank_of(const FileNode& node) {
  if (node.use == "transform/umap") return 0;
  if (node.use == "trainer/embed" || node.use.starts_with("encoder/")) return 1;
  return 3;
}

}  // namespace

std::vector<MappedFeatures> mapped_features(const FileRow& row) {
  std::vector<std::pair<int, MappedFeatures>> all;
  for (const FileNode& node : row.nodes)
    for (const auto& [port, from] : node.inputs)
      if (port == "data" || port == "features") {
        const std::size_t dot = from.find('.');
        const FileNode* upper = row.find(from.substr(0, dot));
        if (upper == nullptr || dot == std::string::npos) continue;
        const bool clustered = node.use.starts_with("clusterer/");
        if (upper->use.starts_with("dataset/") && !clustered) continue;
        const std::string output = from.substr(dot + 1);
        if (!upper->use.starts_with("dataset/") && output != "features") continue;
        all.push_back({clustered ? std::min(rank_of(*upper), 2) : rank_of(*upper), {upper->name, output}});
      }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<MappedFeatures> out;
  for (auto& [rank, features] : all) out.push_back(std::move(features));
  return out;
}

FeatureMap map_of(const std::string& node, const SourceRows& features, Index most) {
  FeatureMap out{.all = features.rows.rows()};
  if (features.rows.rank() != 2) throw std::runtime_error("the features are no table");
  const Index count = std::min(most, out.all);
  if (count < 3 || features.rows.cols() < 2) throw std::runtime_error("they are fewer than three, or of one number");
  for (Index i = 0; i < count; ++i) out.rows.push_back(i * out.all / count);
  RowMatrix<double> some(count, features.rows.cols());
  for (Index i = 0; i < count; ++i) {
    const std::vector<float> row = row_of(features.rows, out.rows[static_cast<std::size_t>(i)]);
    for (Index c = 0; c < some.cols(); ++c) some(i, c) = static_cast<double>(row[static_cast<std::size_t>(c)]);
  }
  if (!some.allFinite()) throw std::runtime_error("they hold what is not finite");
  if (some.cols() == 2) {
    out.points = std::move(some);
    out.how = fmt::format("The two numbers of {}", node);
  } else {
    const Projection projection = project(some);
    out.points = projection.points;
    out.how = fmt::format("First two principal components of {} ({} numbers), {:.0f} % of the variance", node,
                          some.cols(), 100 * projection.explained);
  }
  if (count < out.all) out.how += fmt::format("; {} of {} examples, spread evenly over their numbers", count, out.all);
  return out;
}

}  // namespace shoal::host
