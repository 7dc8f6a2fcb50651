#include "node_tree.h"

#include <gmock/gmock.h>

namespace shoal {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> drawn(const std::vector<PlannedNode>& nodes) {
  std::vector<std::string> out;
  for (const Branch& branch : node_tree(nodes)) out.push_back(branch.lead + branch.name);
  return out;
}

TEST(NodeTree, PutsNodesBelowWhatTheyWaitFor) {  // exercise 3
  EXPECT_THAT(drawn({{"learn", {}}, {"probe", {"learn"}}, {"floor", {}}, {"ceiling", {}}}),
              ElementsAre("├ learn", "│ └ probe", "├ floor", "└ ceiling"));
}

TEST(NodeTree, PutsANodeOfSeveralBelowTheLastOfThem) {
  EXPECT_THAT(drawn({{"a", {}}, {"b", {}}, {"both", {"b", "a"}}, {"after_a", {"a"}}}),
              ElementsAre("├ a", "│ └ after_a", "└ b", "  └ both"));
}

TEST(NodeTree, LeadsASecondLineBesideWhatStandsBelow) {
  const std::vector<Branch> tree = node_tree({{"learn", {}}, {"probe", {"learn"}}, {"floor", {}}});
  EXPECT_EQ(tree[0].below, "│ │ ");  // to the floor and to the probe
  EXPECT_EQ(tree[1].below, "│     ");
  EXPECT_EQ(tree[2].below, "    ");
}

TEST(NodeTree, StaysInViewHoweverLongTheChain) {
  std::vector<PlannedNode> chain = {{"n0", {}}};
  for (int i = 1; i < 12; ++i) chain.push_back({"n" + std::to_string(i), {"n" + std::to_string(i - 1)}});
  const auto lines = drawn(chain);
  EXPECT_EQ(lines[7], "              ├ n7");
  EXPECT_EQ(lines[11], "              └ n11");
}

TEST(NodeTree, IsEmptyOfNothing) { EXPECT_THAT(drawn({}), ElementsAre()); }

}  // namespace
}  // namespace shoal
