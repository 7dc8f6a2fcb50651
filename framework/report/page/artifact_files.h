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

/// Of each node one: that of the row with the best value of the first reported metric that says what is better; of
/// equals, and where no metric says, the first. In the order of `files`.
std::vector<ArtifactFile> one_of_each_node(const RunFile& run, const std::vector<ArtifactFile>& files);

/// "Each of the row with the best probe.accuracy.", by which one_of_each_node chooses; "" of a run of one row.
std::string how_chosen(const RunFile& run);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_ARTIFACT_FILES_H_
