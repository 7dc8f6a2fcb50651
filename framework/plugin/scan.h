#ifndef SHOAL_FRAMEWORK_PLUGIN_SCAN_H_
#define SHOAL_FRAMEWORK_PLUGIN_SCAN_H_

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/plugin/scan_cache.h"

namespace shoal::host {

/// Opens plugins in another process first. To open a library is to run its constructors, and those may crash, hang or
/// leave the process; here they take down `shoal-scan` and not the session. (GStreamer's plugin scanner is the model:
/// all new files go to one process, and after a crash the culprit is tried alone.)
///
/// Files that are not known are opened in one process, in their order, to its end. If it dies its culprit is refused,
/// the file being opened or, at the end, the last of the fewest with which it dies; the others are tried again without
/// it, until all that are left are open together and the process ends well. If some were known before, these and the
/// new ones are then tried together: what a session opens was opened before by a process that ended well.
///
/// A culprit that is well alone is refused for its neighbour: the last of the fewest before it behind which it dies.
/// That is remembered of the two, and counts while both are as they were and both are asked for; of the culprit alone
/// it says nothing.
///
/// What is found is remembered by path, size, time and inode of the file: a plugin is tried once after each build.
/// Remembered are "opens well", crashes and hangs; what the surroundings may have caused, a library that is missing, is
/// looked at anew each time. Not seen is a clash of two that were each found good in another folder, or without the
/// other.
class Scan {
 public:
  /// `program`: shoal-scan. `cache`: the file of what is remembered; empty: nothing is. `patience`: how much of the
  /// processor's time one file may take; by the clock it may take six times as long.
  explicit Scan(std::filesystem::path program, std::filesystem::path cache,
                std::chrono::seconds patience = std::chrono::seconds(10));

  /// A verdict for each file, in order. Files are canonical paths that passed read_descriptor, in the order in which
  /// they are to be opened, each once. Never throws for what a file does. Throws std::system_error where the program
  /// cannot be started.
  std::vector<ScanVerdict> judge(const std::vector<std::filesystem::path>& files);

  /// Forgets what is remembered.
  void forget();

 private:
  using Verdicts = std::map<std::filesystem::path, ScanVerdict>;
  void try_and_remember(std::vector<std::filesystem::path> files, Verdicts& found);

  std::filesystem::path program_;
  ScanCache cache_;
  std::chrono::seconds patience_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_SCAN_H_
