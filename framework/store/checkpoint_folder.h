#ifndef SHOAL_FRAMEWORK_STORE_CHECKPOINT_FOLDER_H_
#define SHOAL_FRAMEWORK_STORE_CHECKPOINT_FOLDER_H_

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "framework/store/store.h"

namespace shoal::host {

/// The checkpoint of the work on one key, in a folder of its own, k/<key>/: its arrays and, written last, a manifest
/// that names them. There is one at a time: the next takes its place when it is whole, and only then are arrays that it
/// does not name removed. They are not among the store's other blobs, so that what goes with a checkpoint is never a
/// result's.
///
/// To be used by who holds the lock of the key.
class CheckpointFolder {
 public:
  CheckpointFolder(const Store& store, const std::string& key);

  /// The last one; none where there is none, or a damaged one, which is put aside (S701). Throws UnreadableEntry.
  std::optional<Manifest> find();

  /// Keeps an array for the manifest that comes next, and returns its digest. Throws std::system_error.
  std::string put(const ConstArray& array, ThreadPool& pool);
  /// The manifest of what was put since the last one, which its `blobs` come to name. Throws std::system_error.
  void keep(Manifest manifest);

  /// An array that find's manifest names, checked. Throws DamagedEntry, UnreadableEntry.
  Array get(const std::string& digest, const Allocate& allocate, ThreadPool& pool) const;

  /// Reads all of it; false where it was damaged, and is put aside (S701). Throws UnreadableEntry.
  bool verify(const Allocate& allocate, ThreadPool& pool);

  /// Takes a checkpoint that is of no use out of it, and tells why (S701).
  void reject(const std::string& why);
  /// Removes it: the work is done.
  void remove();

  /// When it was written, and its size; none where there is none.
  struct Info {
    std::filesystem::file_time_type written;
    std::int64_t bytes = 0;
  };
  static std::optional<Info> info(const std::filesystem::path& folder);

 private:
  std::filesystem::path manifest_file() const { return folder_ / "manifest.json"; }
  std::filesystem::path blob_file(const std::string& digest) const { return folder_ / (digest + ".npy"); }
  std::filesystem::path draft_of(const std::filesystem::path& file) const;

  const Store& store_;
  std::string key_;
  std::filesystem::path folder_;
  std::set<std::string> put_;  // since the last manifest
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_STORE_CHECKPOINT_FOLDER_H_
