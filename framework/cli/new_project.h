#ifndef SHOAL_FRAMEWORK_CLI_NEW_PROJECT_H_
#define SHOAL_FRAMEWORK_CLI_NEW_PROJECT_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace shoal::cli {

/// A plugin that somebody begins.
struct NewPlugin {
  std::string kind;              ///< "clusterer"
  std::string name;              ///< "farthest-first"
  std::string language = "c++";  ///< "c++", "c" or "rust"
};

/// Texts by their path below a project's folder.
using ProjectFiles = std::map<std::filesystem::path, std::string>;

/// What projects are made from: `project/` for all, `kinds/KIND/` for a kind, `rust/` for all in Rust. `@name@`,
/// `@file@`, `@class@`, `@kind@` … in their texts stand for what a project has of its own.
class Templates {
 public:
  /// Those of the first of `folders` that is there. Throws InputError  none is; where was looked
  explicit Templates(const std::vector<std::filesystem::path>& folders);

  const std::filesystem::path& folder() const { return folder_; }

  /// The kinds that there are templates for.
  std::vector<std::string> kinds() const;

  /// The files of the project. Throws InputError  a kind that there is not, a name that cannot be one (what would be
  /// right), a kind that is not written in that language; a template that cannot be read, or is wrong
  ProjectFiles fill(const NewPlugin& plugin) const;

 private:
  std::filesystem::path folder_;
};

/// Writes the files into a new folder, all or none of them. Throws InputError  the folder exists; a file that cannot be
/// written
void write_project(const std::filesystem::path& folder, const ProjectFiles& files);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_NEW_PROJECT_H_
