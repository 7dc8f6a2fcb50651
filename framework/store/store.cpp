#include "framework/store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include "framework/plugin/places.h"
#include "framework/store/checkpoint_folder.h"
#include "framework/store/content.h"
#include "framework/store/manifest_file.h"
#include "framework/store/read_file.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "shoal-store 1\n";

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof(name) - 1);
  return name[0] == '\0' ? "localhost" : name;
}

void touch(const fs::path& file) { utimensat(AT_FDCWD, file.c_str(), nullptr, 0); }

std::int64_t bytes_of_file(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

/// The files of that ending below `folder`, in no order. Throws std::system_error, for what is not seen is not gone.
std::vector<fs::path> files_of(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ending) out.push_back(at->path());
  if (error) throw std::system_error(error, text("cannot read all of {}", folder.string()));
  return out;
}

}  // namespace

StoreLock::~StoreLock() {
  if (descriptor_ < 0) return;
  // Removed while it is held: who waits for it gets a lock on a file without a name, finds the result and needs no
  // more.
  ::unlink(file_.c_str());
  ::close(descriptor_);
}

fs::path Store::default_folder() {
  if (const char* store = std::getenv("SHOAL_STORE"); store != nullptr && *store != '\0') return store;
  if (fs::path cache = cache_folder(); !cache.empty()) return cache;
  return fs::temp_directory_path() / ("shoal-" + std::to_string(getuid()));
}

Store::Store(fs::path folder, Tell tell) : folder_(std::move(folder)), tell_(std::move(tell)) {
  for (const char* part : {"a", "o", "k", "l", "t", "q"}) fs::create_directories(folder_ / part);
  const fs::path format = folder_ / "format";
  if (!fs::exists(format)) {
    AtomicFile file(folder_ / "t" / ("format-" + std::to_string(getpid())), format);
    file.write(kFormat);
    file.commit();
  }
  if (const std::string found = read_file(format).value_or(""); found != kFormat)
    throw StoreFormatError(
        text("the store {} is of another format ('{}'); name another one by SHOAL_STORE, or remove it",
             folder_.string(), found.substr(0, found.find('\n'))));
  sweep_drafts();
  drafts_ = folder_ / "t" / text("{}-{}", host_name(), getpid());
  fs::create_directories(drafts_);
}

Store::~Store() {
  std::error_code ignored;
  fs::remove_all(drafts_, ignored);
}

fs::path Store::manifest_file(const std::string& key) const {
  return folder_ / "a" / key.substr(0, 2) / (key + ".json");
}
fs::path Store::blob_file(const std::string& digest) const {
  return folder_ / "o" / digest.substr(0, 2) / (digest + ".npy");
}
fs::path Store::draft() {
  fs::create_directories(drafts_);  // somebody may have tidied up
  return drafts_ / std::to_string(draft_number_++);
}

void Store::tell(const std::string& id, const std::string& what) const {
  if (tell_) tell_(id, what);
}

std::optional<Manifest> Store::find(const std::string& key) {
  const fs::path file = manifest_file(key);
  try {
    const auto bytes = read_file(file);
    if (!bytes) return std::nullopt;
    Manifest manifest = read_manifest(*bytes);
    if (manifest.key != key) throw DamagedEntry("it is the result of another key");
    for (const std::string& blob : manifest.blobs) {
      std::error_code error;
      if (fs::exists(blob_file(blob), error)) continue;
      if (error) throw UnreadableEntry(text("{}: {}", blob_file(blob).string(), error.message()));
      throw DamagedEntry("one of its arrays is gone");
    }
    touch(file);
    return manifest;
  } catch (const DamagedEntry& damage) {
    reject(key, damage.what());
    return std::nullopt;
  }
}

void Store::keep(const Manifest& manifest) {
  const fs::path file = manifest_file(manifest.key);
  fs::create_directories(file.parent_path());
  AtomicFile out(draft(), file);
  out.write(write_manifest(manifest));
  out.commit();
  flush_folder(file.parent_path());
}

std::string Store::put(const ConstArray& array, ThreadPool& pool, std::string digest) {
  if (digest.empty()) digest = content_digest(array, pool);
  const fs::path file = blob_file(digest);
  std::error_code unknown;  // then it is written anew
  if (fs::exists(file, unknown)) {
    touch(file);  // so that a prune that goes on meanwhile sees that it is wanted
    return digest;
  }
  fs::create_directories(file.parent_path());
  const fs::path draft_file = draft();
  AtomicFile out(draft_file, file);
  write_npy(out, array);
  ::chmod(draft_file.c_str(), 0444);
  out.commit();
  flush_folder(file.parent_path());
  return digest;
}

Array Store::get(const std::string& digest, const Allocate& allocate, ThreadPool& pool) {
  const fs::path file = blob_file(digest);
  try {
    Array out = read_npy(file, allocate);
    if (content_digest(out, pool) == digest) return out;
    throw DamagedEntry(text("array {} is not what was written", digest.substr(0, 12)));
  } catch (const UnreadableEntry&) {
    throw;
  } catch (const DamagedEntry&) {
    quarantine(file);
    throw;
  }
}

void Store::reject(const std::string& key, const std::string& why) {
  tell("S701", text("the kept result {} is damaged ({}) and computed again", key.substr(0, 12), why));
  quarantine(manifest_file(key));
}

void Store::quarantine(const fs::path& file) {
  std::error_code ignored;  // another process may have been faster
  fs::rename(file, folder_ / "q" / text("{}-{}", getpid(), file.filename().string()), ignored);
}

std::optional<StoreLock> Store::try_lock(const std::string& key) {
  const fs::path file = folder_ / "l" / key;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (descriptor >= 0 && fcntl(descriptor, F_OFD_SETLK, &whole) == 0) {
    const std::string owner = text("process {} on host {}", getpid(), host_name());
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, owner.data(), owner.size(), 0) < 0) {
    }  // only said to people
    return StoreLock(descriptor, file);
  }
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (descriptor >= 0 && (reason == EAGAIN || reason == EACCES)) return std::nullopt;
  if (!std::exchange(told_of_locks_, true))
    tell("S704", text("no locks in {} ({}): what several processes need at once may be computed by each",
                      folder_.string(), std::generic_category().message(reason)));
  return StoreLock();
}

std::string Store::holder_of(const std::string& key) const {
  try {
    const std::string owner = read_file(folder_ / "l" / key).value_or("");
    if (!owner.empty()) return owner;
  } catch (const std::runtime_error&) {  // only said to people
  }
  return "another process";
}

std::vector<Store::Listed> Store::list() {
  std::vector<Listed> out;
  for (const fs::path& file : files_of(folder_ / "a", ".json")) {
    std::error_code error;
    const auto used = fs::last_write_time(file, error);
    if (error) continue;
    try {
      const auto bytes = read_file(file);
      if (!bytes) continue;  // another process was faster
      Listed listed{read_manifest(*bytes), used, bytes_of_file(file)};
      for (const std::string& blob : listed.manifest.blobs) listed.bytes += bytes_of_file(blob_file(blob));
      out.push_back(std::move(listed));
    } catch (const DamagedEntry& damage) {
      reject(file.stem().string(), damage.what());
    }
  }
  std::sort(out.begin(), out.end(), [](const Listed& a, const Listed& b) {
    return std::pair(a.used, a.manifest.key) < std::pair(b.used, b.manifest.key);
  });
  return out;
}

std::int64_t Store::size() const {
  std::int64_t bytes = 0;
  for (const fs::path& file : files_of(folder_ / "a", ".json")) bytes += bytes_of_file(file);
  for (const fs::path& file : files_of(folder_ / "o", ".npy")) bytes += bytes_of_file(file);
  for (const Unfinished& checkpoint : checkpoints()) bytes += checkpoint.bytes;
  return bytes;
}

std::vector<Store::Unfinished> Store::checkpoints() const {
  std::vector<Unfinished> out;
  std::error_code error;
  for (fs::directory_iterator at(folder_ / "k", error), end; !error && at != end; at.increment(error)) {
    const auto info = CheckpointFolder::info(at->path());
    if (!info) continue;
    Unfinished& found = out.emplace_back(Unfinished{.key = at->path().filename().string()});
    found.written = info->written;
    found.bytes = info->bytes;
    try {
      const auto bytes = read_file(at->path() / "manifest.json");
      if (!bytes) continue;
      const Manifest manifest = read_manifest(*bytes);
      found.node = manifest.node;
      found.experiment = manifest.experiment;
      found.component = manifest.parts.size() > 1 ? manifest.parts[1].second : "";
      found.seconds = manifest.seconds;
    } catch (const DamagedEntry&) {  // listed without its name; verify puts it aside
    }
  }
  if (error) throw std::system_error(error, text("cannot read all of {}", (folder_ / "k").string()));
  std::sort(out.begin(), out.end(), [](const Unfinished& a, const Unfinished& b) {
    return std::pair(a.written, a.key) < std::pair(b.written, b.key);
  });
  return out;
}

Store::Verified Store::verify(const Allocate& allocate, ThreadPool& pool) {
  Verified out;
  const auto unread = [&](const UnreadableEntry& error) {
    tell("S707", text("cannot be read now, and stays: {}", error.what()));
    ++out.unreadable;
  };
  for (const fs::path& file : files_of(folder_ / "o", ".npy")) try {
      get(file.stem().string(), allocate, pool);
    } catch (const UnreadableEntry& error) {
      unread(error);
    } catch (const DamagedEntry&) {  // it is in q/ now, and its results are found to miss it
    }
  for (const fs::path& file : files_of(folder_ / "a", ".json")) try {
      if (!find(file.stem().string())) ++out.damaged;
    } catch (const UnreadableEntry& error) {
      unread(error);
    }
  for (const Unfinished& checkpoint : checkpoints()) try {
      const auto lock = try_lock(checkpoint.key);
      if (!lock) {
        ++out.at_work;
        continue;
      }
      CheckpointFolder folder(*this, checkpoint.key);
      if (!fs::exists(folder_ / "k" / checkpoint.key / "manifest.json")) continue;  // the first was never whole
      ++(folder.verify(allocate, pool) ? out.checkpoints : out.damaged_checkpoints);
    } catch (const UnreadableEntry& error) {
      unread(error);
    }
  return out;
}

Store::Pruned Store::prune(const PruneOptions& options) {
  const auto now = fs::file_time_type::clock::now();
  std::vector<Listed> all = list();
  std::map<std::string, std::size_t> owners;  // how many results that stay have a blob
  for (const Listed& listed : all)
    for (const std::string& blob : listed.manifest.blobs) ++owners[blob];
  std::int64_t left = size();
  Pruned out;
  // The lock of what may go, held for this one alone: there may be more results than files that a process may have
  // open.
  const auto lock_if_it_goes = [&](fs::file_time_type used, const std::string& key) -> std::optional<StoreLock> {
    const double age = std::chrono::duration<double>(now - used).count();
    const bool too_old = options.older_seconds && age > *options.older_seconds;
    const bool too_much = options.max_bytes && left > *options.max_bytes;
    return too_old || too_much ? try_lock(key) : std::nullopt;
  };
  const auto remove = [&](const fs::path& file) {
    out.bytes += bytes_of_file(file);
    std::error_code ignored;
    if (!options.dry_run) fs::remove(file, ignored);
  };
  const std::vector<Unfinished> unfinished = checkpoints();
  auto next = unfinished.begin();
  const auto drop_checkpoints_before = [&](fs::file_time_type used) {
    for (; next != unfinished.end() && next->written < used; ++next) {
      const auto lock = lock_if_it_goes(next->written, next->key);
      if (!lock) continue;
      left -= next->bytes;
      out.bytes += next->bytes;
      if (!options.dry_run) CheckpointFolder(*this, next->key).remove();
      out.checkpoints.push_back(*next);
    }
  };
  for (Listed& listed : all) {  // the longest unused first
    drop_checkpoints_before(listed.used);
    const auto lock = lock_if_it_goes(listed.used, listed.manifest.key);
    if (!lock) continue;
    left -= bytes_of_file(manifest_file(listed.manifest.key));
    remove(manifest_file(listed.manifest.key));
    for (const std::string& blob : listed.manifest.blobs)
      if (--owners[blob] == 0) left -= bytes_of_file(blob_file(blob));
    out.results.push_back(std::move(listed));
  }
  drop_checkpoints_before(fs::file_time_type::max());
  for (const fs::path& file : files_of(folder_ / "o", ".npy")) {
    const auto found = owners.find(file.stem().string());
    std::error_code error;
    const auto put = fs::last_write_time(file, error);
    if (error) continue;  // another process was faster
    // What nobody has may have been put a moment ago, for a result whose manifest is still to come; so may what had an
    // owner, who was computed again meanwhile.
    if (found == owners.end() ? now - put >= std::chrono::hours(1) : found->second == 0 && put < now) remove(file);
  }
  return out;
}

void Store::sweep_drafts() {
  const std::string mine = host_name() + "-";
  std::error_code error;
  for (fs::directory_iterator at(folder_ / "t", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(mine)) continue;  // of another machine, which may be at work
    char* rest = nullptr;
    const auto pid = static_cast<pid_t>(std::strtol(name.c_str() + mine.size(), &rest, 10));
    if (*rest != '\0') continue;  // so is "alder-2-812" to alder
    std::error_code ignored;
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) fs::remove_all(at->path(), ignored);
  }
}

}  // namespace shoal::host
