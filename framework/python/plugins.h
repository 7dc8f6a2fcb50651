#ifndef SHOAL_FRAMEWORK_PYTHON_PLUGINS_H_
#define SHOAL_FRAMEWORK_PYTHON_PLUGINS_H_

#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "framework/plugin/registry.h"
#include "framework/plugin/scan.h"

namespace shoal::python {

/// The plugins that a process of Python opens: those that the program of `program_folder` would find, tried by its
/// shoal-scan first, but for those that embed an interpreter of their own, which this process has already.
class Plugins {
 public:
  explicit Plugins(std::filesystem::path program_folder);

  /// Opens what `folders` and the usual places hold and is not open yet. Plugins of the torch tier bring LibTorch,
  /// which takes a second: `with_torch` says whether they are opened too.
  void open(const std::vector<std::string>& folders, bool with_torch);

  /// The one component called `id`. Throws InputError where there are none or several (their files are named).
  host::ComponentEntry find(const std::string& id);
  std::vector<host::ComponentEntry> clusterers();
  /// File and reason of what could not be opened and should have been.
  std::vector<std::pair<std::string, std::string>> refusals();

 private:
  std::filesystem::path program_folder_;
  std::mutex mutex_;  // of all that follows
  host::Services services_;
  host::Scan scan_;
  host::Registry registry_;
};

}  // namespace shoal::python

#endif  // SHOAL_FRAMEWORK_PYTHON_PLUGINS_H_
