// Nodes that copy others of their file.
#include "framework/config/like.h"

#include <gmock/gmock.h>

#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;

Value resolved(const std::string& text) {
  Value document = yaml(text);
  Diagnostics diagnostics;
  resolve_like(document, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics);
  return document;
}

std::vector<std::string> wrong(const std::string& text) {
  Value document = yaml(text);
  Diagnostics diagnostics;
  resolve_like(document, diagnostics);
  std::vector<std::string> out;
  for (const Diagnostic& d : diagnostics.sorted()) out.push_back(found(diagnostics)[out.size()] + " " + d.message);
  return out;
}

TEST(Like, CopiesAndMerges) {
  EXPECT_EQ(resolved("nodes:\n"
                     "  c: {like: b, seed: 3}\n"  // also before what it is like
                     "  a: {use: x/y, in: {data: d}, with: {k: 1, tol: 0}}\n"
                     "  b: {like: a, with: {k: 2}}\n"),
            yaml("nodes:\n"
                 "  c: {use: x/y, in: {data: d}, with: {k: 2, tol: 0}, seed: 3}\n"
                 "  a: {use: x/y, in: {data: d}, with: {k: 1, tol: 0}}\n"
                 "  b: {use: x/y, in: {data: d}, with: {k: 2, tol: 0}}\n"));
}

TEST(Like, AnotherUseLeavesTheParametersOut) {
  EXPECT_EQ(resolved("nodes: {a: {use: x/y, in: {data: d}, with: {k: 1}}, b: {like: a, use: x/z}}\n"),
            yaml("nodes: {a: {use: x/y, in: {data: d}, with: {k: 1}}, b: {use: x/z, in: {data: d}}}\n"));
}

TEST(Like, NamesTheNearestNode) {
  EXPECT_THAT(wrong("nodes: {group: {use: x/y}, b: {like: grupo}}\n"),
              ElementsAre("G301 1:38+5 there is no node 'grupo'; did you mean 'group'?"));
}

TEST(Like, SaysACircle) {
  EXPECT_THAT(wrong("nodes: {a: {like: b}, b: {like: c}, c: {like: a}}\n"),
              ElementsAre("G309 1:47 nodes are like each other in a circle: a → b → c → a"));
  EXPECT_THAT(wrong("nodes: {a: {like: a}}\n"), ElementsAre("G309 1:19 nodes are like each other in a circle: a → a"));
}

TEST(Like, WantsAName) {
  EXPECT_THAT(wrong("nodes: {a: {use: x/y}, b: {like: [a]}}\n"),
              ElementsAre("K205 1:34 'like' wants the name of a node, got a list"));
}

}  // namespace
}  // namespace shoal::config
