// Files laid over each other: bases, overlays and the tags that say how.
#include "framework/config/layers.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LayersTest : public ::testing::Test {
 protected:
  LayersTest() {
    std::string name = (std::filesystem::temp_directory_path() / "shoal-layers-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  ~LayersTest() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  /// "top.yaml" with its bases; what is wrong is in found_.
  std::optional<Value> load(const std::vector<std::string>& overlays = {}) {
    found_ = {};
    return load_layers((folder_ / "top.yaml").string(), overlays, found_);
  }
  /// `above` on `below`.
  Value merged(const std::string& below, const std::string& above) {
    write("below.yaml", below);
    write("top.yaml", "base: below.yaml\n" + above);
    const std::optional<Value> out = load();
    EXPECT_TRUE(out.has_value());
    EXPECT_THAT(messages(found_), IsEmpty());
    return out.value_or(Value{});
  }
  std::string wrong(const std::string& below, const std::string& above) {
    write("below.yaml", below);
    write("top.yaml", "base: below.yaml\n" + above);
    load();
    return render(found_);
  }

  std::filesystem::path folder_;
  Diagnostics found_;
};

TEST_F(LayersTest, MapsMergeScalarsAndListsReplace) {
  EXPECT_EQ(merged("seed: 1\nnodes: {a: {use: x/y, with: {k: 1, n: [1, 2]}}, b: {use: x/z}}\nreport: [a, b]\n",
                   "seed: 2\nnodes: {a: {with: {n: [3]}}, c: {use: x/w}}\nreport: [c]\n"),
            yaml("seed: 2\nnodes: {a: {use: x/y, with: {k: 1, n: [3]}}, b: {use: x/z}, c: {use: x/w}}\nreport: [c]\n"));
}

TEST_F(LayersTest, BasesApplyFromLeftToRightAndTheFileLast) {
  write("a.yaml", "x-v: {one: a, two: a, three: a}\n");
  write("sub/b.yaml", "base: ../sub/c.yaml\nx-v: {two: b, three: b}\n");
  write("sub/c.yaml", "x-v: {four: c, two: c}\n");
  write("top.yaml", "base: [a.yaml, sub/b.yaml]\nx-v: {three: top}\n");
  EXPECT_EQ(*load(), yaml("x-v: {one: a, two: b, three: top, four: c}\n"));
}

TEST_F(LayersTest, OverlaysComeLastInTheirOrder) {
  write("top.yaml", "x-v: {a: 1, b: 1, c: 1}\n");
  EXPECT_EQ(*load({write("one.yaml", "x-v: {b: 2, c: 2}\n"), write("two.yaml", "x-v: {c: 3}\n")}),
            yaml("x-v: {a: 1, b: 2, c: 3}\n"));
}

TEST_F(LayersTest, TagsDeleteReplaceAppendAndPrepend) {
  EXPECT_EQ(merged("x-v: {a: {k: 1}, gone: 1, list: [2, 3], more: [2], whole: {x: 1, y: 2}}\n",
                   "x-v:\n  gone: !delete\n  list: !append [4, 5]\n  more: !prepend 1\n  whole: !replace {z: 3}\n"),
            yaml("x-v: {a: {k: 1}, list: [2, 3, 4, 5], more: [1, 2], whole: {z: 3}}\n"));
}

TEST_F(LayersTest, ReplaceWithNothingBelowIsTheValue) {
  EXPECT_EQ(merged("seed: 1\n", "x-v: !replace {z: 3}\n"), yaml("seed: 1\nx-v: {z: 3}\n"));
}

TEST_F(LayersTest, NullIsAValueAndDeletesNothing) {
  EXPECT_EQ(merged("x-v: {a: {b: 1}, c: ~}\n", "x-v: {a: ~, c: {d: 1}}\n"), yaml("x-v: {a: ~, c: {d: 1}}\n"));
}

TEST_F(LayersTest, AnotherUseBeginsAnew) {
  const std::string below = "nodes: {a: {use: clusterer/kmeans, library: l.so, in: {data: d}, with: {k: 3, tol: 0}}}\n";
  EXPECT_EQ(merged(below, "nodes: {a: {use: clusterer/dbscan, with: {eps: 1}}}\n"),
            yaml("nodes: {a: {use: clusterer/dbscan, in: {data: d}, with: {eps: 1}}}\n"));
  EXPECT_EQ(merged(below, "nodes: {a: {use: clusterer/kmeans, with: {k: 4}}}\n"),
            yaml("nodes: {a: {use: clusterer/kmeans, library: l.so, in: {data: d}, with: {k: 4, tol: 0}}}\n"));
}

TEST_F(LayersTest, ANodeMayBeLikeOneOfABase) {
  EXPECT_EQ(merged("nodes: {a: {use: x/y, with: {k: 1, n: [1]}}}\n",
                   "nodes:\n  b: {like: a, with: {k: 2, n: !append [5]}}\n  c: {like: b, with: !replace {k: 9}}\n"),
            yaml("nodes: {a: {use: x/y, with: {k: 1, n: [1]}}, b: {use: x/y, with: {k: 2, n: [1, 5]}}, "
                 "c: {use: x/y, with: {k: 9}}}\n"));
}

TEST_F(LayersTest, TagsOfANodeThatIsLikeAnotherWaitForTheCopy) {
  EXPECT_EQ(merged("nodes: {a: {use: x/y, with: {k: 1, n: [1]}}, b: {like: a, with: {n: !append [2]}}}\n",
                   "nodes: {b: {with: {n: !append [3], k: !delete }}}\n"),
            yaml("nodes: {a: {use: x/y, with: {k: 1, n: [1]}}, b: {use: x/y, with: {n: [1, 2, 3]}}}\n"));
}

TEST_F(LayersTest, SaysWhereABaseWasLookedFor) {
  write("common.yaml", "seed: 1\n");
  write("top.yaml", "base: comon.yaml\n");
  EXPECT_FALSE(load().has_value());
  EXPECT_THAT(found(found_), ElementsAre("C201 1:7+10"));
  EXPECT_THAT(render(found_), AllOf(HasSubstr("did you mean 'common.yaml'?"),
                                    HasSubstr("looked for " + (folder_ / "comon.yaml").string())));
}

TEST_F(LayersTest, SaysACircleWithItsFiles) {
  write("top.yaml", "base: a.yaml\n");
  write("a.yaml", "base: [b.yaml]\n");
  write("b.yaml", "base: ./a.yaml\n");
  EXPECT_FALSE(load().has_value());
  EXPECT_THAT(found(found_), ElementsAre("C202 1:7+8"));
  EXPECT_THAT(messages(found_)[0], AllOf(HasSubstr("a.yaml → "), HasSubstr("b.yaml → ")));
}

TEST_F(LayersTest, StopsAt16Levels) {
  write("top.yaml", "base: 1.yaml\n");
  for (int i = 1; i <= 16; ++i)
    write(std::to_string(i) + ".yaml", i < 16 ? "base: " + std::to_string(i + 1) + ".yaml\n" : "seed: 1\n");
  EXPECT_TRUE(load().has_value()) << render(found_);
  write("16.yaml", "base: 17.yaml\n");
  write("17.yaml", "seed: 1\n");
  EXPECT_FALSE(load().has_value());
  EXPECT_THAT(found(found_), ElementsAre("C202 1:7+7"));
}

TEST_F(LayersTest, AFileMayBeTheBaseOfTwo) {
  write("top.yaml", "base: [a.yaml, b.yaml]\n");
  write("a.yaml", "base: c.yaml\nx-v: {a: 1}\n");
  write("b.yaml", "base: c.yaml\nx-v: {b: 1}\n");
  write("c.yaml", "x-v: {c: 1}\n");
  EXPECT_EQ(*load(), yaml("x-v: {c: 1, a: 1, b: 1}\n")) << render(found_);
}

TEST_F(LayersTest, ASyntaxErrorInOneHidesNotTheOthers) {
  write("top.yaml", "base: [a.yaml, b.yaml, none.yaml]\nnodes: {a: !delete }\n");
  write("a.yaml", "seed: 1\nseed: 2\n");
  write("b.yaml", "x: [1\n");
  EXPECT_FALSE(load(std::vector<std::string>{write("over.yaml", "k: 1\nk: 2\n")}).has_value());
  std::vector<std::string> ids;
  for (const Diagnostic& d : found_.sorted()) ids.push_back(d.id);
  EXPECT_THAT(ids, testing::UnorderedElementsAre("Y103", "Y104", "Y103", "C201", "C213"));
}

TEST_F(LayersTest, AnErrorInABaseNamesTheWayToIt) {
  write("top.yaml", "base: sub/a.yaml\n");
  write("sub/a.yaml", "base: b.yaml\n");
  write("sub/b.yaml", "seed: 1\nseed: 2\n");
  load();
  EXPECT_THAT(render(found_),
              AllOf(HasSubstr("sub/b.yaml:2:1: error[Y103]"),
                    HasSubstr("= note: read through " + (folder_ / "sub/a.yaml").string() + ":1:7 (base)\n"),
                    HasSubstr("= note: read through " + (folder_ / "top.yaml").string() + ":1:7 (base)\n")));
}

TEST_F(LayersTest, RefusesWhatCannotBeMerged) {
  EXPECT_THAT(wrong("nodes: [a]\n", "nodes: {a: {use: x/y}}\n"),
              AllOf(HasSubstr("top.yaml:2:8: error[C203]: 'nodes' is a map here, but a list below"),
                    HasSubstr("below.yaml:1:8")));
  EXPECT_THAT(wrong("x-v: {k: 1}\n", "x-v: 3\n"), HasSubstr("error[C203]"));
  EXPECT_THAT(wrong("nodes: {a: {use: x/y}}\n", "nodes: {b: !delete }\n"),
              HasSubstr("top.yaml:2:12: error[C213]: nothing to delete at 'b'"));
  EXPECT_THAT(wrong("x-v: {a: 1}\n", "x-v: {a: !append 2}\n"), HasSubstr("error[C212]: !append wants a list"));
  EXPECT_THAT(wrong("seed: 1\n", "x-v: {a: !prepend [2]}\n"), HasSubstr("error[C212]: !prepend wants a list"));
  EXPECT_THAT(wrong("x-v: [1]\n", "x-v: [!delete 2]\n"), HasSubstr("error[Y113]: !delete means nothing inside a list"));
  EXPECT_THAT(wrong("x-v: 1\n", "x-v: !delete 2\n"), HasSubstr("error[Y113]: !delete takes no value"));
  EXPECT_THAT(wrong("- 1\n", ""), HasSubstr("error[K205]: an experiment is a map, but this is a list"));
}

}  // namespace
}  // namespace shoal::config
