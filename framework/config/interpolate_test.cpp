// `${…}` in values.
#include "framework/config/interpolate.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Value resolved(const std::string& text, const References& references = {}) {
  Diagnostics diagnostics;
  Interpolated out = interpolate(yaml(text), references, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics);
  EXPECT_THAT(out.failed, IsEmpty());
  return out.document;
}

/// The value of x-v in a file that has a few others.
Value value_of(const std::string& written) {
  return *resolved(
              "vars: {width: 128, half: 0.5, name: enc, list: [8, 16], map: {k: 3}, none: ~}\n"
              "nodes: {kmeans: {use: clusterer/kmeans, with: {k: 10}}}\nx-v: " +
                  written + "\n",
              {"/data/here", {}})
              .find("x-v");
}

std::vector<std::string> wrong(const std::string& text) {
  Diagnostics diagnostics;
  const Interpolated out = interpolate(yaml(text), {}, diagnostics);
  EXPECT_FALSE(out.failed.empty());
  std::vector<std::string> said = found(diagnostics);
  const std::vector<std::string> texts = messages(diagnostics);
  for (std::size_t i = 0; i < said.size(); ++i) said[i] += " " + texts[i];
  return said;
}

TEST(Interpolate, AloneItCarriesTheValue) {
  EXPECT_EQ(value_of("${vars.width}"), Value::make_integer(128));
  EXPECT_EQ(value_of("\"${vars.width}\""), Value::make_integer(128));  // quotes are for YAML's sake
  EXPECT_EQ(value_of("${vars.list}"), yaml("[8, 16]"));
  EXPECT_EQ(value_of("${vars.list[1]}"), Value::make_integer(16));
  EXPECT_EQ(value_of("{a: \"${vars.map}\"}"), yaml("{a: {k: 3}}"));
  EXPECT_TRUE(value_of("${vars.none}").is_null());
}

TEST(Interpolate, InTextItIsText) {
  const Value value = value_of("${vars.name}-${vars.width}-${vars.half}.npy");
  EXPECT_EQ(value.text, "enc-128-0.5.npy");
  EXPECT_TRUE(value_of("1${vars.width}").quoted);
}

TEST(Interpolate, TakesShortPathsToo) {
  EXPECT_EQ(value_of("${kmeans.k}"), Value::make_integer(10));
  EXPECT_EQ(value_of("${nodes.kmeans.with.k}"), Value::make_integer(10));
  EXPECT_EQ(value_of("${kmeans.use}").text, "clusterer/kmeans");
}

TEST(Interpolate, TwoDollarsAreNoReference) {
  EXPECT_EQ(value_of("$${vars.width}").text, "${vars.width}");
  EXPECT_EQ(value_of("a$${b}${vars.width}$").text, "a${b}128$");
}

TEST(Interpolate, ReadsTheEnvironment) {
  setenv("SHOAL_TEST_SET", "17", 1);
  setenv("SHOAL_TEST_EMPTY", "", 1);
  unsetenv("SHOAL_TEST_UNSET");
  EXPECT_EQ(value_of("${env:SHOAL_TEST_SET}"), Value::make_integer(17));  // a number where one is wanted
  EXPECT_EQ(value_of("${env:SHOAL_TEST_UNSET:-a b}").text, "a b");
  EXPECT_EQ(value_of("${env:SHOAL_TEST_EMPTY:-7}").text, "7");
  EXPECT_EQ(value_of("x${env:SHOAL_TEST_EMPTY}y").text, "xy");
  EXPECT_THAT(wrong("a: ${env:SHOAL_TEST_UNSET}\n"),
              ElementsAre("C207 1:4+23 the environment variable SHOAL_TEST_UNSET is not set"));
}

TEST(Interpolate, KnowsTheFoldersOfTheFileAndOfTheData) {
  EXPECT_EQ(value_of("${here}/a.npy").text, std::filesystem::current_path().string() + "/a.npy");
  EXPECT_EQ(value_of("${data}").text, "/data/here");
}

TEST(Interpolate, FollowsReferencesOfReferences) {
  EXPECT_EQ(
      resolved("a: ${x-b.c}\nx-b: ${vars.d}\nvars: {d: {c: \"x${x-e}\"}, f: 1}\nx-e: ${vars.f}\n").find("a")->text,
      "x1");
}

TEST(Interpolate, NamesTheNearestPath) {
  EXPECT_THAT(wrong("vars: {width: 1}\na:\n  b: x${vars.widht}\n"),
              ElementsAre("C204 3:7+13 ${vars.widht} has no value; did you mean ${vars.width}?"));
  EXPECT_THAT(wrong("vars: {width: 1}\na: ${var.width}\nnodes: {}\n"),
              ElementsAre("C204 2:4+12 ${var.width} has no value; did you mean ${vars.width}?"));
  EXPECT_THAT(wrong("nodes: {kmeans: {with: {k: 1}}}\na: ${kmean.k}\n"),
              ElementsAre("C204 2:4+10 ${kmean.k} has no value; did you mean ${kmeans.k}?"));
  EXPECT_THAT(wrong("nodes: {kmeans: {with: {tol: 1}}}\na: ${kmeans.tole}\n"),
              ElementsAre("C204 2:4+14 ${kmeans.tole} has no value; did you mean ${kmeans.tol}?"));
  EXPECT_THAT(wrong("vars: {a: [1]}\nb: ${vars.a[1]}\n"), ElementsAre("C204 2:4+12 ${vars.a[1]} has no value"));
}

TEST(Interpolate, SaysACircleWithItsChain) {
  EXPECT_THAT(wrong("vars:\n  a: ${vars.b}\n  b: x${vars.c}\n  c: ${vars.a}\n"),
              ElementsAre("C205 2:6+9 references lead back: vars.b → vars.c → vars.a → vars.b"));
  EXPECT_THAT(wrong("vars: {a: {b: \"${vars}\"}}\n"), ElementsAre("C205 1:16+7 references lead back: vars → vars"));
}

TEST(Interpolate, RefusesWhatIsMalformed) {
  EXPECT_THAT(wrong("a: x ${vars.b\n"), ElementsAre("C206 1:6+8 '${' is not closed"));
  EXPECT_THAT(wrong("a: ${}\n"), ElementsAre("C206 1:4+3 '${}' names nothing"));
  EXPECT_THAT(wrong("a: ${secret:KEY}\n"), ElementsAre("C206 1:4+13 there is no 'secret:' in ${…}"));
  EXPECT_THAT(wrong("a: ${env:1x}\n"), ElementsAre("C206 1:4+9 '1x' is no name of a variable of the environment"));
  EXPECT_THAT(wrong("a: ${b..c}\n"), ElementsAre(HasSubstr("C206 1:4+7 malformed path 'b..c'")));
  EXPECT_THAT(wrong("a: ${b${c}}\n"), ElementsAre("C206 1:4+7 a reference inside a reference"));
}

TEST(Interpolate, NoMapInsideText) {
  EXPECT_THAT(wrong("vars: {m: {k: 1}}\na: x${vars.m}\n"),
              ElementsAre("C208 2:5+9 ${vars.m} is a map, which cannot stand inside text"));
}

TEST(Interpolate, EveryErrorIsSaidOnce) {
  EXPECT_THAT(wrong("vars: {a: \"${none}\"}\nb: ${vars.a}\nc: ${vars.a}\nd: ${nothing}\n"),
              ElementsAre("C204 1:12+7 ${none} has no value", "C204 4:4+10 ${nothing} has no value"));
}

TEST(Interpolate, GrowsNoFurtherThanAliases) {
  std::string lists = "vars:\n  a0: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  std::string texts = "vars:\n  a0: xxxxxxxxxx\n";
  for (int i = 1; i < 12; ++i) {
    const std::string name = "${vars.a" + std::to_string(i - 1) + "}";
    lists += "  a" + std::to_string(i) + ": [";
    texts += "  a" + std::to_string(i) + ": ";
    for (int j = 0; j < 10; ++j) {
      lists += std::string(j == 0 ? "" : ", ") + "\"" + name + "\"";
      texts += name;
    }
    lists += "]\n";
    texts += "\n";
  }
  for (const std::string& text : {lists, texts}) EXPECT_THAT(wrong(text), testing::Contains(HasSubstr("Y109")));
}

TEST(Interpolate, WhatHangsOnSomethingPendingStays) {
  const References references{"/data", {{{{"vars", {}}, {"k", {}}}, {}}}};
  EXPECT_EQ(
      resolved("vars: {k: 1, l: \"${vars.k}\", m: 2}\na: ${vars.l}\nb: \"${data}/${vars.k}-${vars.m}\"\nc: ${vars.m}\n"
               "d: ${vars}\ne: $${x}\n",
               references),
      yaml("vars: {k: 1, l: \"${vars.k}\", m: 2}\na: ${vars.l}\nb: \"/data/${vars.k}-${vars.m}\"\nc: 2\n"
           "d: ${vars}\ne: $${x}\n"));
}

TEST(Interpolate, AValueKnowsBothItsPlaces) {
  const Value document = resolved("vars: {k: 5}\na: ${vars.k}\n");
  const Place& place = document.find("a")->place;
  EXPECT_EQ(place.to_string(), "f.yaml:1:11");
  Diagnostics diagnostics;
  diagnostics.error("K205", place, "m");
  EXPECT_THAT(render(diagnostics), HasSubstr("= note: read through f.yaml:2:4\n"));
}

TEST(Interpolate, EscapedReferencesComeBackAsTheyAre) {
  Value value = Value::make_map();
  value.set("a", Value::make_text("x${y}$${z}"));
  const Value before = value;
  escape_references(value);
  Diagnostics diagnostics;
  EXPECT_EQ(interpolate(value, {}, diagnostics).document, before);
  EXPECT_TRUE(diagnostics.empty());
}

}  // namespace
}  // namespace shoal::config
