#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "file_store.h"
#include "shoal/reporter.h"
#include "shoal/testing_component.h"

namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

shoal::Event event(int type, double time, const char* node = "", const char* name = "", double value = 0,
                   std::int64_t step = 0) {
  shoal::Event out{};
  out.size = sizeof(out);
  out.type = type;
  out.time = time;
  out.rows = 1;
  out.node = node;
  out.name = name;
  out.component = out.text = "";
  out.value = value;
  out.step = step;
  return out;
}

class MlFlowTest : public ::testing::Test {
 protected:
  MlFlowTest() {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "plan.json") << R"({"format": 2, "rows": [{"tasks": [[0, 0], [2, 2]]}], "tasks": [
      {"node": "kmeans", "use": "clusterer/kmeans", "with": {"k": 10, "init": "random"}},
      {"node": "other", "use": "clusterer/kmeans", "with": {"k": 20}},
      {"node": "learn", "use": "trainer/deepcluster", "with": {"learning_rate": 1.0e-3}}]})";
  }
  ~MlFlowTest() override { fs::remove_all(folder_); }
  void report(const std::vector<shoal::Event>& events) {
    shoal::testing::Made made(host_.context(), "reporter/mlflow");
    const auto* table = made.object().get<shoal_reporter_1>("reporter/1");
    const shoal_context* c = host_.context().c_context();
    ASSERT_EQ(table->begin(made.object().self(), c, folder_.c_str(), "deep: \"it\""), 0);
    for (const shoal::Event& each : events) ASSERT_EQ(table->on_event(made.object().self(), c, &each), 0);
  }
  /// The only folder in a folder.
  static fs::path only(const fs::path& folder) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.is_directory()) found.push_back(entry.path());
    EXPECT_EQ(found.size(), 1u);
    return found.at(0);
  }
  shoal::testing::Host host_;
  fs::path folder_ = fs::temp_directory_path() / ("shoal-mlflow-test-" + std::to_string(getpid()));
};

std::vector<shoal::Event> a_run() {
  return {event(SHOAL_ROW_BEGIN, 1.7e9, "", "", 3),
          event(SHOAL_SCALAR, 1.7e9 + 1, "learn", "loss", 0.5, 0),
          event(SHOAL_SCALAR, 1.7e9 + 2, "learn", "loss", std::numeric_limits<double>::quiet_NaN(), 1),
          event(SHOAL_SCALAR, 1.7e9 + 2, "learn", "loss", 0.5, -1),
          event(SHOAL_SCALAR, 1.7e9 + 2, "learn", "nmi", 0.75, -1),
          event(SHOAL_ROW_END, 1.7e9 + 2.5),
          event(SHOAL_RUN_END, 1.7e9 + 3)};
}

TEST_F(MlFlowTest, WritesParametersMetricsAndStatus) {
  report(a_run());
  const fs::path experiment = only(folder_ / "mlruns");
  EXPECT_THAT(read(experiment / "meta.yaml"),
              AllOf(HasSubstr("name: \"deep: \\\"it\\\"\"\n"), HasSubstr("creation_time: 1700000000000\n")));
  const fs::path run = only(experiment);
  EXPECT_THAT(read(run / "meta.yaml"), AllOf(HasSubstr("status: 3\n"), HasSubstr("start_time: 1700000000000\n"),
                                             HasSubstr("end_time: 1700000002500\n")));
  EXPECT_TRUE(fs::is_directory(run / "artifacts"));  // without it MLflow lists the run and cannot open it
  EXPECT_EQ(read(run / "params/kmeans.k"), "10");
  EXPECT_EQ(read(run / "params/kmeans.init"), "random");
  EXPECT_EQ(read(run / "params/learn.use"), "trainer/deepcluster");
  EXPECT_EQ(read(run / "params/seed"), "3");
  EXPECT_FALSE(fs::exists(run / "params/other.k"));  // no task of this row
  EXPECT_EQ(read(run / "metrics/learn.loss"), "1700000001000 0.5 0\n1700000002000 nan 1\n");
  EXPECT_EQ(read(run / "metrics/learn.nmi"), "1700000002000 0.75 0\n");
}

TEST_F(MlFlowTest, FindsAnExperimentByItsName) {
  report(a_run());
  report(a_run());
  const fs::path experiment = only(folder_ / "mlruns");
  int runs = 0;
  for (const auto& entry : fs::directory_iterator(experiment)) runs += entry.is_directory() ? 1 : 0;
  EXPECT_EQ(runs, 2);
  fs::create_directories(folder_ / "mlruns/42");
  std::ofstream(folder_ / "mlruns/42/meta.yaml") << "experiment_id: '42'\nname: made by mlflow\n";
  EXPECT_EQ(mlflow::experiment_folder(folder_ / "mlruns", "made by mlflow", 0).filename(), "42");
}

TEST_F(MlFlowTest, SaysThatARowFailedOrWasStopped) {
  for (const auto& [status, number] : {std::pair(SHOAL_E_FAILED, "4"), std::pair(SHOAL_E_CANCELLED, "5")}) {
    fs::remove_all(folder_ / "mlruns");
    auto events = a_run();
    events[5].status = status;
    report(events);
    EXPECT_THAT(read(only(only(folder_ / "mlruns")) / "meta.yaml"), HasSubstr(std::string("status: ") + number));
  }
}

TEST_F(MlFlowTest, IsReadByMlFlow) {
  if (std::system("'" SHOAL_TEST_PYTHON "' -c 'import mlflow' 2>/dev/null") != 0)
    GTEST_SKIP() << "there is no mlflow for Python; the files are compared above";
  report(a_run());
  std::ofstream(folder_ / "read.py") << R"(
import os, sys
os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'
from mlflow.tracking import MlflowClient
client = MlflowClient(tracking_uri='file://' + sys.argv[1] + '/mlruns')
experiment, = [e for e in client.search_experiments() if e.name != 'Default']
found, = client.search_runs([experiment.experiment_id])
run = client.get_run(found.info.run_id)
print(experiment.name, run.info.status, run.data.params['kmeans.k'], run.data.metrics['learn.nmi'])
print([(m.step, m.value) for m in client.get_metric_history(run.info.run_id, 'learn.loss')])
)";
  const std::string command = "'" SHOAL_TEST_PYTHON "' '" + (folder_ / "read.py").string() + "' '" + folder_.string() +
                              "' >'" + (folder_ / "out").string() + "' 2>'" + (folder_ / "err").string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0) << read(folder_ / "err");
  EXPECT_EQ(read(folder_ / "out"), "deep: \"it\" FINISHED 10 0.75\n[(0, 0.5), (1, nan)]\n");
}

}  // namespace
