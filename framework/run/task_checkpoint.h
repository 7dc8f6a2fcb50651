#ifndef SHOAL_FRAMEWORK_RUN_TASK_CHECKPOINT_H_
#define SHOAL_FRAMEWORK_RUN_TASK_CHECKPOINT_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
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
///
/// A state that is offered is held in memory, and brought to the disk where one is due; the last one that is held of
/// work that is stopped always is, by keep_last. Neither takes more than 1 % of the time: of states that are offered
/// faster than they can be copied, after each pass of a quick fit, only some are taken.
class TaskCheckpoint {
 public:
  struct Task {
    std::string key, node, experiment;
    KeyParts parts;
    double every_seconds = 60;  ///< at least so long from one checkpoint to the next; 0: each that is offered is kept
    std::atomic<bool>* asked = nullptr;  ///< may be null; true: the next one is due, and the user hears of it
    std::function<std::size_t()> now;    ///< a mark in the order of what is reported
    std::function<std::vector<ScalarPoint>(std::size_t)> scalars;  ///< of the task in this process, before such a mark
    std::function<void(const ScalarPoint&)> replay;                ///< reports what an earlier process did
    std::function<void(const std::string&)> log;
  };

  /// The work begins now. All of it is borrowed.
  TaskCheckpoint(Store& store, Services& services, Task task);
  TaskCheckpoint(const TaskCheckpoint&) = delete;
  TaskCheckpoint& operator=(const TaskCheckpoint&) = delete;
  ~TaskCheckpoint();

  const shoal_checkpoint_1* table() const { return &table_; }

  /// Reads what an earlier try left, for the component to ask for. Throws std::runtime_error where it is there but
  /// cannot be read now: work that began anew would take its place.
  void read();

  /// The work ended before its end: brings the last state that was offered to the disk, if it is not there.
  void keep_last();

  /// Forgets what an earlier try left.
  void forget() { folder_.remove(); }

  /// Of the earlier tries, up to the checkpoint that the work went on from; 0 where it began anew.
  double seconds_before() const { return seconds_before_; }
  std::int64_t peak_rss_before() const { return peak_rss_before_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Saved;
  struct Held;
  struct Writer;

  bool due() const;
  bool wanted() const;
  int save(int (*fill)(void*, const shoal_state_writer*), void* user);
  void write_held();
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
  std::unique_ptr<Saved> saved_;  // between read and loaded
  std::unique_ptr<Held> held_;    // the last that was taken
  Clock::time_point held_at_ = {};
  double hold_cost_ = std::numeric_limits<double>::infinity();  // seconds; the least so far: the machine may be busy
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_TASK_CHECKPOINT_H_
