#include "plan_file.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

namespace shoal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// What is read of a plan.json of this text.
std::vector<PlannedRow> read(const std::string& text) {
  const auto folder = std::filesystem::temp_directory_path() / ("shoal-plan-test-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "plan.json") << text;
  const auto out = read_plan(folder);
  std::filesystem::remove_all(folder);
  return out;
}

TEST(PlanFile, TellsWhatWaitsForWhatThroughWhatIsOnlyDeclared) {
  const auto rows =
      read(R"({"format": 2, "rows": [{"settings": {"backend": "ours", "kmeans.k": "10"}, "seed": 3}], "tasks": [
    {"node": "data", "use": "dataset/mnist", "row": 0},
    {"node": "net", "use": "encoder/convnet", "row": 0},
    {"node": "learn", "use": "trainer/supervised", "row": 0, "in": {"data": ["data.dataset"], "encoder": ["net.encoder"]}},
    {"node": "codes", "use": "encoder/convnet", "row": 0, "made_by": "learn", "in": {"data": ["data.dataset"]}},
    {"node": "table", "use": "dataset/python", "row": 0, "in": {"of": ["codes.features", "learn.history"]}},
    {"node": "groups", "use": "clusterer/kmeans", "row": 0, "in": {"data": ["table.dataset"]}},
    {"node": "quality", "use": "metric/clustering", "row": 0, "in": {"predicted": ["groups.labels"], "labels": ["data.labels"]}}]})");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].heading, "backend ours, kmeans.k 10  seed 3");
  std::vector<std::string> names;
  for (const PlannedNode& node : rows[0].nodes) names.push_back(node.name);
  ASSERT_THAT(names, ElementsAre("learn", "codes", "groups", "quality"));
  EXPECT_THAT(rows[0].nodes[0].after, IsEmpty());
  EXPECT_THAT(rows[0].nodes[1].after, ElementsAre("learn"));
  EXPECT_THAT(rows[0].nodes[2].after, ElementsAre("codes", "learn"));
  EXPECT_THAT(rows[0].nodes[3].after, ElementsAre("groups"));
}

TEST(PlanFile, GivesWhatRowsShareToTheFirst) {
  const auto rows = read(R"({"rows": [{"settings": {}, "seed": 0}, {"settings": {}, "seed": 1}], "tasks": [
    {"node": "pca", "use": "transform/pca", "row": 0, "in": {"data": ["digits.dataset"]}},
    {"node": "groups", "use": "clusterer/kmeans", "row": 0, "in": {"data": ["pca.features"]}},
    {"node": "groups", "use": "clusterer/kmeans", "row": 1, "in": {"data": ["pca.features"]}}]})");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].nodes.size(), 2u);
  ASSERT_EQ(rows[1].nodes.size(), 1u);
  EXPECT_EQ(rows[1].nodes[0].name, "groups");
  EXPECT_THAT(rows[1].nodes[0].after, IsEmpty());
  EXPECT_EQ(rows[1].heading, "seed 1");
}

TEST(PlanFile, GivesNothingWhereThereIsNone) {
  EXPECT_THAT(read_plan("/nowhere"), IsEmpty());
  EXPECT_THAT(read("{\"rows\": ["), IsEmpty());
  EXPECT_THAT(read("{\"rows\": [], \"tasks\": [{\"node\": \"a\", \"use\": \"metric/x\", \"row\": 7}]}"), IsEmpty());
}

}  // namespace
}  // namespace shoal
