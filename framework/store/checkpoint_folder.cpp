#include "framework/store/checkpoint_folder.h"

#include <unistd.h>

#include <utility>

#include "framework/store/content.h"
#include "framework/store/manifest_file.h"
#include "framework/store/read_file.h"
#include "shoal/error.h"

namespace shoal::host {

namespace fs = std::filesystem;

CheckpointFolder::CheckpointFolder(const Store& store, const std::string& key)
    : store_(store), key_(key), folder_(store.folder() / "k" / key) {}

/// Another process may be at the same work where a disk has no locks.
fs::path CheckpointFolder::draft_of(const fs::path& file) const {
  return file.string() + "." + std::to_string(getpid()) + ".partial";
}

std::optional<Manifest> CheckpointFolder::find() {
  try {
    const auto bytes = read_file(manifest_file());
    if (!bytes) return std::nullopt;
    Manifest manifest = read_manifest(*bytes);
    if (manifest.key != key_) throw DamagedEntry("it is the checkpoint of another key");
    return manifest;
  } catch (const DamagedEntry& damage) {
    reject(damage.what());
    return std::nullopt;
  }
}

std::string CheckpointFolder::put(const ConstArray& array, ThreadPool& pool) {
  const std::string digest = content_digest(array, pool);
  put_.insert(digest);
  const fs::path file = blob_file(digest);
  if (fs::exists(file)) return digest;
  fs::create_directories(folder_);
  AtomicFile out(draft_of(file), file);
  write_npy(out, array);
  out.commit();
  return digest;
}

void CheckpointFolder::keep(Manifest manifest) {
  manifest.blobs.assign(put_.begin(), put_.end());
  fs::create_directories(folder_);
  flush_folder(folder_);  // arrays first, so that what the manifest names is there
  AtomicFile out(draft_of(manifest_file()), manifest_file());
  out.write(write_manifest(manifest));
  out.commit();
  flush_folder(folder_);
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, ignored))
    if (entry.path() != manifest_file() && !put_.contains(entry.path().stem().string()))
      fs::remove(entry.path(), ignored);
  put_.clear();
}

Array CheckpointFolder::get(const std::string& digest, const Allocate& allocate, ThreadPool& pool) const {
  Array out = read_npy(blob_file(digest), allocate);
  if (content_digest(out, pool) != digest)
    throw DamagedEntry(text("array {} is not what was written", digest.substr(0, 12)));
  return out;
}

bool CheckpointFolder::verify(const Allocate& allocate, ThreadPool& pool) {
  const auto manifest = find();
  if (!manifest) return false;
  try {
    for (const std::string& blob : manifest->blobs) get(blob, allocate, pool);
    return true;
  } catch (const DamagedEntry& damage) {
    reject(damage.what());
    return false;
  }
}

void CheckpointFolder::reject(const std::string& why) {
  store_.tell("S701", text("the checkpoint of {} is damaged ({}), and its work begins anew", key_.substr(0, 12), why));
  std::error_code ignored;  // another process may have been faster
  const fs::path aside = store_.folder() / "q" / text("{}-checkpoint-{}", getpid(), key_);
  fs::remove_all(aside, ignored);
  fs::rename(folder_, aside, ignored);
}

void CheckpointFolder::remove() {
  std::error_code ignored;
  fs::remove(manifest_file(), ignored);  // first, so that what is left of it is no checkpoint
  fs::remove_all(folder_, ignored);
  put_.clear();
}

std::optional<CheckpointFolder::Info> CheckpointFolder::info(const fs::path& folder) {
  std::error_code error;
  Info out{fs::last_write_time(folder, error)};
  if (error) return std::nullopt;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    if (const auto size = entry.file_size(error); !error) out.bytes += static_cast<std::int64_t>(size);
  return out;
}

}  // namespace shoal::host
