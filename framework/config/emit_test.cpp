#include "framework/config/emit.h"

#include <gmock/gmock.h>

#include "framework/config/scalars.h"
#include "framework/config/testing.h"

namespace shoal::config {
namespace {

TEST(EmitYaml, KeepsAFileAsAPersonWouldWriteIt) {
  const std::string text =
      "shoal: 1\n"
      "name: deepcluster-mnist\n"
      "nodes:\n"
      "  train: {use: dataset/mnist, with: {split: train}}\n"
      "  convnet:\n"
      "    use: encoder/convnet\n"
      "    with: {channels: [8, 16, 32, 16], kernel: 3, embedding: 128, a_rather_long_parameter: 1.0e-3}\n"
      "matrix:\n"
      "  backend:\n"
      "    ours: {kmeans.use: clusterer/kmeans}\n"
      "    mini: {kmeans.use: clusterer/minibatch-kmeans, kmeans.batch_size: 1024}\n"
      "  kmeans.k: [10, 100]\n"
      "report: [probe.accuracy, learn.nmi]\n"
      "nothing: null\n"
      "empty: {}\n";
  EXPECT_EQ(emit_yaml(yaml(text)), text);
}

TEST(EmitYaml, PutsTextThatLooksLikeSomethingElseInQuotes) {
  for (const char* odd : {"no", "Yes", "on", "y", "true", "null", "~", "", "10", "012", "0x1F", "0o17", "1e5", "1E-3", "1.10",
                          ".5", ".inf", "1_000", "1:30", "12:30:45", "2026-01-02", "2026-01-02t10:00:00z", "<<", "=", "-", "- a",
                          "a: b", "a #b", "#a", "&a", "*a", "!a", "@a", "`a", "%a", "[a", "a]", "a, b", " a", "a ", "a:", "'a'",
                          "\"a\"", "---", "...", "? a", "|", ">", "{a"}) {
    const std::string out = emit_flow(Value::make_text(odd));
    EXPECT_EQ(out.front(), '\'') << odd;
    EXPECT_EQ(yaml("a: " + out).find("a")->text, odd);
  }
  for (const char* plain : {"clusterer/kmeans", "a b", "learn.encoder", "cuda:1", "k-means++", "-x", "it's", "a=b", "v0.3.1", "é"}) {
    EXPECT_EQ(emit_flow(Value::make_text(plain)), plain);
  }
}

TEST(EmitYaml, WritesPlainNumbersSoThatPythonReadsNumbers) {  // PyYAML reads 1e-3 as text
  EXPECT_EQ(emit_flow(Value::make_plain("1e-3")), "1.0e-3");
  EXPECT_EQ(emit_flow(Value::make_plain("1_000")), "1000");
  EXPECT_EQ(emit_flow(Value::make_plain("True")), "true");
  EXPECT_EQ(emit_flow(Value::make_plain("no")), "'no'");  // only a text parameter takes it
}

TEST(EmitYaml, EscapesWhatCannotBeSeen) {
  EXPECT_EQ(emit_flow(Value::make_text("a\nb\t\"\\")), "\"a\\nb\\t\\\"\\\\\"");
  EXPECT_EQ(emit_flow(Value::make_text("\x1B[31m\xE2\x80\xAE")), "\"\\x1b[31m\\u202e\"");
}

TEST(EmitYaml, IsReadBackEqually) {
  for (const char* text : {
           "a: [[1, [2, [3, [4]]]], {b: [c, {d: e}]}]\n",
           "- a\n- - b\n  - {c: d}\n- k: v\n  l: [1]\n  m:\n    n: {o: {p: {q: r}}}\n",
           "{'no': 1, '10': 2, 'a: b': 3, ' ': 4, '': 5, \"x\\ny\": 6}\n",
           "a: !delete\nb: !replace {c: {d: {e: {f: 1}}}}\nc: !append [1]\nd: !replace text\ne: {f: !delete , g: !replace 'no'}\n",
           "t: 'line\n\n  two'\nu: |\n  one\n    two\nv: \"\\0\\x7f\\u2028\"\n",
           "just text\n", "'10'\n", "[]\n", "~\n",
           "long: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccccccccccccccccc]\n"}) {
    const Value value = yaml(text);
    EXPECT_EQ(yaml(emit_yaml(value)), value) << emit_yaml(value);
    EXPECT_EQ(yaml(emit_yaml(value, 20)), value) << emit_yaml(value, 20);
    EXPECT_EQ(yaml(emit_flow(value)), value) << emit_flow(value);
  }
}

}  // namespace
}  // namespace shoal::config
