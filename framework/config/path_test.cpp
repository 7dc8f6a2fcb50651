#include "framework/config/path.h"

#include <gmock/gmock.h>

#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;

Path path(const std::string& text) {
  Diagnostics diagnostics;
  const std::optional<Path> out = parse_path(text, {}, diagnostics);
  EXPECT_TRUE(out.has_value()) << render(diagnostics);
  return out.value_or(Path{});
}

TEST(ParsePath, ReadsNamesIndicesAndQuotes) {
  const Path read = path("nodes.'odd name''s'.with.channels[2][0]");
  EXPECT_THAT(read.segments, ElementsAre(Segment{"nodes", {}}, Segment{"odd name's", {}}, Segment{"with", {}},
                                         Segment{"channels", {}}, Segment{"", 2}, Segment{"", 0}));
}

TEST(ParsePath, ReadsBackWhatItPrints) {
  for (const char* text : {"k", "kmeans.k", "a-b.c_d[10].e", "x.'a.b'.c", "'it''s'", "'李 明'.k", "李明.k", "''"}) {
    EXPECT_EQ(to_string(path(text)), text);
  }
}

TEST(ParsePath, PointsAtTheFirstWrongCharacter) {  // `at` is column 5: the path begins there
  const auto wrong = [](const std::string& text) {
    Diagnostics diagnostics;
    EXPECT_FALSE(parse_path(text, {Source::file("f", "x"), 1, 5}, diagnostics));
    return found(diagnostics);
  };
  EXPECT_THAT(wrong(""), ElementsAre("C210 1:5"));
  EXPECT_THAT(wrong("a..b"), ElementsAre("C210 1:7"));
  EXPECT_THAT(wrong("é.b!"), ElementsAre("C210 1:8"));
  EXPECT_THAT(wrong("a[x]"), ElementsAre("C210 1:7"));
  EXPECT_THAT(wrong("a[1"), ElementsAre("C210 1:7"));
  EXPECT_THAT(wrong("a[-1]"), ElementsAre("C210 1:7"));
  EXPECT_THAT(wrong("a.'b"), ElementsAre("C210 1:7"));
  EXPECT_THAT(wrong("a."), ElementsAre("C210 1:7"));
  EXPECT_THAT(wrong("[0]"), ElementsAre("C210 1:5"));
}

TEST(ExpandShort, GivesTheFullPathAndShortenUndoesIt) {
  const std::vector<std::pair<std::string, std::string>> pairs{
      {"kmeans.k", "nodes.kmeans.with.k"},
      {"kmeans.use", "nodes.kmeans.use"},
      {"learn.in.data", "nodes.learn.in.data"},
      {"kmeans.library", "nodes.kmeans.library"},
      {"probe", "nodes.probe"},
      {"enc.channels[0]", "nodes.enc.with.channels[0]"},
      {"a.b.c", "nodes.a.with.b.c"},
      {"seed", "seed"},
      {"vars.width", "vars.width"},
      {"nodes", "nodes"},
      {"x-mine.k", "x-mine.k"}};
  for (const auto& [brief, full] : pairs) {
    EXPECT_EQ(to_string(expand_short(path(brief))), full);
    EXPECT_EQ(to_string(expand_short(path(full))), full);
    EXPECT_EQ(to_string(shorten(path(full))), brief);
  }
  EXPECT_EQ(to_string(shorten(path("nodes.a.with"))), "a.with");
  EXPECT_EQ(to_string(shorten(path("nodes.a.with.use"))), "nodes.a.with.use");  // a.use would be another thing
}

TEST(Find, FollowsKeysAndIndices) {
  const Value file = yaml("nodes: {a: {with: {channels: [8, {x: 16}]}}}\n");
  EXPECT_EQ(find(file, path("nodes.a.with.channels[0]"))->text, "8");
  EXPECT_EQ(find(file, path("nodes.a.with.channels[1].x"))->text, "16");
  for (const char* none : {"nodes.b", "nodes.a.with.channels[2]", "nodes[0]", "nodes.a.with.channels.x"}) {
    EXPECT_EQ(find(file, path(none)), nullptr);
  }
}

TEST(Set, MakesTheMapsOnTheWay) {
  Value file = yaml("nodes:\n  a: {use: x}\n  b:\n");
  Diagnostics diagnostics;
  EXPECT_TRUE(set(file, path("nodes.a.with.k"), Value::make_integer(5), diagnostics));
  EXPECT_TRUE(set(file, path("nodes.a.use"), Value::make_plain("y"), diagnostics));
  EXPECT_TRUE(set(file, path("nodes.b.with.k"), Value::make_integer(6), diagnostics));  // b: is null
  EXPECT_EQ(file, yaml("nodes: {a: {use: y, with: {k: 5}}, b: {with: {k: 6}}}\n"));
}

TEST(Set, RefusesWhatIsNotThere) {
  Value file = yaml("a: [1, 2]\nb: 3\n");
  const Value before = file;
  Diagnostics diagnostics;
  EXPECT_FALSE(set(file, path("a[2]"), Value::make_integer(5), diagnostics));
  EXPECT_FALSE(set(file, path("a.k"), Value::make_integer(5), diagnostics));
  EXPECT_FALSE(set(file, path("b.k"), Value::make_integer(5), diagnostics));
  EXPECT_FALSE(set(file, path("b[0]"), Value::make_integer(5), diagnostics));
  EXPECT_THAT(messages(diagnostics), ElementsAre("no index 2 in 'a', which has 2", "'a' is a list, not a map",
                                                 "'b' is a single value, not a map", "'b' is a single value, not a list"));
  EXPECT_EQ(file, before);
}

TEST(Erase, RemovesKeysAndItems) {
  Value file = yaml("a: [1, 2, 3]\nb: {c: 1, d: 2}\n");
  EXPECT_TRUE(erase(file, path("a[1]")));
  EXPECT_TRUE(erase(file, path("b.c")));
  EXPECT_FALSE(erase(file, path("b.c")));
  EXPECT_FALSE(erase(file, path("a[2]")));
  EXPECT_FALSE(erase(file, path("z.y")));
  EXPECT_EQ(file, yaml("a: [1, 3]\nb: {d: 2}\n"));
}

TEST(ValueEquality, IsOfContent) {
  EXPECT_EQ(yaml("a: 1e-3\nb: [x, 'y']\n"), yaml("{a: 1.0e-3, b: ['x', y]}\n"));
  EXPECT_EQ(yaml("a: 1_000"), yaml("a: 1000"));
  EXPECT_EQ(yaml("a: no"), yaml("a: 'no'"));  // plain `no` is text to us too
  EXPECT_FALSE(yaml("a: 10") == yaml("a: '10'"));
  EXPECT_FALSE(yaml("a: true") == yaml("a: 'true'"));
  EXPECT_FALSE(yaml("{a: 1, b: 2}") == yaml("{b: 2, a: 1}"));
  EXPECT_FALSE(yaml("a: !replace [1]") == yaml("a: [1]"));
  EXPECT_FALSE(yaml("a: ''") == yaml("a:"));
}

}  // namespace
}  // namespace shoal::config
