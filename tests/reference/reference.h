// Numbers of other programs, for tests: reference("agreement") is tests/reference/agreement.json, which agreement.py
// beside it wrote. Tests run in the folder of their part, so the tree's root is one of the folders above.
#ifndef SHOAL_TESTS_REFERENCE_REFERENCE_H_
#define SHOAL_TESTS_REFERENCE_REFERENCE_H_

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace shoal::testing {

/// Throws std::runtime_error where the file is missing, and nlohmann's parse_error where it is no JSON.
inline nlohmann::json reference(const std::string& name) {
  const auto below_root = std::filesystem::path("tests/reference") / (name + ".json");
  for (auto folder = std::filesystem::current_path();; folder = folder.parent_path()) {
    if (std::ifstream file(folder / below_root); file) return nlohmann::json::parse(file);
    if (folder == folder.parent_path()) throw std::runtime_error(below_root.string() + " is missing");
  }
}

}  // namespace shoal::testing

#endif  // SHOAL_TESTS_REFERENCE_REFERENCE_H_
