#include "framework/config/overrides.h"

#include <gmock/gmock.h>

#include "framework/config/emit.h"
#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kFile =
    "seed: 0\nnodes:\n  kmeans: {use: clusterer/kmeans, with: {k: 10}}\n  enc: {use: encoder/convnet, with: {channels: [8, 16]}}\n";

// The file after the arguments, or the findings where there are any.
struct Result {
  Value document;
  Diagnostics diagnostics;
  std::vector<Override> changes;
};

Result apply(const std::vector<std::string>& arguments) {
  Result result;
  result.document = yaml(kFile);
  result.changes = parse_overrides(Source::command_line(arguments), result.diagnostics);
  apply_overrides(result.document, result.changes, result.diagnostics);
  return result;
}

Value value_of(const std::string& argument) {
  const Result result = apply({argument});
  EXPECT_TRUE(result.diagnostics.empty()) << render(result.diagnostics);
  return result.changes.empty() ? Value{} : result.changes[0].value;
}

TEST(Overrides, SetAppendAndDelete) {
  const Result result = apply({"kmeans.k=50", "enc.channels+=32", "enc.channels+=[64, 128]", "enc.channels[0]=4", "seed=7",
                               "kmeans.use=clusterer/minibatch-kmeans", "~enc.use", "vars.width=128",
                               "nodes.probe={use: metric/x}"});
  EXPECT_TRUE(result.diagnostics.empty()) << render(result.diagnostics);
  EXPECT_EQ(result.document,
            yaml("seed: 7\nnodes:\n  kmeans: {use: clusterer/minibatch-kmeans, with: {k: 50}}\n"
                 "  enc: {with: {channels: [4, 16, 32, 64, 128]}}\n  probe: {use: metric/x}\nvars: {width: 128}\n"));
}

TEST(Overrides, ApplyFromLeftToRight) {
  EXPECT_EQ(apply({"kmeans.k=1", "kmeans.k=2"}).document.find("nodes")->find("kmeans")->find("with")->find("k")->text, "2");
}

TEST(Overrides, TakeTextVerbatim) {
  EXPECT_EQ(value_of("name=a=b,c|d # e: f").text, "a=b,c|d # e: f");
  EXPECT_EQ(value_of("name=  x ").text, "  x ");
  EXPECT_EQ(value_of("name=李明").text, "李明");
  EXPECT_EQ(value_of("name=\"a\" or \"b\"").text, "\"a\" or \"b\"");
  EXPECT_FALSE(value_of("name=010").quoted);
  EXPECT_TRUE(value_of("name=\"010\"").quoted);
  EXPECT_EQ(value_of("name=\"\"").text, "");
  EXPECT_TRUE(value_of("name=\"\"").is_scalar());
  EXPECT_EQ(value_of("name='it''s'").text, "it's");
  EXPECT_TRUE(value_of("name=null").is_null());
  EXPECT_TRUE(value_of("name=").is_null());
  EXPECT_EQ(emit_flow(value_of("vars.x={a: [1, 2], b: 'no'}")), "{a: [1, 2], b: 'no'}");
}

TEST(Overrides, KnowWhereTheyStand) {
  const Result result = apply({"seed=1", "vars.é=[8, x]"});
  const Override& change = result.changes.at(1);
  EXPECT_EQ(change.written.place.to_string(), "command line:2:1");
  EXPECT_EQ(change.written.place.length, 6U);
  EXPECT_EQ(change.value.place.to_string(), "command line:2:8");
  EXPECT_EQ(change.value.items[1].place.to_string(), "command line:2:12");
  EXPECT_EQ(result.changes.at(0).value.place.to_string(), "command line:1:6");
}

TEST(Overrides, WithoutAnOperatorAreC209) {
  const Result result = apply({"kmeans.k:5"});
  EXPECT_THAT(found(result.diagnostics), ElementsAre("C209 1:1+10"));
  EXPECT_THAT(messages(result.diagnostics), ElementsAre("no '=' in 'kmeans.k:5'"));
}

TEST(Overrides, OfUnknownPathsAreC210WithTheNearestName) {
  const Result result = apply({"kmean.k=5", "sed=1", "zzzzzz=1", "nodes.kmean.with.k=1", "kmeans..k=1", "~kmean"});
  EXPECT_THAT(found(result.diagnostics),
              ElementsAre("C210 1:1+5", "C210 2:1+3", "C210 3:1+6", "C210 4:1+18", "C210 5:8", "C210 6:2+5"));
  EXPECT_THAT(messages(result.diagnostics),
              ElementsAre("there is no node or top-level key 'kmean'; did you mean 'kmeans'?",
                          "there is no node or top-level key 'sed'; did you mean 'seed'?",
                          "there is no node or top-level key 'zzzzzz'", "there is no node 'kmean'; did you mean 'kmeans'?",
                          HasSubstr("malformed path 'kmeans..k': a name is missing"), HasSubstr("did you mean 'kmeans'?")));
}

TEST(Overrides, OfListsAreC211AndC212) {
  const Result result = apply({"enc.channels[4]=1", "kmeans.k+=1", "enc.strides+=2"});
  EXPECT_THAT(found(result.diagnostics), ElementsAre("C211 1:1+15", "C212 2:1+8", "C212 3:1+11"));
  EXPECT_THAT(messages(result.diagnostics),
              ElementsAre("no index 4 in 'nodes.enc.with.channels', which has 2", "+= wants a list, but 'kmeans.k' is a single value",
                          "+= wants a list, but the file does not set 'enc.strides'"));
}

TEST(Overrides, ThatDeleteNothingAreC213) {
  const Result result = apply({"~kmeans.init", "~enc.channels[2]"});
  EXPECT_THAT(found(result.diagnostics), ElementsAre("C213 1:2+11", "C213 2:2+15"));
  EXPECT_THAT(messages(result.diagnostics),
              ElementsAre("nothing to delete at 'kmeans.init'", "nothing to delete at 'enc.channels[2]'"));
}

TEST(Overrides, ThroughAScalarAreC203) {
  EXPECT_THAT(found(apply({"seed.x=1"}).diagnostics), ElementsAre("C203 1:1+6"));
}

TEST(Overrides, WithBrokenYamlSayWhere) {
  EXPECT_THAT(found(apply({"enc.channels=[8, 16", "vars.x={a: 1, a: 2}", "vars.y=[1] 2", "vars.z=[!foo 1]"}).diagnostics),
              ElementsAre("Y104 1:20", "Y103 2:15", "Y104 3:12", "Y113 4:9+4"));
}

TEST(Overrides, RefuseControlCharacters) {
  EXPECT_THAT(found(apply({"seed=1", "name=\x04"}).diagnostics), ElementsAre("Y106 2:6"));
  EXPECT_THAT(found(apply({"name=\xFF"}).diagnostics), ElementsAre("Y102 1:6"));
}

TEST(Overrides, RenderLikeACompilersError) {
  EXPECT_THAT(render(apply({"kmean.k=5"}).diagnostics),
              HasSubstr("command line:1:1: error[C210]: there is no node or top-level key 'kmean'; did you mean 'kmeans'?\n"
                        "    1 | kmean.k=5\n      | ^^^^^\n1 error in the command line. Nothing was run.\n"));
}

}  // namespace
}  // namespace shoal::config
