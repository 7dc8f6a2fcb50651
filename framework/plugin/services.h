#ifndef SHOAL_FRAMEWORK_PLUGIN_SERVICES_H_
#define SHOAL_FRAMEWORK_PLUGIN_SERVICES_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "framework/plugin/profile.h"
#include "framework/plugin/thread_pool.h"
#include "shoal/context.h"

namespace shoal::host {

/// Hears what components say while they work. Calls may come from several threads at once.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void progress(const std::string& unit, std::int64_t done, std::int64_t total) = 0;
  virtual void log(Level level, const std::string& line) = 0;
  virtual void scalar(const std::string& name, double value, std::int64_t step) = 0;
  /// What this node's work is offered beside the services of the process, by the id of an extension; null: not known.
  /// Not asked for what another component does on the node's behalf.
  virtual const void* extension(std::string_view /*id*/) { return nullptr; }
};

/// What the contexts of one process share.
struct Services {
  explicit Services(int thread_count) : threads(thread_count), pool(thread_count) {}

  /// Between pieces of work: a file says how many, and each row of a matrix may.
  void set_threads(int count) {
    pool.resize(count);
    threads = count;
  }

  std::int32_t threads;  ///< that the process works on
  ThreadPool pool;
  std::atomic<bool> cancelled{false};               ///< set by a signal; progress then says so
  std::atomic<bool> out_of_time{false};             ///< set by the deadline of the node at work; progress says so too
  std::atomic<std::int64_t> live_arrays{0};         ///< handed out by allocate and not yet released
  std::vector<std::filesystem::path> data_folders;  ///< where datasets look, in order
  Profile* profile = nullptr;                       ///< sees every call of a component; null: nothing is measured
};

/// An array in the process's memory, as components get it from allocate. Throws std::bad_alloc.
Array allocate_array(Services& services, DType dtype, std::span<const Index> shape);

/// The context of one node's calls: its random streams, its messages, its listener. Lives as long as what it opened.
class NodeContext {
 public:
  /// `seed` is the node's own, see node_seed. `listener` may be null.
  NodeContext(Services& services, std::uint64_t seed, Listener* listener);
  ~NodeContext();
  NodeContext(const NodeContext&) = delete;
  NodeContext& operator=(const NodeContext&) = delete;

  Context& context() { return context_; }
  Services& services() { return services_; }

  struct Opened;  // what a shoal_context* of ours points to

 private:
  Services& services_;
  Opened* root_;
  Context context_;
};

/// The seed of a node: a function of the experiment's seed and the node's name alone, so that adding a node changes no
/// other node's numbers, and two backends under one name see the same.
std::uint64_t node_seed(std::int64_t experiment_seed, const std::string& node);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_SERVICES_H_
