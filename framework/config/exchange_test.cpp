// Diagnostics for other programs. That SARIF is valid was checked by hand, with jsonschema and the schema of OASIS;
// here are the parts that readers rely on.
#include "framework/config/exchange.h"

#include <gmock/gmock.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace shoal::config {
namespace {

using nlohmann::json;

const std::shared_ptr<const Source> kFile = Source::file("my configs/ä.yaml", "a: 1\nb: {k: 0}\n");

/// An error in line 2 with help and a second place, a warning of the command line, and one of the whole file.
Diagnostics three() {
  Diagnostics out;
  out.error("K206", {kFile, 2, 8, 1}, "'k' must be at least 1, but is 0",
            {{"clusterer/kmeans takes k ≥ 1", std::nullopt}, {"first given", Place{kFile, 1, 1, 1}}});
  out.warning("K213", {Source::command_line(std::vector<std::string>{"n=3"}), 1, 1, 1}, "'n' is called 'k' here");
  out.error("Y107", {kFile}, "the file has more than 4 MiB");
  return out;
}

TEST(Exchange, JsonHasEveryPartOfADiagnostic) {
  const json document = json::parse(as_json(three()));
  EXPECT_EQ(document["errors"], 2);
  EXPECT_EQ(document["warnings"], 1);
  ASSERT_EQ(document["diagnostics"].size(), 3u);
  EXPECT_EQ(document["diagnostics"][0]["place"], json({{"file", "my configs/ä.yaml"}}));
  const json& error = document["diagnostics"][1];
  EXPECT_EQ(error["id"], "K206");
  EXPECT_EQ(error["severity"], "error");
  EXPECT_EQ(error["title"], "a value out of range");
  EXPECT_EQ(error["message"], "'k' must be at least 1, but is 0");
  EXPECT_EQ(error["place"], json({{"file", "my configs/ä.yaml"}, {"line", 2}, {"column", 8}, {"length", 1}}));
  EXPECT_EQ(error["notes"][0]["text"], "clusterer/kmeans takes k ≥ 1");
  EXPECT_TRUE(error["notes"][0]["place"].is_null());
  EXPECT_EQ(error["notes"][1]["place"]["line"], 1);
  EXPECT_EQ(document["diagnostics"][2]["place"],
            json({{"argument", 1}, {"text", "n=3"}, {"column", 1}, {"length", 1}}));
}

TEST(Exchange, JsonOfNothingIsADocumentToo) {
  EXPECT_EQ(as_json({}), "{\"diagnostics\":[],\"errors\":0,\"warnings\":0}\n");
}

TEST(Exchange, JsonTakesWhatIsNotUtf8) {
  Diagnostics bad;
  bad.error("Y101", {Source::file("\xFF.yaml", "")}, "cannot read '\xFF.yaml'");
  EXPECT_EQ(json::parse(as_json(bad))["diagnostics"][0]["message"], "cannot read '\uFFFD.yaml'");
  EXPECT_EQ(json::parse(as_sarif(bad, "1"))["version"], "2.1.0");
}

TEST(Exchange, SarifPointsAtTheStretchAndNamesItsRule) {
  const json run = json::parse(as_sarif(three(), "0.1.0"))["runs"][0];
  EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
  EXPECT_EQ(run["tool"]["driver"]["version"], "0.1.0");
  ASSERT_EQ(run["results"].size(), 3u);
  const json& error = run["results"][1];
  EXPECT_EQ(run["tool"]["driver"]["rules"][error["ruleIndex"].get<std::size_t>()]["id"], "K206");
  const json& physical = error["locations"][0]["physicalLocation"];
  EXPECT_EQ(physical["artifactLocation"]["uri"], "my%20configs/%C3%A4.yaml");
  EXPECT_EQ(physical["region"], json({{"startLine", 2}, {"startColumn", 8}, {"endColumn", 9}}));
  EXPECT_EQ(error["message"]["text"], "'k' must be at least 1, but is 0\nclusterer/kmeans takes k ≥ 1");
  EXPECT_EQ(error["relatedLocations"][0]["message"]["text"], "first given");
  EXPECT_FALSE(run["results"][0]["locations"][0]["physicalLocation"].contains("region"));
  EXPECT_EQ(run["results"][2]["level"], "warning");
  EXPECT_EQ(run["results"][2]["locations"][0]["logicalLocations"][0]["name"], "n=3");
}

TEST(Exchange, SarifOfOneKindHasOneRule) {
  Diagnostics twice;
  twice.error("K206", {kFile, 1, 1}, "one");
  twice.error("K206", {kFile, 2, 1}, "two");
  const json run = json::parse(as_sarif(twice, "1"))["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), 1u);
  EXPECT_EQ(run["results"][1]["ruleIndex"], 0);
}

TEST(Exchange, GithubHasItsOwnEscapes) {
  Diagnostics odd;
  odd.error("K205", {Source::file("a,b:c.yaml", "x: 1"), 1, 4, 2}, "100% wrong\nreally", {{"help", std::nullopt}});
  odd.note("C214", {Source::command_line(std::vector<std::string>{"k=3"}), 1, 1, 1}, "axis 'k' is fixed to 3");
  EXPECT_EQ(as_github(odd),
            "::error file=a%2Cb%3Ac.yaml,line=1,col=4,endColumn=6,title=K205 a value of the wrong type::"
            "100%25 wrong%0Areally%0Ahelp\n"
            "::notice title=C214 an override fixes an axis::command line:1:1: axis 'k' is fixed to 3\n");
  EXPECT_EQ(as_github({}), "");
}

}  // namespace
}  // namespace shoal::config
