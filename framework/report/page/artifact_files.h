#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_ARTIFACT_FILES_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_ARTIFACT_FILES_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "framework/report/run_file.h"

namespace shoal::host {

/// An array that a run left of a node's output.
struct ArtifactFile {
  std::filesystem::path file = {};
  std::string node = {}, output = {};
  std::size_t row = 0;  ///< the first row that has it
};

/// The .npy files of artifacts/ that are of an output named `output`, by row and node.
std::vector<ArtifactFile> find_artifacts(const std::filesystem::path& run_folder, const std::string& output);

/// A node's output over the rows of a run.
struct NodeArtifacts {
  std::string node = {};
  std::vector<std::filesystem::path> by_row = {};  ///< the file of each row; rows of one key share it, "" where none is
};

/// `files` by their nodes, in their order; those of nodes and rows that the run has not are passed over.
std::vector<NodeArtifacts> by_node(const RunFile& run, const std::vector<ArtifactFile>& files);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_ARTIFACT_FILES_H_
