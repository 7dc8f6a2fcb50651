#include "framework/run/task_checkpoint.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

class TaskCheckpointTest : public ::testing::Test {
 protected:
  ~TaskCheckpointTest() override { fs::remove_all(folder_); }

  TaskCheckpoint::Task task() {
    return {.key = key_of({{"component", "trainer/slow"}}),
            .node = "slow",
            .experiment = "test",
            .parts = {{"component", "trainer/slow"}},
            .asked = &asked_,
            .now = [] { return std::size_t{0}; },
            .scalars = [](std::size_t) { return std::vector<ScalarPoint>(); },
            .replay = [](const ScalarPoint&) {},
            .log = [this](const std::string& line) { log_.push_back(line); }};
  }
  /// Offers a state of 128 MB, which takes at least some hundredths of a second to copy.
  static int offer(const shoal_checkpoint_1* table) {
    static const std::vector<double> numbers(std::size_t{16} << 20, 1.0);
    const auto fill = [](void*, const shoal_state_writer* writer) {
      const ConstArray view(numbers);
      const shoal_array array = view.c_array();
      return writer->put(writer, "numbers", &array);
    };
    return table->save(table->self, fill, nullptr);
  }

  const fs::path folder_ = fs::temp_directory_path() / ("shoal-task-checkpoint-test-" + std::to_string(getpid()));
  Store store_{folder_};
  Services services_{1};
  std::atomic<bool> asked_{false};
  std::vector<std::string> log_;
};

TEST_F(TaskCheckpointTest, TakesStatesOnlySoOftenAsCostsLittle) {
  TaskCheckpoint checkpoint(store_, services_, task());
  const shoal_checkpoint_1* table = checkpoint.table();
  EXPECT_EQ(table->due(table->self), 1) << "there is none yet";
  ASSERT_EQ(offer(table), SHOAL_OK);
  EXPECT_EQ(table->due(table->self), 0) << "a hundred times as long as the copy took is not over";
  asked_ = true;
  EXPECT_EQ(table->due(table->self), 1);
  asked_ = false;
  services_.cancelled = true;
  EXPECT_EQ(table->due(table->self), 1) << "the last chance";
}

TEST_F(TaskCheckpointTest, KeepsWhenAskedAndSaysSo) {
  TaskCheckpoint checkpoint(store_, services_, task());
  asked_ = true;
  ASSERT_EQ(offer(checkpoint.table()), SHOAL_OK);
  EXPECT_FALSE(asked_);
  EXPECT_THAT(log_, ::testing::ElementsAre("a checkpoint is kept, as the signal asked for"));
  TaskCheckpoint again(store_, services_, task());
  again.read();
  const shoal_state_reader* saved = again.table()->saved(again.table()->self);
  ASSERT_NE(saved, nullptr);
  EXPECT_EQ(saved->get(saved, "numbers")->shape[0], Index{16} << 20);
}

}  // namespace
}  // namespace shoal::host
