#ifndef SHOAL_FRAMEWORK_USE_EXPORT_README_H_
#define SHOAL_FRAMEWORK_USE_EXPORT_README_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace shoal::host {

/// What lies in a folder of `shoal export`.
struct ExportedModel {
  nlohmann::ordered_json says = {};  ///< preprocessing.json
  bool model = false;                ///< model.pt is there
  bool centroids = false;            ///< centroids.npy is there
};

/// use.py: reads examples from an NPY file and prints a label a line, by NumPy and PyTorch alone.
std::string export_program(const ExportedModel& model);

/// README.md: what the files are, what is done to an example before, and the program. `left_out` are sentences.
std::string export_readme(const ExportedModel& model, const std::vector<std::string>& left_out);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_USE_EXPORT_README_H_
