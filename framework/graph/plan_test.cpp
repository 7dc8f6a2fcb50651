// What a plan shares between its rows, and that a row comes out as if it were the only one. The plugin of
// tests/plugins/toys.cpp is all that is loaded.
#include "framework/graph/plan.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "framework/config/emit.h"
#include "framework/config/path.h"
#include "framework/graph/order.h"
#include "framework/graph/resolved.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PlanTest : public ::testing::Test {
 protected:
  PlanTest() { registry_.load_folder(std::string(SHOAL_TEST_PLUGINS) + "/toys"); }
  ~PlanTest() override { std::filesystem::remove(file_); }

  std::optional<Plan> plan_text(const std::string& text) {
    std::ofstream(file_) << text;
    found_ = {};
    return plan_experiment({.file = file_.string()}, registry_, found_);
  }
  std::optional<Plan> plan(const std::string& nodes_and_rest) {
    return plan_text("shoal: 1\nname: test\n" + nodes_and_rest);
  }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("shoal-plan-test-" + std::to_string(getpid()) + ".yaml");
  Services services_{1};
  Registry registry_{services_};
  config::Diagnostics found_;
};

/// Nodes and graphs that the plan holds, each counted once.
std::size_t count_nodes(const Plan& plan) {
  std::set<const GraphNode*> nodes;
  for (const PlannedRow& row : plan.rows)
    for (const GraphNode& node : row.graph.nodes) nodes.insert(&node);
  return nodes.size();
}
std::size_t count_graphs(const Plan& plan) {
  std::set<const Graph*> graphs;
  for (const PlannedRow& row : plan.rows) graphs.insert(&row.graph);
  return graphs.size();
}

/// `chains` times data → times → deal → share: four nodes each, of which `times` is random.
std::string chains(int count) {
  std::string out = "nodes:\n";
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    out += "  data" + n + ": {use: dataset/toy-line}\n";
    out += "  times" + n + ": {use: transform/toy-times, in: {data: data" + n + "}}\n";
    out += "  deal" + n + ": {use: clusterer/toy-deal, in: {data: times" + n + "}}\n";
    out += "  share" + n + ": {use: metric/toy-agreement, in: {labels: data" + n + ".labels, predicted: deal" + n +
           ".labels}}\n";
  }
  return out;
}

TEST_F(PlanTest, HoldsANodeOnceForAllRowsThatHaveItAlike) {
  const auto plan =
      this->plan(chains(25) + "matrix: {deal0.k: [1, 2, 3, 4, 5], times1.factor: [1, 2, 3], seeds: 20}\n");
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  ASSERT_EQ(plan->rows.size(), 5u * 3u * 20u);
  EXPECT_EQ(count_nodes(*plan), 98u + 5u + 3u);  // of 300 rows × 100 nodes
  EXPECT_EQ(count_graphs(*plan), 15u);           // a seed is none of the graph's
  // Chain 0 has per seed a times, 5 deals and 5 shares; chain 1 three of each; the other 23 one of each. The datasets
  // are not random.
  EXPECT_EQ(plan->tasks.size(), 25u + 20u * (11u + 9u + 23u * 3u));
}

TEST_F(PlanTest, SharesWhatIsCheckedBetweenRowsOfOneComponent) {
  const auto plan = this->plan(chains(10) + R"(matrix:
  how:
    dealt:    {deal3.k: 3}
    shown:    {data0.use: dataset/toy-shown}
  deal4.k: [2, 3, 4]
)");
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  // Of each of the two components of data0: 38 nodes that no parameter is set of, deal3, three of deal4.
  EXPECT_EQ(count_nodes(*plan), 2u * (38u + 1u + 3u));
}

TEST_F(PlanTest, PlansEveryRowAsIfItWereTheOnlyOne) {
  const std::string nodes = chains(2) + "  other: {use: clusterer/toy-deal, seed: 5, in: {data: times0}}\n";
  const std::vector<std::string> matrices = {
      "{deal0.k: [1, 2], times1.factor: [1, 2.5], seeds: 3}",
      "{deal0.with: [{k: 1}, {k: 3, free: {a: 1}}], deal0.seed: [4, 5]}",
      "{how: {a: {data0.use: dataset/toy-shown}, b: {deal0.k: 4}}, deal1.k: [1, 2], seeds: "
      "[9, 7]}",
      "{how: {a: {deal1.use: clusterer/toy-deal, deal1.k: 3}, b: {share1.in.predicted: deal0.labels}}, deal0.k: [1, "
      "2]}",
      "{how: {a: {deal1: {use: clusterer/toy-deal, in: {data: data0}, with: {k: 3}}}, b: {deal0.k: 2}}, deal1.cache: "
      "[on, off]}",
      "{how: {a: {deal1.like: deal0}, b: {deal1.k: 2}}, deal0.k: [1, 3]}",
      "{vars.odd: [1, 2], deal0.k: [1, 2], add: [{deal0.k: 5}], seeds: 2}",
      "{other.isolate: [process, none], deal0.k: [1, 2], exclude: [{deal0.k: 2, other.isolate: none}]}"};
  std::size_t rows = 0;
  const auto compare = [&](const std::string& text) {
    const auto all = this->plan(text);
    ASSERT_TRUE(all.has_value()) << text << config::render(found_);
    for (std::size_t r = 0; r < all->rows.size(); ++r, ++rows) {
      const auto one = plan_text(config::emit_yaml(resolved_row(*all, r)));
      ASSERT_TRUE(one.has_value()) << config::render(found_);
      const PlannedRow &row = all->rows[r], &alone = one->rows[0];
      ASSERT_EQ(row.tasks.size(), alone.tasks.size());
      EXPECT_EQ(row.graph.order, alone.graph.order);
      for (std::size_t i = 0; i < row.tasks.size(); ++i) {
        const Task &task = all->tasks[row.tasks[i]], &expected = one->tasks[alone.tasks[i]];
        EXPECT_EQ(task.key, expected.key) << text << "row " << r << ", node " << row.graph.nodes[i].name;
        EXPECT_EQ(row.graph.nodes[i].cached, alone.graph.nodes[i].cached);
        EXPECT_EQ(row.graph.nodes[i].isolated, alone.graph.nodes[i].isolated);
        EXPECT_THAT(task.rows, ::testing::Contains(r));
        if (row.graph.nodes[i].component.has_trait("random")) {
          EXPECT_EQ(task.seed, expected.seed);
        }
      }
    }
  };
  for (const std::string& matrix : matrices) compare(nodes + "matrix: " + matrix + "\n");
  std::string hanging = nodes + "vars: {k: 1}\nmatrix: {vars.k: [1, 2], times0.factor: [1, 3], seeds: 2}\n";
  hanging.replace(hanging.find("deal0: {use: clusterer/toy-deal,"), 32,
                  "deal0: {use: clusterer/toy-deal, with: {k: \"${vars.k}\"},");
  compare(hanging);
  hanging.replace(hanging.find("${vars.k}"), 9, "${seed}");
  compare("seed: 3\n" + hanging);
  EXPECT_EQ(rows, 12u + 4u + 8u + 4u + 4u + 4u + 10u + 3u + 8u + 8u);
}

/// A key that an axis may set, the axis, and what each of its two rows then has.
struct AxisOfKey {
  std::string axis;
  std::function<std::string(const Plan&, std::size_t row)> fact;
  std::string first, second;
};

std::string keys_of(const Plan& plan, std::size_t row) {
  std::string out;
  for (const std::size_t t : plan.rows[row].tasks) out += plan.tasks[t].key;
  return out;
}

TEST_F(PlanTest, EveryKeyThatAnAxisSetsTakesEffectInItsRowOrIsRefused) {
  const auto with_k = [](const Plan& plan, std::size_t row) {
    return config::emit_flow(*plan.rows[row].graph.node("deal0").parameters->to_yaml().find("k"));
  };
  const std::map<std::string, AxisOfKey> effective = {
      {"vars", {"vars: [{k: 2}, {k: 3}]", with_k, "2", "3"}},
      {"device",
       {"device: [cpu, auto]", [](const Plan& p, std::size_t r) { return p.rows[r].graph.experiment.device; }, "cpu",
        "auto"}},
      {"threads",
       {"threads: [1, 2]",
        [](const Plan& p, std::size_t r) { return std::to_string(p.rows[r].graph.experiment.threads); }, "1", "2"}},
      {"nodes",
       {"nodes: [{a: {use: dataset/toy-line}, m: {use: metric/toy-sum, in: {features: a}}}, {b: {use: "
        "dataset/toy-line}, m: {use: metric/toy-sum, in: {features: b}}}]",
        [](const Plan& p, std::size_t r) { return p.rows[r].graph.nodes[0].name; }, "a", "b"}},
      {"report",
       {"report: [[share0], []]",
        [](const Plan& p, std::size_t r) { return std::to_string(p.rows[r].graph.experiment.report.size()); }, "1",
        "0"}},
      {"use",
       {"data0.use: [dataset/toy-line, dataset/toy-shown]",
        [](const Plan& p, std::size_t r) { return std::string(p.rows[r].graph.node("data0").component.id()); },
        "dataset/toy-line", "dataset/toy-shown"}},
      {"in",
       {"deal0.in: [{data: data0}, {data: times0}]",
        [](const Plan& p, std::size_t r) { return std::to_string(p.rows[r].graph.node("deal0").wired[0][0].node); },
        "0", "1"}},
      {"with", {"deal0.with: [{k: 2}, {k: 3}]", with_k, "2", "3"}},
      {"like", {"how: {a: {deal0.k: 4}, b: {deal0.like: other}}", with_k, "4", "5"}},
      {"seed",
       {"times0.seed: [4, 5]",
        [](const Plan& p, std::size_t r) { return std::to_string(*p.rows[r].graph.node("times0").seed); }, "4", "5"}},
      {"cache",
       {"deal0.cache: [on, off]",
        [](const Plan& p, std::size_t r) { return text("{}", p.node_of(p.tasks[p.rows[r].tasks[2]]).cached); }, "true",
        "false"}},
      {"isolate",
       {"deal0.isolate: [none, process]",
        [](const Plan& p, std::size_t r) { return text("{}", p.node_of(p.tasks[p.rows[r].tasks[2]]).isolated); },
        "false", "true"}},
      {"timeout",
       {"deal0.timeout: [5, 6]",
        [](const Plan& p, std::size_t r) { return text("{}", p.node_of(p.tasks[p.rows[r].tasks[2]]).timeout_seconds); },
        "5", "6"}},
  };
  const std::map<std::string, std::pair<std::string, std::string>> refused = {
      {"shoal", {"shoal: [1, 1.0]", "M512"}},
      {"name", {"name: [a, b]", "M512"}},
      {"description", {"description: [a, b]", "M512"}},
      {"base", {"base: [a.yaml, b.yaml]", "M512"}},
      {"plugins", {"plugins: [[a], [b]]", "M512"}},
      {"seed", {"seed: [1, 2]", "M502"}},
      {"matrix", {"matrix: [1, 2]", "M512"}},
      {"figures", {"figures: [1, 2]", "M512"}},
      {"run", {"run: [1, 2]", "M512"}},
      {"compare", {"compare: [1, 2]", "M512"}},
      {"library", {"data0.library: [nowhere.so, elsewhere.so]", "K202"}},
  };
  const std::string nodes = chains(1) + "  other: {use: clusterer/toy-deal, in: {data: data0}, with: {k: 5}}\n";
  std::string hanging = nodes + "vars: {k: 1}\n";
  hanging.replace(hanging.find("deal0: {use: clusterer/toy-deal,"), 32,
                  "deal0: {use: clusterer/toy-deal, with: {k: \"${vars.k}\"},");
  const auto try_key = [&](const std::string& key, bool of_node) {
    SCOPED_TRACE(key);
    const auto wrong = refused.find(key);
    if (wrong != refused.end() && !(of_node && key == "seed")) {
      EXPECT_FALSE(plan(nodes + "matrix: {" + wrong->second.first + "}\n").has_value());
      EXPECT_THAT(config::render(found_), HasSubstr("error[" + wrong->second.second + "]"));
      return;
    }
    const auto good = effective.find(key);
    ASSERT_NE(good, effective.end()) << "a new key: say what an axis over it does";
    const auto planned = plan((key == "vars" ? hanging : nodes) + "matrix: {" + good->second.axis + "}\n");
    ASSERT_TRUE(planned.has_value()) << config::render(found_);
    ASSERT_EQ(planned->rows.size(), 2u);
    EXPECT_EQ(good->second.fact(*planned, 0), good->second.first);
    EXPECT_EQ(good->second.fact(*planned, 1), good->second.second);
  };
  for (const std::string& key : config::top_level_keys()) try_key(key, false);
  for (const std::string& key : config::node_keys()) try_key(key, true);
}

TEST_F(PlanTest, RowsOfDifferentThreadsShareNoWork) {
  const auto same = plan(chains(1) + "threads: 1\nmatrix: {deal0.k: [2, 3]}\n");
  ASSERT_TRUE(same.has_value()) << config::render(found_);
  EXPECT_FALSE(same->threads_vary);
  const auto plan = this->plan(chains(1) + "matrix: {threads: [1, 2, 1]}\n");  // 1 is taken once
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  ASSERT_EQ(plan->rows.size(), 2u);
  EXPECT_TRUE(plan->threads_vary);
  EXPECT_EQ(plan->tasks.size(), 1u + 2u * 3u);  // the dataset does no work
  EXPECT_NE(keys_of(*plan, 0), keys_of(*plan, 1));
  // A case that sets other things too is refused as an axis of its own is.
  EXPECT_FALSE(this->plan(chains(1) + "matrix: {how: {a: {seed: 3}, b: {deal0.k: 2}}}\n").has_value());
  EXPECT_THAT(config::render(found_), HasSubstr("error[M512]: 'seed' is one for all rows"));
}

TEST_F(PlanTest, SaysOfARowOnlyWhatIsWrongWithThatRow) {
  const auto plan = this->plan(chains(2) + R"(  idle: {use: clusterer/toy-deal}
matrix: {deal0.k: [2, 0, two], times1.factor: [1, 11], seeds: 2}
)");
  EXPECT_FALSE(plan.has_value());
  const std::string said = config::render(found_);
  EXPECT_THAT(said, AllOf(HasSubstr("error[K206]: 'k' must be"), HasSubstr("error[K205]: 'k' wants an integer"),
                          HasSubstr("error[K206]: 'factor' must be"), HasSubstr("error[K206]"),
                          HasSubstr("first in row 5 of 12: deal0.k=0, times1.factor=1, seed=0; and in 3 others"),
                          HasSubstr("first in row 3 of 12: deal0.k=2, times1.factor=11, seed=0; and in 5 others")));
  // Unused nodes are told of rows without errors, which are the first two.
  EXPECT_THAT(said, AllOf(HasSubstr("warning[G307]"),
                          HasSubstr("first in row 1 of 12: deal0.k=2, times1.factor=1, seed=0; and in 1 other\n")));
  EXPECT_EQ(found_.count(config::Severity::error), 3u);
}

TEST_F(PlanTest, DoesNotSayOfARowWhatItsSettingMends) {
  // Each row replaces the wrong `with`, which no row has.
  const std::string wrong =
      "nodes: {d: {use: dataset/toy-line, with: 5}, s: {use: metric/toy-sum, in: {features: d}}}\n";
  EXPECT_TRUE(this->plan(wrong + "matrix: {d.with: [{count: 3}, {count: 4}]}\n").has_value()) << config::render(found_);
  EXPECT_FALSE(this->plan(wrong).has_value());
  EXPECT_FALSE(this->plan(wrong + "matrix: {d.count: [3, 4]}\n").has_value());
  EXPECT_THAT(config::render(found_), Not(HasSubstr("in row")));  // all rows have it
}

/// As the words of put_in_order say it: always the first that takes nothing which is still to come.
std::vector<std::size_t> order_slowly(const std::vector<GraphNode>& nodes) {
  std::vector<std::size_t> order;
  std::set<std::size_t> done;
  for (std::size_t i = 0; i < nodes.size();) {
    const auto edges = edges_into(nodes[i]);
    const bool ready = !done.contains(i) && std::all_of(edges.begin(), edges.end(),
                                                        [&](const Source& edge) { return done.contains(edge.node); });
    if (ready) {
      order.push_back(i);
      done.insert(i);
    }
    i = ready ? 0 : i + 1;
  }
  return order;
}

TEST(Order, IsThatOfAlwaysTakingTheFirstThatCanBeTaken) {
  std::mt19937 random(1);
  for (int graph = 0; graph < 200; ++graph) {
    std::vector<GraphNode> nodes(1 + random() % 12);
    std::vector<std::size_t> rank(nodes.size());  // edges lead upwards in a shuffled order, so that there is no cycle
    for (std::size_t i = 0; i < nodes.size(); ++i) rank[i] = i;
    std::shuffle(rank.begin(), rank.end(), random);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      nodes[i].wired.resize(2);
      for (std::size_t j = 0; j < nodes.size(); ++j)
        if (rank[j] < rank[i] && random() % 4 == 0) nodes[i].wired[random() % 2].push_back({j, 0});
      if (random() % 5 == 0)
        for (std::size_t j = 0; j < nodes.size(); ++j)
          if (rank[j] < rank[i]) nodes[i].made_by = Source{j, 0};
    }
    config::Diagnostics found;
    EXPECT_EQ(put_in_order(nodes, found), order_slowly(nodes)) << "graph " << graph;
    EXPECT_TRUE(found.empty());
  }
}

}  // namespace
}  // namespace shoal::host
