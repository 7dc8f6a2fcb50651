#include "framework/report/page/data_behind.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "framework/report/quantity.h"
#include "framework/report/run_show.h"

namespace shoal::host {
namespace {

/// "pca" and "features" of "pca.features".
std::pair<std::string, std::string> split(const std::string& from) {
  const std::size_t dot = std::min(from.find('.'), from.size());
  return {from.substr(0, dot), from.substr(std::min(dot + 1, from.size()))};
}

/// What is wired to the node's `data`.
std::pair<std::string, std::string> data_of(const FileRow& row, const std::string& node) {
  const FileNode* found = row.find(node);
  if (found == nullptr) throw std::runtime_error(fmt::format("the row has no node '{}'", node));
  const auto wired = found->inputs.find("data");
  if (wired == found->inputs.end()) throw std::runtime_error(fmt::format("'{}' has no port 'data'", node));
  return split(wired->second);
}

bool is_dataset(const FileRow& row, const std::string& node) {
  const FileNode* found = row.find(node);
  return found != nullptr && found->use.starts_with("dataset/");
}

}  // namespace

SourceRows examples_behind(const FileRow& row, std::size_t number, const std::string& node, DataSource& source) {
  std::string at = node;
  for (std::size_t step = 0; step <= row.nodes.size() && !is_dataset(row, at); ++step) at = data_of(row, at).first;
  return source.examples(number, at);
}

SourceRows features_behind(const FileRow& row, std::size_t number, const std::string& node, DataSource& source) {
  const auto [from, output] = data_of(row, node);
  return is_dataset(row, from) ? source.examples(number, from) : source.features(number, from, output);
}

std::string row_text(const FileRow& row, std::size_t number) {
  const std::string settings = row.settings.empty() ? "" : shortened(describe(row.settings), 80) + ", ";
  return fmt::format("Row {}, {}seed {}", number + 1, settings, row.seed);
}

}  // namespace shoal::host
