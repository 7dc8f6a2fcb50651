// A fit that was stopped and goes on ends with the bytes of one that was left alone.
#include <gmock/gmock.h>

#include <set>

#include "shoal/testing_checkpoint.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::Checkpoints;
using shoal::testing::Given;
using shoal::testing::Host;
using shoal::testing::normal_points;

/// What a fit found, apart from memory that is the host's.
struct Found {
  std::vector<Index> labels;
  RowMatrix<double> centroids;
  Index iterations = 0;
  bool converged = false;
  bool operator==(const Found& other) const {
    return labels == other.labels && centroids == other.centroids && iterations == other.iterations &&
           converged == other.converged;
  }
};

/// Of a host whose checkpoints are `kept`. Throws Cancelled where it is stopped.
Found fit(const Given& given, const shoal::FitInput& input, Checkpoints& kept, int stop_after, int threads = 1) {
  Host host({.threads = threads, .seed = 5});
  kept.serve(host, {.stop_after = stop_after});
  const auto found = shoal::testing::fit(host, "clusterer/kmeans", given, input);
  return {shoal::testing::values(found.labels), shoal::testing::centroids_of(found), found.iterations, found.converged};
}

struct Case {
  const char* name;
  Given given;
  shoal::FitInput input;
};

class KMeansCheckpoint : public ::testing::Test {
 protected:
  KMeansCheckpoint() {
    for (Index i = 0; i < kRows; ++i) repeated_.row(i) = floats_.row(i % 500);
    for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] = static_cast<double>(i % 5);
  }

  /// No rule but that the labels stay, so that there are many iterations.
  std::vector<Case> cases() const {
    const shoal::FitInput plain{.features = ConstArray(floats_)}, exact{.features = ConstArray(doubles_)},
        weighted{.features = ConstArray(doubles_), .weights = ConstArray(weights_)},
        wide{.features = ConstArray(wide_)}, often{.features = ConstArray(repeated_)};
    return {{"plain", {{"k", 40}, {"tol", 0.0}}, plain},
            {"numbers that float32 does not hold", {{"k", 40}, {"tol", 0.0}}, exact},
            {"weights", {{"k", 40}, {"tol", 0.0}}, weighted},
            {"three starts", {{"k", 8}, {"n_init", 3}, {"init", "random"}}, plain},
            {"eight starts", {{"k", 8}, {"n_init", 8}, {"init", "random"}}, plain},
            {"even sizes", {{"k", 7}, {"balanced", true}, {"max_iter", 8}}, plain},
            {"equal rows, measured once", {{"k", 20}, {"tol", 0.0}, {"duplicates", "collapse"}}, often},
            {"more iterations than sums are added to", {{"k", 120}, {"tol", 0.0}}, wide},
            {"inertia", {{"k", 40}, {"tol", 0.0}, {"stop_inertia_rel", 1e-4}}, weighted},
            {"changed labels", {{"k", 40}, {"tol", 0.0}, {"stop_changed_labels", 0.005}}, plain}};
  }

  static constexpr Index kRows = 3000;
  RowMatrix<double> doubles_ = normal_points(1, kRows, 4), wide_ = normal_points(2, 4 * kRows, 2);
  RowMatrix<float> floats_ = doubles_.cast<float>(), repeated_ = floats_;
  std::vector<double> weights_ = std::vector<double>(static_cast<std::size_t>(kRows));
};

TEST_F(KMeansCheckpoint, EndsWithTheSameBytesFromAnyIteration) {
  for (const Case& each : cases()) {
    Checkpoints of_whole;
    const Found whole = fit(each.given, each.input, of_whole, 0);
    const int saves = of_whole.saves();
    ASSERT_GE(saves, 5) << each.name;
    for (const int stop : {1, 2, saves / 2, saves - 1, saves}) {
      SCOPED_TRACE(shoal::text("{}; stopped after checkpoint {} of {}", each.name, stop, saves));
      Checkpoints kept;
      EXPECT_THROW(fit(each.given, each.input, kept, stop), shoal::Cancelled);
      EXPECT_TRUE(fit(each.given, each.input, kept, 0, /*threads=*/2) == whole);
      EXPECT_EQ(kept.saves(), saves - stop);
      EXPECT_EQ(kept.rejected(), 0);
    }
  }
}

TEST_F(KMeansCheckpoint, EndsThoughItIsStoppedInEveryIteration) {
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.name);
    Checkpoints of_whole, kept;
    const Found whole = fit(each.given, each.input, of_whole, 0);
    for (int i = 0; i < of_whole.saves(); ++i)
      EXPECT_THROW(fit(each.given, each.input, kept, 1), shoal::Cancelled) << i;
    EXPECT_TRUE(fit(each.given, each.input, kept, 1) == whole);
  }
}

TEST_F(KMeansCheckpoint, NeedsAllThatIsInIt) {
  // For the log and for max_time; and how many starts are over, which would be made again.
  const std::set<std::string> of_no_bytes = {"units done", "iterations before", "seconds", "start"};
  std::set<std::string> needed, all;
  for (const Case& each : cases()) {
    Checkpoints of_whole;
    const Found whole = fit(each.given, each.input, of_whole, 0);
    for (const int stop : {of_whole.saves() / 2, of_whole.saves()}) {
      Checkpoints kept;
      EXPECT_THROW(fit(each.given, each.input, kept, stop), shoal::Cancelled);
      for (const std::string& name : kept.names()) {
        all.insert(name);
        Checkpoints without;
        without.take(kept);
        if (!without.forget(name)) continue;
        try {
          if (!(fit(each.given, each.input, without, 0) == whole)) needed.insert(name);
        } catch (const shoal::Error&) {
          needed.insert(name);
        }
      }
    }
  }
  for (const std::string& name : of_no_bytes) all.erase(name);
  EXPECT_EQ(needed, all);
}

TEST_F(KMeansCheckpoint, GoesOnWithAnotherAlgorithm) {  // which changes speed alone, so that the key is the same
  const shoal::FitInput input{.features = ConstArray(repeated_)};
  Given given{{"k", 40}, {"tol", 0.0}, {"algorithm", "lloyd"}, {"duplicates", "keep"}};
  Checkpoints of_whole, kept;
  const Found whole = fit(given, input, of_whole, 0);
  EXPECT_THROW(fit(given, input, kept, 3), shoal::Cancelled);
  for (const char* algorithm : {"elkan", "yinyang", "hamerly"}) {
    for (const char* duplicates : {"keep", "collapse"}) {
      given["algorithm"] = algorithm;
      given["duplicates"] = duplicates;
      Checkpoints own;
      own.take(kept);
      EXPECT_TRUE(fit(given, input, own, 0) == whole) << algorithm << " " << duplicates;
    }
  }
}

TEST_F(KMeansCheckpoint, CountsTheTimeOfBeforeTheStop) {
  const shoal::FitInput input{.features = ConstArray(floats_)};
  Given given{{"k", 40}, {"tol", 0.0}};
  Checkpoints kept;
  EXPECT_THROW(fit(given, input, kept, 3), shoal::Cancelled);
  given["max_time"] = 1e-9;
  EXPECT_EQ(fit(given, input, kept, 0).iterations, 4);  // one more; then it sees that the time was over before
}

}  // namespace
