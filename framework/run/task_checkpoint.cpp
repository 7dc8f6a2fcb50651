#include "framework/run/task_checkpoint.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>

#include "framework/run/environment.h"
#include "framework/run/process_memory.h"
#include "framework/run/scalar_columns.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

constexpr double kLargestShare = 0.01;  // of the time, that checkpoints may take

TaskCheckpoint& of(void* self) { return *static_cast<TaskCheckpoint*>(self); }

Array copy_array(Services& services, const ConstArray& array) {
  Array out = allocate_array(services, array.dtype(), array.shape());
  const Index row_bytes = array.cols() * bytes_of(array.dtype());
  if (array.size() == 0) return out;
  auto* to = static_cast<char*>(out.mutable_view().bytes());
  if (array.contiguous())
    std::memcpy(to, array.bytes(), static_cast<std::size_t>(array.size() * bytes_of(array.dtype())));
  else
    for (Index i = 0; i < array.rows(); ++i)
      std::memcpy(to + i * row_bytes, array.slice(i, i + 1).bytes(), static_cast<std::size_t>(row_bytes));
  return out;
}

}  // namespace

/// A checkpoint that was read, as the component sees it.
struct TaskCheckpoint::Saved {
  shoal_state_reader c{sizeof(shoal_state_reader), &Saved::get};  // first: a shoal_state_reader* is a pointer to this
  Manifest manifest = {};
  std::map<std::string, Array> arrays = {};
  std::map<std::string, ConstArray> views = {};
  std::map<std::string, shoal_array> c_arrays = {};
  std::vector<ScalarPoint> scalars = {};

  static const shoal_array* get(const shoal_state_reader* self, const char* name) {
    const auto& arrays = reinterpret_cast<const Saved*>(self)->c_arrays;
    const auto found = arrays.find(name);
    return found == arrays.end() ? nullptr : &found->second;
  }
};

/// A state that was offered, as it was then.
struct TaskCheckpoint::Held {
  std::map<std::string, Array> arrays = {};
  std::size_t reported = 0;  // a mark, see Task::now
  double seconds = 0;
  std::int64_t peak_rss_bytes = 0;
  bool written = false;
};

/// Takes what a component saves into memory.
struct TaskCheckpoint::Writer {
  shoal_state_writer c{sizeof(shoal_state_writer), &Writer::put};  // first, as above
  TaskCheckpoint& owner;
  std::map<std::string, Array> arrays = {};

  static int put(const shoal_state_writer* self, const char* name, const shoal_array* array) {
    Writer& writer = *reinterpret_cast<Writer*>(const_cast<shoal_state_writer*>(self));
    if (writer.owner.full_) return SHOAL_OK;
    try {
      writer.arrays[name] = copy_array(writer.owner.services_, ConstArray(*array));
    } catch (const std::exception& error) {
      writer.owner.give_up(error);
    }
    return SHOAL_OK;
  }
};

TaskCheckpoint::TaskCheckpoint(Store& store, Services& services, Task task)
    : services_(services),
      task_(std::move(task)),
      folder_(store, task_.key),
      store_(store),
      table_{sizeof(shoal_checkpoint_1),
             this,
             [](void* self) { return of(self).wanted() ? 1 : 0; },
             [](void* self, int (*fill)(void*, const shoal_state_writer*), void* user) {
               return of(self).save(fill, user);
             },
             [](void* self) { return of(self).saved(); },
             [](void* self, int status) { of(self).loaded(status); }} {}

TaskCheckpoint::~TaskCheckpoint() = default;

bool TaskCheckpoint::due() const {
  if (services_.cancelled) return true;  // the last chance
  const double since = std::chrono::duration<double>(Clock::now() - last_).count();
  return since >= task_.every_seconds && (task_.every_seconds == 0 || since >= cost_ / kLargestShare);
}

bool TaskCheckpoint::wanted() const {
  if (full_) return false;
  if (held_ == nullptr || due() || (task_.asked != nullptr && *task_.asked)) return true;
  return std::chrono::duration<double>(Clock::now() - held_at_).count() >= hold_cost_ / kLargestShare;
}

int TaskCheckpoint::save(int (*fill)(void*, const shoal_state_writer*), void* user) {
  const auto begin = Clock::now();
  Writer writer{.owner = *this};
  if (const int status = fill(user, &writer.c); status != SHOAL_OK) return status;
  if (full_) return SHOAL_OK;
  held_ = std::make_unique<Held>(Held{.arrays = std::move(writer.arrays),
                                      .reported = task_.now(),
                                      .seconds = seconds(),
                                      .peak_rss_bytes = std::max(peak_rss_before_, peak_rss_bytes())});
  held_at_ = Clock::now();
  hold_cost_ = std::min(hold_cost_, std::chrono::duration<double>(held_at_ - begin).count());
  const bool asked = task_.asked != nullptr && task_.asked->exchange(false);
  if (asked || due()) write_held();
  if (asked && held_->written) task_.log("a checkpoint is kept, as the signal asked for");
  return SHOAL_OK;
}

void TaskCheckpoint::write_held() {
  const auto begin = Clock::now();
  try {
    Manifest manifest{.key = task_.key,
                      .parts = task_.parts,
                      .node = task_.node,
                      .experiment = task_.experiment,
                      .written = utc_now(),
                      .seconds = held_->seconds,
                      .peak_rss_bytes = held_->peak_rss_bytes,
                      .threads = services_.pool.threads()};
    const auto put = [&](const ConstArray& array) { return folder_.put(array, services_.pool); };
    manifest.outputs["arrays"] = nlohmann::ordered_json::object();
    for (const auto& [name, array] : held_->arrays) manifest.outputs["arrays"][name] = put(array.view());
    if (const auto scalars = task_.scalars(held_->reported); !scalars.empty())
      manifest.outputs["scalars"] = describe_scalars(scalars, put);
    folder_.keep(std::move(manifest));
    held_->written = true;
  } catch (const std::exception& error) {
    give_up(error);
  }
  last_ = Clock::now();
  cost_ = std::chrono::duration<double>(last_ - begin).count();
}

void TaskCheckpoint::keep_last() {
  if (held_ != nullptr && !held_->written && !full_) write_held();
}

void TaskCheckpoint::give_up(const std::exception& error) {
  full_ = true;
  store_.tell("S705", text("no more checkpoints of '{}' are kept in this run: {}", task_.node, error.what()));
}

void TaskCheckpoint::read() try {
  auto manifest = folder_.find();
  if (!manifest) return;
  const auto get = [&](const std::string& digest) {
    return folder_.get(digest, allocate_in(services_), services_.pool);
  };
  auto found = std::make_unique<Saved>();
  try {
    for (const auto& [name, digest] : manifest->outputs.at("arrays").items()) found->arrays[name] = get(digest);
    if (const auto scalars = manifest->outputs.find("scalars"); scalars != manifest->outputs.end())
      found->scalars = read_scalars(*scalars, task_.node, get);
  } catch (const DamagedEntry& damage) {
    return folder_.reject(damage.what());
  } catch (const nlohmann::json::exception& damage) {
    return folder_.reject(damage.what());
  }
  for (const auto& [name, array] : found->arrays) found->views[name] = array.view();
  for (const auto& [name, view] : found->views) found->c_arrays[name] = view.c_array();
  found->manifest = std::move(*manifest);
  saved_ = std::move(found);
} catch (const UnreadableEntry& error) {
  throw std::runtime_error(
      text("the checkpoint that an earlier run left cannot be read now ({}); it stays, and the "
           "same command goes on from it when it can; --force {} begins anew",
           error.what(), task_.node));
}

const shoal_state_reader* TaskCheckpoint::saved() { return saved_ == nullptr ? nullptr : &saved_->c; }

void TaskCheckpoint::loaded(int status) {
  const auto taken = std::move(saved_);
  if (taken == nullptr) return;
  if (status != SHOAL_OK) return folder_.reject("its component did not take it");
  seconds_before_ = taken->manifest.seconds;
  peak_rss_before_ = taken->manifest.peak_rss_bytes;
  // What was said before the checkpoint was asked for is the beginning of what was said then.
  const std::size_t said = task_.scalars(task_.now()).size();
  for (std::size_t i = said; i < taken->scalars.size(); ++i) task_.replay(taken->scalars[i]);
  last_ = Clock::now();
}

}  // namespace shoal::host
