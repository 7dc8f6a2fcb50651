#include "framework/run/task_checkpoint.h"

#include <algorithm>
#include <map>

#include "framework/run/environment.h"
#include "framework/run/executor.h"
#include "framework/run/scalar_columns.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

constexpr double kLargestShare = 0.01;  // of the time, that checkpoints may take

TaskCheckpoint& of(void* self) { return *static_cast<TaskCheckpoint*>(self); }

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

/// Takes what a component saves straight to the disk.
struct TaskCheckpoint::Writer {
  shoal_state_writer c{sizeof(shoal_state_writer), &Writer::put};  // first, as above
  TaskCheckpoint& owner;
  nlohmann::ordered_json arrays = nlohmann::ordered_json::object();

  static int put(const shoal_state_writer* self, const char* name, const shoal_array* array) {
    Writer& writer = *reinterpret_cast<Writer*>(const_cast<shoal_state_writer*>(self));
    if (writer.owner.full_) return SHOAL_OK;
    try {
      writer.arrays[name] = writer.owner.folder_.put(ConstArray(*array), writer.owner.services_.pool);
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
             [](void* self) { return of(self).due() ? 1 : 0; },
             [](void* self, int (*fill)(void*, const shoal_state_writer*), void* user) {
               return of(self).save(fill, user);
             },
             [](void* self) { return of(self).saved(); },
             [](void* self, int status) { of(self).loaded(status); }} {}

TaskCheckpoint::~TaskCheckpoint() = default;

bool TaskCheckpoint::due() const {
  if (full_) return false;
  if (services_.cancelled) return true;  // the last chance
  const double since = std::chrono::duration<double>(Clock::now() - last_).count();
  return since >= task_.every_seconds && (task_.every_seconds == 0 || since >= cost_ / kLargestShare);
}

int TaskCheckpoint::save(int (*fill)(void*, const shoal_state_writer*), void* user) {
  const auto begin = Clock::now();
  Writer writer{.owner = *this};
  if (const int status = fill(user, &writer.c); status != SHOAL_OK) return status;
  if (full_) return SHOAL_OK;
  try {
    Manifest manifest{.key = task_.key,
                      .parts = task_.parts,
                      .node = task_.node,
                      .experiment = task_.experiment,
                      .written = utc_now(),
                      .seconds = seconds(),
                      .peak_rss_bytes = std::max(peak_rss_before_, peak_rss_bytes()),
                      .threads = services_.pool.threads()};
    manifest.outputs["arrays"] = std::move(writer.arrays);
    if (const auto scalars = task_.scalars(); !scalars.empty())
      manifest.outputs["scalars"] =
          describe_scalars(scalars, [&](const ConstArray& array) { return folder_.put(array, services_.pool); });
    folder_.keep(manifest);
  } catch (const std::exception& error) {
    give_up(error);
  }
  last_ = Clock::now();
  cost_ = std::chrono::duration<double>(last_ - begin).count();
  return SHOAL_OK;
}

void TaskCheckpoint::give_up(const std::exception& error) {
  full_ = true;
  store_.tell("S705", text("no more checkpoints of '{}' are kept in this run: {}", task_.node, error.what()));
}

const shoal_state_reader* TaskCheckpoint::saved() {
  auto manifest = folder_.find();
  if (!manifest) return nullptr;
  const auto get = [&](const std::string& digest) {
    return folder_.get(digest, allocate_in(services_), services_.pool);
  };
  auto found = std::make_unique<Saved>();
  try {
    for (const auto& [name, digest] : manifest->outputs.at("arrays").items()) found->arrays[name] = get(digest);
    if (const auto scalars = manifest->outputs.find("scalars"); scalars != manifest->outputs.end())
      found->scalars = read_scalars(*scalars, task_.node, get);
  } catch (const std::exception& damage) {
    folder_.reject(damage.what());
    return nullptr;
  }
  for (const auto& [name, array] : found->arrays) found->views[name] = array.view();
  for (const auto& [name, view] : found->views) found->c_arrays[name] = view.c_array();
  found->manifest = std::move(*manifest);
  saved_ = std::move(found);
  return &saved_->c;
}

void TaskCheckpoint::loaded(int status) {
  const auto taken = std::move(saved_);
  if (taken == nullptr) return;
  if (status != SHOAL_OK) return folder_.reject("its component did not take it");
  seconds_before_ = taken->manifest.seconds;
  peak_rss_before_ = taken->manifest.peak_rss_bytes;
  // What was said before the checkpoint was asked for is the beginning of what was said then.
  const std::size_t said = task_.scalars().size();
  for (std::size_t i = said; i < taken->scalars.size(); ++i) task_.replay(taken->scalars[i]);
  last_ = Clock::now();
}

}  // namespace shoal::host
