// data_search.h: where the files of a dataset are looked for.
#ifndef SHOAL_DATASETS_DATA_SEARCH_H_
#define SHOAL_DATASETS_DATA_SEARCH_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] idx {

/// Looks for files that belong together. Each file may be there as NAME or NAME.gz; a folder counts when it has all.
class DataSearch {
 public:
  explicit DataSearch(std::vector<std::string> file_names) : names_(std::move(file_names)) {}

  /// The files in `folder`, in the order of their names; none: and `report` then says why.
  std::optional<std::vector<std::filesystem::path>> in(const std::filesystem::path& folder);
  /// The first of FOLDER/`dataset` and FOLDER that has them, over `folders` in order.
  std::optional<std::vector<std::filesystem::path>> in_any(const std::vector<std::string>& folders,
                                                           const std::string& dataset);

  /// One line for each folder that was looked at: "  FOLDER: why not".
  const std::string& report() const { return report_; }

 private:
  std::vector<std::string> names_;
  std::vector<std::filesystem::path> seen_;
  std::string report_;
};

/// $XDG_CACHE_HOME/shoal/data or ~/.cache/shoal/data. Throws InputError where neither variable nor $HOME is set.
std::filesystem::path cache_folder();

}  // namespace idx

#endif  // SHOAL_DATASETS_DATA_SEARCH_H_
