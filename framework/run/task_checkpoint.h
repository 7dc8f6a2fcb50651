#ifndef SHOAL_FRAMEWORK_RUN_TASK_CHECKPOINT_H_
#define SHOAL_FRAMEWORK_RUN_TASK_CHECKPOINT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "framework/plugin/services.h"
#include "framework/run/record.h"
#include "framework/store/checkpoint_folder.h"
#include "shoal/checkpoint.h"

namespace shoal::host {

/// The checkpoints of one task at work: the table that its component gets, over the folder of its key. What the task
/// reported is kept with them, and is said again when it goes on from one.
class TaskCheckpoint {
 public:
  struct Task {
    std::string key, node, experiment;
    KeyParts parts;
    double every_seconds = 60;  ///< at least so long from one checkpoint to the next; 0: each that is offered is kept
    std::function<std::vector<ScalarPoint>()> scalars;  ///< what the task has reported in this process, in order
    std::function<void(const ScalarPoint&)> replay;     ///< reports what an earlier process did
  };

  /// The work begins now. All of it is borrowed.
  TaskCheckpoint(Store& store, Services& services, Task task);
  TaskCheckpoint(const TaskCheckpoint&) = delete;
  TaskCheckpoint& operator=(const TaskCheckpoint&) = delete;
  ~TaskCheckpoint();

  const shoal_checkpoint_1* table() const { return &table_; }

  /// Forgets what an earlier try left.
  void forget() { folder_.remove(); }

  /// Of the earlier tries, up to the checkpoint that the work went on from; 0 where it began anew.
  double seconds_before() const { return seconds_before_; }
  std::int64_t peak_rss_before() const { return peak_rss_before_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Saved;
  struct Writer;

  bool due() const;
  int save(int (*fill)(void*, const shoal_state_writer*), void* user);
  const shoal_state_reader* saved();
  void loaded(int status);
  double seconds() const { return seconds_before_ + std::chrono::duration<double>(Clock::now() - begin_).count(); }
  void give_up(const std::exception& error);

  Services& services_;
  const Task task_;
  CheckpointFolder folder_;
  const Store& store_;
  const shoal_checkpoint_1 table_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point last_ = begin_;  // when the last one was written, or the work began
  double cost_ = 0;                  // seconds that the last one took
  bool full_ = false;                // the disk: no more in this task
  double seconds_before_ = 0;
  std::int64_t peak_rss_before_ = 0;
  std::unique_ptr<Saved> saved_;  // between saved and loaded
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_TASK_CHECKPOINT_H_
