#ifndef SHOAL_FRAMEWORK_STORE_STORE_H_
#define SHOAL_FRAMEWORK_STORE_STORE_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/plugin/thread_pool.h"
#include "framework/store/npy_file.h"

namespace shoal::host {

/// What a result's key is made of, in a fixed order: {"component", "clusterer/kmeans"}, {"with k", "10"},
/// {"in data", "6bbc9ace…"}. It is kept in clear, so that people can be told why two keys differ.
using KeyParts = std::vector<std::pair<std::string, std::string>>;

/// SHA-256 of the parts: equal key, equal bytes.
std::string key_of(const KeyParts& parts);

/// The part of that name, or null.
const std::string* find_part(const KeyParts& parts, std::string_view name);

/// A result that is kept: where it came from, and in `outputs` what it is (run/ says how). Arrays lie in blobs, named
/// by their contents and shared by all results that have them.
struct Manifest {
  std::string key = {};
  KeyParts parts = {};
  std::string node = {}, experiment = {};  ///< of the run that computed it, for people
  std::string written = {};                ///< 2026-10-02T14:12:09Z
  double seconds = 0;                      ///< that it took
  std::int64_t peak_rss_bytes = 0;         ///< the most memory that the process had meanwhile
  int threads = 0;
  nlohmann::ordered_json outputs = nlohmann::ordered_json::object();
  std::vector<std::string> blobs = {};  ///< all arrays that `outputs` names
};

/// Where an array of a manifest cannot be had, although it was kept.
class DamagedEntry : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where what was kept is there but cannot be read now: too many open files, no permission. It stays where it is.
class UnreadableEntry : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A store that another version of the program wrote.
class StoreFormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A kernel's lock on one key, released by its end or by that of its process, however that comes.
class StoreLock {
 public:
  StoreLock() = default;
  StoreLock(int descriptor, std::filesystem::path file) : descriptor_(descriptor), file_(std::move(file)) {}
  StoreLock(StoreLock&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), file_(std::move(other.file_)) {}
  StoreLock& operator=(StoreLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(file_, other.file_);
    return *this;
  }
  ~StoreLock();

 private:
  int descriptor_ = -1;
  std::filesystem::path file_;
};

/// Results kept between runs, in one folder that any number of processes may use at once:
///
///     format                 "shoal-store 1"
///     a/ab/<key>.json        a manifest; written last, so that a result is whole or not there
///     o/cd/<digest>.npy      the blobs, read-only
///     k/<key>/               the checkpoint of work that is not done, see checkpoint_folder.h
///     l/<key>                locks, which save work and guard nothing: two that compute one key write the same bytes
///     t/<host>-<pid>/        what is being written
///     q/                     what was found damaged
///
/// Everything is written under another name, flushed and renamed. What is read is checked against its digest; what does
/// not agree goes to q/ and counts as not there. Only results of success are kept.
///
/// Threads  one at a time; processes as many as like.
class Store {
 public:
  /// Hears what a user should know: an id (S701 …) and a sentence.
  using Tell = std::function<void(const std::string& id, const std::string& what)>;

  /// $SHOAL_STORE, else shoal/ in $XDG_CACHE_HOME or ~/.cache.
  static std::filesystem::path default_folder();

  /// Makes the folder where it is not there, and removes what processes that are gone left half-written.
  /// Throws StoreFormatError   a store of another format (S706)
  ///        std::system_error  the folder cannot be made or written to
  explicit Store(std::filesystem::path folder, Tell tell = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  /// The result of `key`; none where there is none, or one that was damaged (S701). Throws UnreadableEntry.
  std::optional<Manifest> find(const std::string& key);

  /// Keeps a result, whose arrays were all put before. Throws std::system_error: no space, no permission.
  void keep(const Manifest& manifest);

  /// Keeps an array and returns its digest. `digest`: if it is known already. Throws std::system_error.
  std::string put(const ConstArray& array, ThreadPool& pool, std::string digest = {});

  /// The array of that digest, checked. Throws DamagedEntry where it is not there or not itself (it goes to q/), and
  /// UnreadableEntry.
  Array get(const std::string& digest, const Allocate& allocate, ThreadPool& pool);

  /// Takes a result that turned out damaged out of use (S701).
  void reject(const std::string& key, const std::string& why);

  /// The lock of a key, or none while another process holds it. On a disk without locks everybody gets one (S704).
  std::optional<StoreLock> try_lock(const std::string& key);
  /// "process 812 on host alder", who holds the lock of a key.
  std::string holder_of(const std::string& key) const;

  /// Tells the user, by the constructor's `tell`.
  void tell(const std::string& id, const std::string& what) const;

  /// All results, the latest used last. Throws UnreadableEntry or std::system_error where one or a folder cannot be
  /// read now, rather than say that there are none: what nobody has is removed by prune.
  struct Listed {
    Manifest manifest;
    std::filesystem::file_time_type used;
    std::int64_t bytes = 0;  ///< of its manifest and blobs; those that several share count for each
  };
  std::vector<Listed> list();

  /// Bytes on the disk.
  std::int64_t size() const;

  /// Reads everything. What was damaged is told (S701) and out of use, what cannot be read now is told (S707).
  struct Verified {
    std::int64_t damaged = 0;              ///< results
    std::int64_t checkpoints = 0;          ///< good ones
    std::int64_t damaged_checkpoints = 0;  ///< not counted among `damaged`
    std::int64_t at_work = 0;              ///< checkpoints that were not read: somebody is writing them
    std::int64_t unreadable = 0;           ///< results, arrays and checkpoints
  };
  Verified verify(const Allocate& allocate, ThreadPool& pool);

  /// The work on one key that is not done, as its checkpoint says.
  struct Unfinished {
    std::string key;
    std::string node = {}, experiment = {}, component = {};  ///< empty before the first checkpoint of it is whole
    double seconds = 0;                                      ///< of work that it saves
    std::filesystem::file_time_type written = {};
    std::int64_t bytes = 0;
  };
  /// All of it, the oldest checkpoint first. Throws as list does.
  std::vector<Unfinished> checkpoints() const;

  /// Removes results and checkpoints that were not used for `older_seconds`, and the longest unused until `max_bytes`
  /// are left; then blobs that none has. What is of a key whose lock is held stays.
  struct PruneOptions {
    std::optional<double> older_seconds = {};
    std::optional<std::int64_t> max_bytes = {};
    bool dry_run = false;
  };
  struct Pruned {
    std::vector<Listed> results;
    std::vector<Unfinished> checkpoints;
    std::int64_t bytes = 0;  ///< freed, or that would be
  };
  Pruned prune(const PruneOptions& options);

 private:
  std::filesystem::path manifest_file(const std::string& key) const;
  std::filesystem::path blob_file(const std::string& digest) const;
  std::filesystem::path draft();
  void quarantine(const std::filesystem::path& file);
  void sweep_drafts();

  std::filesystem::path folder_, drafts_;
  Tell tell_;
  std::int64_t draft_number_ = 0;
  bool told_of_locks_ = false;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_STORE_STORE_H_
