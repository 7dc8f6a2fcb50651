#include "framework/run/earlier_times.h"

#include <gmock/gmock.h>

namespace shoal::host {
namespace {

Store::Listed kept(const KeyParts& parts, double seconds, const std::string& node = "groups", int threads = 2) {
  Store::Listed out;
  out.manifest = {.parts = parts, .node = node, .experiment = "toy", .seconds = seconds, .threads = threads};
  return out;
}

KeyParts kmeans(const std::string& k, const std::string& data, const std::string& device = "cpu") {
  KeyParts out = {{"component", "clusterer/kmeans"}, {"library", "1f"}, {"with k", k}, {"with tol", "0"}};
  out.emplace_back("device", device);
  if (!data.empty()) out.emplace_back("in data", data);
  return out;
}

TEST(EarlierTimes, TakesTheResultMostAlikeOnTheSameData) {
  const EarlierTimes times({kept(kmeans("10", "6bbc"), 3), kept(kmeans("20", "6bbc"), 5), kept(kmeans("20", "aaaa"), 7),
                            kept(kmeans("20", "6bbc", "cuda"), 1)});
  EXPECT_EQ(times.seconds_of({.parts = kmeans("10", "6bbc"), .inputs_known = true}), 3);
  EXPECT_EQ(times.seconds_of({.parts = kmeans("20", "6bbc"), .inputs_known = true}), 5);
  EXPECT_EQ(times.seconds_of({.parts = kmeans("30", "6bbc"), .inputs_known = true}), 5);  // of two as like, the latest
  EXPECT_EQ(times.seconds_of({.parts = kmeans("20", "6bbc", "cuda"), .inputs_known = true}), 1);
}

TEST(EarlierTimes, KnowsNothingOfOtherData) {
  const EarlierTimes times({kept(kmeans("10", "6bbc"), 3)});
  EXPECT_EQ(
      times.seconds_of({.parts = kmeans("10", "bbbb"), .inputs_known = true, .node = "groups", .experiment = "toy"}),
      std::nullopt);
  EXPECT_EQ(times.seconds_of({.parts = {{"component", "clusterer/gmm"}}, .inputs_known = true}), std::nullopt);
}

TEST(EarlierTimes, GoesByTheNodeWhereTheDataIsNotThereYet) {
  const EarlierTimes times({kept(kmeans("10", "6bbc"), 3), kept(kmeans("10", "cccc"), 4, "others"),
                            kept(kmeans("10", "dddd"), 9, "groups", 1)});
  const WorkAhead groups = {.parts = kmeans("10", ""), .node = "groups", .experiment = "toy", .threads = 2};
  EXPECT_EQ(times.seconds_of(groups), 3);  // not the later one, with one thread
  WorkAhead elsewhere = groups;
  elsewhere.experiment = "another";
  EXPECT_EQ(times.seconds_of(elsewhere), std::nullopt);
}

TEST(EarlierTimes, AreSaidRoughly) {
  EXPECT_EQ(roughly(0.2), "under a second");
  EXPECT_EQ(roughly(3.4), "about 3 s");
  EXPECT_EQ(roughly(42), "about 40 s");
  EXPECT_EQ(roughly(250), "about 4 min");
  EXPECT_EQ(roughly(9000), "about 2.5 h");
}

}  // namespace
}  // namespace shoal::host
