#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "../common/made_component.h"
#include "choose_rows.h"
#include "shoal/dataset.h"
#include "shoal/plugin.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace {

using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::Values;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

using Rows = std::vector<std::int64_t>;
const Rows kLabels = {0, 1, 2, 0, 1, 2, 0, 1, 0, 0};  // five 0, three 1, two 2

Rows choose(const Choice& choice) { return choose_rows(choice, 10, kLabels, shoal::Random(1)); }

TEST(ChooseRows, KeepsTheOrderOfTheDataset) {
  EXPECT_THAT(choose({.count = 3}), ElementsAre(0, 1, 2));
  EXPECT_THAT(choose({.from = 7}), ElementsAre(7, 8, 9));
  EXPECT_THAT(choose({.from = 2, .count = 2}), ElementsAre(2, 3));
  EXPECT_THAT(choose({.classes = {2, 1}}), ElementsAre(1, 2, 4, 5, 7));
  EXPECT_THAT(choose({.classes = {0}, .from = 1, .count = 2}), ElementsAre(3, 6));
  EXPECT_THAT(choose({.per_class = 2}), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(ChooseRows, StratifiedTakesEachClassesShare) {
  // By hand: 4 of 10 are 2, 1.2 and 0.8: 2, 1 and 0, and the one that is missing goes to the class that lost 0.8.
  EXPECT_THAT(choose({.count = 4, .stratify = true}), ElementsAre(0, 1, 2, 3));
  // 1 of 10 is 0.5, 0.3 and 0.2: the class of most gets it.
  EXPECT_THAT(choose({.count = 1, .stratify = true}), ElementsAre(0));
  // 6 of 8 from row 2 on (four 0, two 1, two 2) are 3, 1.5 and 1.5: of equal losses the lower label gets the one left.
  EXPECT_THAT(choose({.from = 2, .count = 6, .stratify = true}), ElementsAre(2, 3, 4, 6, 7, 8));
}

TEST(ChooseRows, ShuffledIsAPermutationThatTheStreamAloneDecides) {
  const Rows shuffled = choose({.shuffle = true});
  EXPECT_THAT(shuffled, UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_FALSE(std::ranges::is_sorted(shuffled));
  EXPECT_EQ(shuffled, choose({.shuffle = true}));
  EXPECT_NE(shuffled, choose_rows({.shuffle = true}, 10, {}, shoal::Random(2)));
  Rows first = choose({.shuffle = true, .count = 4}), rest = choose({.shuffle = true, .from = 4});
  first.insert(first.end(), rest.begin(), rest.end());
  EXPECT_EQ(first, shuffled);  // a cut through one order: nothing twice, nothing lost
}

std::string refusal(const auto& call) {
  try {
    call();
  } catch (const shoal::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ChooseRows, WantingMoreThanThereIsIsRefusedNotCapped) {
  EXPECT_THAT(refusal([] { choose({.count = 11}); }), HasSubstr("wants 11 examples, but there are only 10"));
  EXPECT_THAT(refusal([] { choose({.from = 8, .count = 3}); }), HasSubstr("wants 3 examples, but there are only 2"));
  EXPECT_THAT(refusal([] { choose({.from = 10}); }), HasSubstr("leaves out 10 of 10"));
  EXPECT_THAT(refusal([] { choose({.classes = {0, 7}}); }), HasSubstr("label 7, which none of 10 examples has"));
  EXPECT_THAT(refusal([] { choose({.per_class = 3}); }),
              HasSubstr("wants 3 examples of label 2, but there are only 2"));
}

struct TenParams {
  bool labelled = true;
  static void describe(shoal::Schema<TenParams>& schema) {
    schema.field("labelled", &TenParams::labelled, "with labels");
  }
};

/// Ten examples (1) holding their own number, with kLabels or without.
class Ten final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit Ten(const TenParams& params) : labelled_(params.labelled) {}
  std::optional<shoal::ConstArray> view(shoal::Context&) const override { return shoal::ConstArray(kNumbers, {10, 1}); }
  shoal::DatasetInfo open(shoal::Context&) override { return {.count = 10, .shape = {1}, .labelled = labelled_}; }
  void read(shoal::Context&, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    for (std::size_t i = 0; i < which.size(); ++i) {
      if (examples) examples->data<float>()[i] = static_cast<float>(which[i]);
      if (labels) labels->vector<std::int64_t>()[i] = kLabels[static_cast<std::size_t>(which[i])];
    }
  }

  static constexpr float kNumbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

 private:
  bool labelled_;
};

std::int32_t ten_plugin(const shoal_context*, const shoal_component* const** out) {
  static auto* plugin = [] {
    auto* made = new shoal::PluginBuilder("for this test");
    made->add<Ten, TenParams>("dataset/ten");
    return made;
  }();
  static const shoal_component* const* table = nullptr;
  static const std::int32_t count = plugin->finish(&table);
  *out = table;
  return count;
}

struct OverTen {
  explicit OverTen(Host& host, const Values& values, bool labelled = true)
      : ten(host, &ten_plugin, "dataset/ten", {{"labelled", labelled}}),
        subset(host, shoal_plugin_v1, "dataset/subset", values) {
    subset.bind("data", {&ten});
  }
  MadeComponent ten, subset;
};

TEST(Subset, ReadsTheChosenExamplesWithTheirLabels) {
  Host host;
  const OverTen made(host, {{"classes", std::vector<std::int64_t>{1, 2}}, {"from", 1}});  // rows 2, 4, 5, 7
  shoal::DatasetProxy data(made.subset.object());
  EXPECT_EQ(data.open(host.context()).count, 4);
  const std::vector<shoal::Index> which = {3, 0};
  std::vector<float> x(2);
  std::vector<std::int64_t> y(2);
  data.read(host.context(), which, shoal::MutableArray(x.data(), {2, 1}), shoal::MutableArray(y));
  EXPECT_THAT(x, ElementsAre(7, 2));
  EXPECT_THAT(y, ElementsAre(1, 2));
}

TEST(Subset, ShufflesByTheSeedOfItsOwnNode) {
  Host host({.seed = 1}), same({.seed = 1}), other({.seed = 2});
  const auto all = [](Host& its, Host& reader) {
    const OverTen made(its, {{"shuffle", true}});
    shoal::DatasetProxy data(made.subset.object());
    data.open(reader.context());
    const shoal::Array x = data.examples(reader.context());
    return std::vector<float>(x.view().data<float>(), x.view().data<float>() + 10);
  };
  EXPECT_EQ(all(host, host), all(same, other));  // whoever reads it
  EXPECT_NE(all(host, host), all(other, other));
}

TEST(Subset, ShowsExamplesThatFollowEachOtherWhereTheyLie) {
  Host host;
  const auto view = [&](const Values& values) {
    const OverTen made(host, values);
    shoal::DatasetProxy data(made.subset.object());
    data.open(host.context());
    return data.view(host.context());
  };
  const auto part = view({{"from", 2}, {"count", 3}});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->rows(), 3);
  EXPECT_EQ(part->data<float>(), Ten::kNumbers + 2);
  EXPECT_FALSE(view({{"classes", std::vector<std::int64_t>{1, 2}}}));  // rows 1, 2, 4, 5, 7
  EXPECT_FALSE(view({{"shuffle", true}}));
}

TEST(Subset, SaysWhatDoesNotGoTogether) {
  Host host;
  EXPECT_THAT(refusal([&] {
                OverTen(host, {{"count", 3}, {"per_class", 2}});
              }),
              HasSubstr("'count' is 3 and 'per_class' is 2"));
  EXPECT_THAT(refusal([&] { OverTen(host, {{"stratify", true}}); }), HasSubstr("needs 'count'"));
  EXPECT_THAT(refusal([&] {
                const OverTen made(host, {{"per_class", 1}}, /*labelled=*/false);
                shoal::DatasetProxy(made.subset.object()).open(host.context());
              }),
              HasSubstr("goes by labels, but the dataset has none"));
}

TEST(Subset, MustBeBoundAndOpenedFirst) {
  Host host;
  MadeComponent made(host, shoal_plugin_v1, "dataset/subset");
  EXPECT_THROW(shoal::DatasetProxy(made.object()).open(host.context()), shoal::StateError);
}

}  // namespace
