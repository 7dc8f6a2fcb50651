// The schema of experiments that use the toys of tests/plugins/toys.cpp. Whether validators and editors understand it
// is tried in tests/editor, over all plugins.
#include "framework/graph/schema.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "framework/config/path.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;
using ::testing::UnorderedElementsAreArray;

class SchemaTest : public ::testing::Test {
 protected:
  SchemaTest() {
    registry_.load_folder(std::string(SHOAL_TEST_PLUGINS) + "/toys");
    schema_ = experiment_schema(registry_);
  }

  /// What a node that uses `component` may say.
  static ordered_json branch_of(const ordered_json& schema, const std::string& component) {
    for (const auto& one : schema["definitions"]["node"]["allOf"])
      if (one["if"]["properties"]["use"]["enum"][0] == component) return one["then"]["properties"];
    return nullptr;
  }

  static std::vector<std::string> keys_of(const ordered_json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    return keys;
  }

  Services services_{1};
  Registry registry_{services_};
  ordered_json schema_;
};

TEST_F(SchemaTest, HasEveryKeyOfNodesAndOfFiles) {
  EXPECT_THAT(keys_of(schema_["definitions"]["node"]["properties"]), UnorderedElementsAreArray(config::node_keys()));
  EXPECT_THAT(keys_of(schema_["properties"]), UnorderedElementsAreArray(config::top_level_keys()));
}

TEST_F(SchemaTest, SaysOfAParameterWhatItsDeclarationSays) {
  const ordered_json with = branch_of(schema_, "transform/toy-times")["with"];
  EXPECT_EQ(with["additionalProperties"], false);
  const ordered_json& factor = with["properties"]["factor"];
  EXPECT_EQ(factor["minimum"], -10.0);
  EXPECT_EQ(factor["maximum"], 10.0);
  EXPECT_EQ(factor["type"][0], "number");
  EXPECT_EQ(factor["description"].get<std::string>().find("what is multiplied with"), 0u);
  EXPECT_EQ(with["properties"]["mode"]["anyOf"][0]["enum"], ordered_json({"plain", "noisy"}));
  EXPECT_EQ(with["properties"]["mode"]["default"], "plain");
}

TEST_F(SchemaTest, KnowsAFormerNameWithoutOfferingIt) {
  const ordered_json properties = branch_of(schema_, "clusterer/toy-deal")["with"]["properties"];
  EXPECT_EQ(properties["n_clusters"]["minimum"], 1);
  EXPECT_EQ(properties["n_clusters"]["doNotSuggest"], true);
  EXPECT_FALSE(properties["k"].contains("doNotSuggest"));
}

TEST_F(SchemaTest, LetsOnlyClusterersBeIsolated) {
  EXPECT_FALSE(branch_of(schema_, "clusterer/toy-deal").contains("isolate"));
  EXPECT_EQ(branch_of(schema_, "dataset/toy-line")["isolate"], false);
}

TEST_F(SchemaTest, KnowsThePortsOfAMetric) {
  const ordered_json in = branch_of(schema_, "metric/toy-agreement")["in"];
  EXPECT_THAT(keys_of(in["properties"]), ::testing::UnorderedElementsAre("labels", "predicted"));
  EXPECT_EQ(in["additionalProperties"], false);
}

TEST_F(SchemaTest, IsAboutNothingWithoutPlugins) {
  const Registry none(services_);
  const ordered_json schema = experiment_schema(none);
  EXPECT_TRUE(schema["definitions"]["use"]["anyOf"][0]["enum"].empty());
  EXPECT_FALSE(schema["definitions"]["node"].contains("allOf"));
}

}  // namespace
}  // namespace shoal::host
