#include "framework/report/page/artifact_files.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

void add_folder(const fs::path& folder, std::size_t row, const std::string& output, std::vector<ArtifactFile>& out) {
  const std::string ending = "." + output + ".npy";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending) && name.size() > ending.size())
      out.push_back({entry.path(), name.substr(0, name.size() - ending.size()), output, row});
  }
}

/// Gives the file of one row to all rows in which the node has the same key.
void add_file(const RunFile& run, const ArtifactFile& file, NodeArtifacts& out) {
  const std::string& key = run.rows[file.row].find(file.node)->key;
  out.by_row[file.row] = file.file;
  if (key.empty()) return;
  for (std::size_t row = 0; row < run.rows.size(); ++row)
    if (const FileNode* node = run.rows[row].find(file.node); node != nullptr && node->key == key)
      if (out.by_row[row].empty()) out.by_row[row] = file.file;
}

}  // namespace

std::vector<ArtifactFile> find_artifacts(const fs::path& run_folder, const std::string& output) {
  constexpr std::string_view kRow = "row-";
  std::vector<ArtifactFile> out;
  add_folder(run_folder / "artifacts", 0, output, out);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder / "artifacts", error)) {
    const std::string name = entry.path().filename().string();
    std::size_t number = 0;
    if (!name.starts_with(kRow)) continue;
    const auto [end, wrong] = std::from_chars(name.data() + kRow.size(), name.data() + name.size(), number);
    if (wrong == std::errc() && end == name.data() + name.size() && number > 0)
      add_folder(entry.path(), number - 1, output, out);
  }
  std::sort(out.begin(), out.end(), [](const ArtifactFile& a, const ArtifactFile& b) {
    return std::tie(a.row, a.node) < std::tie(b.row, b.node);
  });
  return out;
}

std::vector<NodeArtifacts> by_node(const RunFile& run, const std::vector<ArtifactFile>& files) {
  std::vector<NodeArtifacts> out;
  for (const ArtifactFile& file : files) {
    if (file.row >= run.rows.size() || run.rows[file.row].find(file.node) == nullptr) continue;
    auto found = std::find_if(out.begin(), out.end(), [&](const NodeArtifacts& one) { return one.node == file.node; });
    if (found == out.end())
      found = out.insert(out.end(), {file.node, std::vector<std::filesystem::path>(run.rows.size())});
    add_file(run, file, *found);
  }
  return out;
}

}  // namespace shoal::host
