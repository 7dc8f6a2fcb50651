#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "shoal/reporter.h"
#include "shoal/testing_component.h"

namespace {

namespace fs = std::filesystem;

shoal::Event event(int type, const char* node = "", const char* name = "", double value = 0, std::int64_t step = 0) {
  shoal::Event out{};
  out.size = sizeof(out);
  out.type = type;
  out.time = 1.7e9;
  out.node = node;
  out.name = name;
  out.component = out.text = "";
  out.value = value;
  out.step = step;
  return out;
}

class TensorBoardTest : public ::testing::Test {
 protected:
  TensorBoardTest() { fs::create_directories(folder_); }
  ~TensorBoardTest() override { fs::remove_all(folder_); }
  void report(const std::vector<shoal::Event>& events) {
    shoal::testing::Made made(host_.context(), "reporter/tensorboard");
    const auto* table = made.object().get<shoal_reporter_1>("reporter/1");
    const shoal_context* c = host_.context().c_context();
    ASSERT_EQ(table->begin(made.object().self(), c, folder_.c_str(), "an experiment"), 0);
    for (const shoal::Event& each : events) ASSERT_EQ(table->on_event(made.object().self(), c, &each), 0);
  }
  shoal::testing::Host host_;
  fs::path folder_ = fs::temp_directory_path() / ("shoal-tensorboard-test-" + std::to_string(getpid()));
};

std::vector<shoal::Event> two_rows() {
  shoal::Event second = event(SHOAL_ROW_BEGIN, "", "", 7);
  second.row = 1;
  second.text = "kmeans.k 10, path a/b";
  return {event(SHOAL_ROW_BEGIN),
          event(SHOAL_SCALAR, "learn", "loss", 0.5, 0),
          event(SHOAL_SCALAR, "learn", "loss", 0.25, 300),
          event(SHOAL_SCALAR, "learn", "loss", 0.25, -1),
          event(SHOAL_SCALAR, "learn", "accuracy", 0.75, -1),
          event(SHOAL_SCALAR, "", "learn.accuracy", 0.75, 0),
          second,
          event(SHOAL_SCALAR, "learn", "loss", 1, 1),
          event(SHOAL_RUN_END)};
}

TEST_F(TensorBoardTest, WritesAFileOfEachRow) {
  report(two_rows());
  std::vector<std::string> rows;
  for (const auto& row : fs::directory_iterator(folder_ / "tensorboard")) {
    rows.push_back(row.path().filename().string());
    ASSERT_EQ(std::distance(fs::directory_iterator(row), {}), 1);
    EXPECT_THAT(fs::directory_iterator(row)->path().filename().string(),
                ::testing::StartsWith("events.out.tfevents.1700000000."));
  }
  EXPECT_THAT(rows, ::testing::UnorderedElementsAre("row-1 seed 0", "row-2 kmeans.k 10, path a_b seed 7"));
}

TEST_F(TensorBoardTest, IsReadByTensorBoard) {
  if (std::system("'" SHOAL_TEST_PYTHON "' -c 'import tensorboard' 2>/dev/null") != 0)
    GTEST_SKIP() << "there is no tensorboard for Python; event_file_test compares the bytes";
  report(two_rows());
  std::ofstream(folder_ / "read.py") << R"(
import sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
for row in ('row-1 seed 0', 'row-2 kmeans.k 10, path a_b seed 7'):
    found = EventAccumulator(sys.argv[1] + '/tensorboard/' + row).Reload()
    for tag in sorted(found.Tags()['scalars']):
        print(tag, [(e.step, e.value, e.wall_time) for e in found.Scalars(tag)])
)";
  const std::string command = "'" SHOAL_TEST_PYTHON "' '" + (folder_ / "read.py").string() + "' '" + folder_.string() +
                              "' >'" + (folder_ / "out").string() + "' 2>'" + (folder_ / "err").string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream in(folder_ / "out");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}),
            "learn/accuracy [(0, 0.75, 1700000000.0)]\n"
            "learn/loss [(0, 0.5, 1700000000.0), (300, 0.25, 1700000000.0)]\n"
            "learn/loss [(1, 1.0, 1700000000.0)]\n");
}

}  // namespace
