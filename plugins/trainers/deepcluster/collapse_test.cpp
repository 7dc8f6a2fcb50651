#include "collapse.h"

#include <gmock/gmock.h>

#include "shoal/testing.h"

namespace {

using shoal::testing::Host;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

PseudoLabels sized(std::vector<std::int64_t> sizes) { return {{}, std::move(sizes)}; }

/// What the detector says of what `look` shows it.
template <typename Look>
std::vector<std::string> said(Look&& look, OnCollapse then = OnCollapse::kWarn, shoal::Index heads = 1) {
  Host host;
  look(CollapseDetector(host.context(), then, heads));
  std::vector<std::string> out;
  for (const auto& line : host.log()) out.push_back(line.text);
  return out;
}

TEST(CollapseDetector, KnowsTheLossOfGuessing) {  // ln 512 = 6.238325, ln 3000 = 8.006368
  const auto of = [](double loss, shoal::Index k) {
    return said([&](const CollapseDetector& detector) { detector.look_at_loss(loss, k, 7, 0); });
  };
  ASSERT_THAT(of(6.2383, 512), SizeIs(1));
  EXPECT_THAT(of(6.2383, 512)[0], HasSubstr("epoch 7: the loss, 6.2383, is that of guessing among 512 clusters"));
  EXPECT_THAT(of(8.0066, 3000), SizeIs(1));
  EXPECT_THAT(of(6.2, 512), IsEmpty());
  EXPECT_THAT(of(6.3, 512), IsEmpty());
}

TEST(CollapseDetector, KnowsLopsidedAndEmptyClusters) {
  const auto of = [](std::vector<std::int64_t> sizes, shoal::Index asked) {
    return said([&](const CollapseDetector& d) { d.look_at_clusters(sized(std::move(sizes)), asked, 2, 0); });
  };
  EXPECT_THAT(of({50, 30, 20}, 3), IsEmpty());
  ASSERT_THAT(of({51, 29, 20}, 3), SizeIs(1));
  EXPECT_THAT(of({51, 29, 20}, 3)[0], HasSubstr("epoch 2: one cluster holds 0.51 of the examples"));
  EXPECT_THAT(of({40, 40, 20}, 6), IsEmpty());
  ASSERT_THAT(of({40, 40, 20}, 7), SizeIs(1));
  EXPECT_THAT(of({40, 40, 20}, 7)[0], HasSubstr("3 of 7 clusters have examples: ask for fewer"));
}

TEST(CollapseDetector, KnowsEmbeddingsOnALine) {
  EXPECT_THAT(said([](const CollapseDetector& d) { d.look_at_embedding(2.1, 16, 1); }), IsEmpty());
  EXPECT_THAT(said([](const CollapseDetector& d) { d.look_at_embedding(1.9, 16, 1); }), SizeIs(1));
  EXPECT_THAT(said([](const CollapseDetector& d) { d.look_at_embedding(1.9, 2, 1); }), IsEmpty());  // all it can be
}

TEST(CollapseDetector, StopsOrIsSilentWhereAskedAndNamesTheHeadOfSeveral) {
  const auto look = [](const CollapseDetector& d) { d.look_at_loss(2.302, 10, 3, 1); };
  EXPECT_THAT(said(look, OnCollapse::kIgnore), IsEmpty());
  EXPECT_THAT([&] { said(look, OnCollapse::kStop, 2); },
              ThrowsMessage<shoal::Error>(HasSubstr("epoch 3, head 2: the loss, 2.302, is that of guessing")));
}

}  // namespace
