// Estimators of testing/fake_estimators.py, and those of scikit-learn against their direct use.
#include <gmock/gmock.h>

#include <cstdio>
#include <thread>

#include "adapters.h"
#include "arguments.h"
#include "bridge.h"
#include "estimator.h"
#include "shoal/matrix.h"
#include "testing_python.h"

namespace {

using shoal::ConstArray;
using shoal::FreeList;
using shoal::FreeMap;
using shoal::FreeValue;
using shoal::RowMatrix;
using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const RowMatrix<double> kRows{{0, 0}, {2, 2}, {0, 4}, {2, 6}};

class PythonTest : public WithPython {
 protected:
  static Estimator fake(const std::string& name, std::optional<std::int64_t> k = {}, FreeMap params = {}) {
    return Estimator({"fake_estimators." + name, k, std::move(params), {}, {SHOAL_TEST_MODULES}});
  }
  shoal::Clustering fit(Estimator&& estimator, ConstArray rows = ConstArray(kRows)) {
    return estimator.fit(host_.context(), {.features = rows});
  }
  /// What the estimator's fit throws.
  template <typename Thrown>
  std::string error_of(Estimator&& estimator, shoal::FitInput input = {.features = ConstArray(kRows)}) {
    return error_from<Thrown>([&] { estimator.fit(host_.context(), input); });
  }
  static std::vector<std::int64_t> values(ConstArray labels) {
    const auto all = labels.vector<std::int64_t>();
    return {all.begin(), all.end()};
  }
};

TEST_F(PythonTest, ReadsFeaturesWhereTheyLie) {
  RowMatrix<float> wide = RowMatrix<float>::Random(4, 5);
  const shoal::Index shape[] = {4, 2}, strides[] = {5, 1};
  shoal_array array = ConstArray(wide.data(), shape).c_array();
  array.shape = shape;
  array.strides = strides;
  fit(fake("Deal"), ConstArray(array));
  EXPECT_THAT(log(), Contains("address " + std::to_string(reinterpret_cast<std::uintptr_t>(wide.data())) +
                              " strides (20, 4) float32 writeable False"));
}

TEST_F(PythonTest, ReturnsWhatTheEstimatorLearnt) {
  const shoal::Clustering found = fit(fake("Deal", 2));
  EXPECT_THAT(values(found.labels), ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(found.clusters, 2);
  EXPECT_EQ(found.iterations, 4);
  ASSERT_TRUE(found.centroids.has_value());
  EXPECT_EQ(RowMatrix<double>(found.centroids->view().matrix<double>()), (RowMatrix<double>{{0, 2}, {2, 4}}));
}

TEST_F(PythonTest, GivesArgumentsByName) {
  FreeMap params{
      {{"shape", {FreeMap{{{"a", {FreeList{{std::int64_t{1}}, {0.5}, {true}, {}}}}, {"b", {std::string("no")}}}}}}}};
  fit(fake("Deal", 2, params));
  EXPECT_THAT(log(), AllOf(Contains("n_clusters is 2"), Contains("shape is {'a': [1, 0.5, True, None], 'b': 'no'}"),
                           Contains("n_jobs is 2"), Contains("n_init is 10"), Contains("weights are None")));
}

TEST_F(PythonTest, StartsFromGivenCentroidsOnce) {
  const RowMatrix<double> init{{0, 1}, {2, 3}};
  const std::vector<double> weights{1, 0, 2, 0.5};
  fake("Deal", 2, {{{"n_init", {std::int64_t{5}}}}})
      .fit(host_.context(), {.features = ConstArray(kRows), .weights = ConstArray(weights), .init = ConstArray(init)});
  EXPECT_THAT(log(), AllOf(Contains("init is [[0.0, 1.0], [2.0, 3.0]]"), Contains("n_init is 1"),
                           Contains("weights are [1.0, 0.0, 2.0, 0.5]"),
                           Contains(HasSubstr("n_init is 5, but from given centroids all starts are one"))));
  EXPECT_EQ(error_of<shoal::InputError>(fake("Deal", 3), {.features = ConstArray(kRows), .init = ConstArray(init)}),
            "k is 3 but 2 initial centroids are given");
}

TEST_F(PythonTest, DrawsTheRandomStateFromTheNodesStream) {
  const auto state = [](std::uint64_t seed, FreeMap params) {
    Host host({.seed = seed});
    fake("Deal", 2, std::move(params)).fit(host.context(), {.features = ConstArray(kRows)});
    for (const auto& line : host.log())
      if (line.text.starts_with("random_state is ")) return line.text;
    return std::string("no line");
  };
  EXPECT_EQ(state(1, {}), state(1, {}));
  EXPECT_NE(state(1, {}), state(2, {}));
  EXPECT_EQ(state(1, {{{"random_state", {std::int64_t{42}}}}}), "random_state is 42");
}

TEST_F(PythonTest, RefusesWhatTheEstimatorDoesNotTake) {
  EXPECT_THAT(error_of<shoal::InputError>(fake("Deal", 2, {{{"n_int", {std::int64_t{1}}}}})),
              AllOf(HasSubstr("fake_estimators.Deal takes no 'n_int'; it takes n_clusters, init, n_init"),
                    HasSubstr("did you mean 'n_init'?")));
  EXPECT_THAT(error_of<shoal::InputError>(fake("NoWeights", 2)),
              HasSubstr("k is 2, but fake_estimators.NoWeights takes no number of clusters; it takes eps"));
  EXPECT_THAT(error_of<shoal::InputError>(fake("Deal", 2, {{{"n_clusters", {std::int64_t{3}}}}})),
              HasSubstr("given twice: k is 2, and params.n_clusters is 3"));
  const std::vector<double> weights{1, 1, 1, 1};
  EXPECT_THAT(
      error_of<shoal::InputError>(fake("NoWeights"), {.features = ConstArray(kRows), .weights = ConstArray(weights)}),
      HasSubstr("takes no weights"));
  EXPECT_THAT(
      error_of<shoal::InputError>(fake("NoWeights"), {.features = ConstArray(kRows), .init = ConstArray(kRows)}),
      HasSubstr("takes no initial centroids"));
  EXPECT_THAT(error_of<shoal::InputError>(fake("Dael")), HasSubstr("has no 'Dael'; did you mean 'Deal'?"));
}

TEST_F(PythonTest, NamesThePackageThatIsAbsent) {
  EXPECT_THAT(error_of<shoal::Unsupported>(Estimator({"no_such_package.cluster.KMeans", {}, {}, {}, {}})),
              AllOf(HasSubstr("the Python package no_such_package is not installed"),
                    HasSubstr("-m pip install no_such_package")));
}

TEST_F(PythonTest, TellsAnExceptionInOneLineAndItsTracebackInTheLog) {
  EXPECT_EQ(error_of<shoal::Error>(fake("Raises")),
            "fake_estimators.Raises threw ValueError: the first line and the second");
  EXPECT_THAT(log(), AllOf(Contains("Traceback (most recent call last):"),
                           Contains(AllOf(HasSubstr("fake_estimators.py"), HasSubstr("in fit")))));
}

TEST_F(PythonTest, SendsOutputToTheLogInWholeLines) {
  fit(fake("Deal"));
  EXPECT_THAT(log(), Contains("half a line, and the other half"));
}

TEST_F(PythonTest, HoldsAnEstimatorToTheContract) {
  const auto returns = [&](const char* fault) {
    return error_of<shoal::Error>(fake("Returns", 2, {{{"fault", {std::string(fault)}}}}));
  };
  EXPECT_EQ(returns("label too large"), "fake_estimators.Returns returned label 2 at row 3, but there are 2 clusters");
  EXPECT_EQ(returns("label below -1"), "fake_estimators.Returns returned label -2 at row 2, but there are 2 clusters");
  EXPECT_THAT(returns("labels of half"), HasSubstr("returned labels (4,) float64, expected (4,) of integers"));
  EXPECT_THAT(returns("one label"), HasSubstr("returned labels (1,) int32, expected (4,) of integers"));
  EXPECT_THAT(returns("nan"), HasSubstr("holds nan at row 1, column 0"));
  EXPECT_THAT(returns("other columns"), HasSubstr("is (2, 3) float64, expected (K, 2) of floats"));
}

TEST_F(PythonTest, WarnsOfFewerClusters) {
  EXPECT_EQ(fit(fake("Returns", 2, {{{"fault", {std::string("one cluster")}}}})).clusters, 1);
  EXPECT_THAT(log(), Contains(HasSubstr("k is 2, but fake_estimators.Returns returned 1 clusters")));
  EXPECT_EQ(fit(fake("Returns", 2)).clusters, 2);
  EXPECT_THAT(log(), Contains("1 of the 2 clusters have no example"));
}

TEST_F(PythonTest, TakesNoiseAndCountsTheOtherClusters) {
  const shoal::Clustering found = fit(fake("NoWeights"));
  EXPECT_THAT(values(found.labels), ElementsAre(-1, 0, 0, 0));
  EXPECT_EQ(found.clusters, 1);
  EXPECT_FALSE(found.centroids.has_value());
}

TEST_F(PythonTest, Predicts) {
  Estimator deal = fake("Deal", 2);
  std::vector<std::int64_t> labels(2);
  const RowMatrix<double> others{{2, 5}, {0, 0}}, wide{{1, 2, 3}};
  EXPECT_THROW(deal.predict(host_.context(), ConstArray(others), shoal::MutableArray(labels)), shoal::StateError);
  deal.fit(host_.context(), {.features = ConstArray(kRows)});
  deal.predict(host_.context(), ConstArray(others), shoal::MutableArray(labels));
  EXPECT_THAT(labels, ElementsAre(1, 0));
  EXPECT_THROW(deal.predict(host_.context(), ConstArray(wide), shoal::MutableArray(labels)), shoal::InputError);
  Estimator none = fake("NoWeights");
  none.fit(host_.context(), {.features = ConstArray(kRows)});
  EXPECT_THROW(none.predict(host_.context(), ConstArray(others), shoal::MutableArray(labels)), shoal::Unsupported);
}

TEST_F(PythonTest, NeverReadsFeaturesAfterTheyAreGone) {
  std::vector<std::int64_t> labels(1);
  Estimator shallow = fake("Keeps"), deep = fake("Keeps", {}, {{{"deep", {true}}}});
  {
    RowMatrix<double> rows{{1, 1}, {5, 1}};
    shallow.fit(host_.context(), {.features = ConstArray(rows)});
    deep.fit(host_.context(), {.features = ConstArray(rows)});
    rows.setConstant(9);
  }
  shallow.predict(host_.context(), ConstArray(kRows).slice(0, 1), shoal::MutableArray(labels));
  EXPECT_THAT(labels, ElementsAre(5));
  EXPECT_THROW(deep.predict(host_.context(), ConstArray(kRows).slice(0, 1), shoal::MutableArray(labels)),
               shoal::Unsupported);
}

TEST_F(PythonTest, NeverReadsWhatItWasAskedAboutAfterThatIsGone) {
  std::vector<std::int64_t> labels(1);
  const auto ask = [&](const Estimator& estimator, double number) {
    RowMatrix<double> row{{number, number}};
    estimator.predict(host_.context(), ConstArray(row), shoal::MutableArray(labels));
    row.setConstant(-1);
    return labels[0];
  };
  Estimator shallow = fake("KeepsLast"), deep = fake("KeepsLast", {}, {{{"deep", {true}}}}),
            failing = fake("KeepsLast", {}, {{{"deep", {true}}, {"fails", {true}}}});
  for (Estimator* estimator : {&shallow, &deep, &failing})
    estimator->fit(host_.context(), {.features = ConstArray(kRows)});
  EXPECT_EQ(ask(shallow, 5), 0);
  EXPECT_EQ(ask(shallow, 6), 5);
  EXPECT_EQ(ask(deep, 5), 0);
  EXPECT_THROW(ask(deep, 6), shoal::Unsupported);
  EXPECT_THROW(ask(failing, 5), shoal::Error);
  EXPECT_THROW(ask(failing, 6), shoal::Unsupported);
}

TEST_F(PythonTest, RunsTheCodeOfItsOwnFolders) {
  const std::string modules = SHOAL_TEST_MODULES;
  const auto of = [&](std::vector<std::string> folders) {
    return Estimator({"mine.C", {}, {}, {}, std::move(folders)});
  };
  Estimator one = of({modules + "/v1"}), two = of({modules + "/v2"}), both = of({modules + "/v2", modules + "/v1"});
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(values(one.fit(host_.context(), {.features = ConstArray(kRows)}).labels)[0], 1);
    EXPECT_EQ(values(two.fit(host_.context(), {.features = ConstArray(kRows)}).labels)[0], 2);
    EXPECT_EQ(values(both.fit(host_.context(), {.features = ConstArray(kRows)}).labels)[0], 2);
    std::vector<std::int64_t> labels(4);
    one.predict(host_.context(), ConstArray(kRows), shoal::MutableArray(labels));
    EXPECT_EQ(labels[0], 1);
  }
  EXPECT_THAT(error_of<shoal::Unsupported>(of({})), HasSubstr("there is no module 'mine'"));
}

TEST_F(PythonTest, RunsTheCodeOfItsOwnFoldersAlsoWhereAnotherIsLoadedAlready) {
  {
    const py::gil_scoped_acquire gil;
    py::module_::import("sys").attr("path").attr("extend")(
        py::make_tuple(SHOAL_TEST_MODULES "/v1", SHOAL_TEST_MODULES "/v2"));
    EXPECT_EQ(py::module_::import("mine_helper").attr("VERSION").cast<int>(), 1);
  }
  EXPECT_EQ(values(fit(Estimator({"mine.C", {}, {}, {}, {SHOAL_TEST_MODULES "/v2"}})).labels)[0], 2);
  EXPECT_EQ(
      values(fit(Estimator({"mine.C", {}, {}, {}, {SHOAL_TEST_MODULES "/v2", SHOAL_TEST_MODULES "/v1"}})).labels)[0],
      2);
  EXPECT_THAT(error_of<shoal::InputError>(Estimator({"numpy.C", {}, {}, {}, {SHOAL_TEST_MODULES "/v1"}})),
              HasSubstr("path has a module 'numpy', but 'numpy' is loaded already, from /"));
  const py::gil_scoped_acquire gil;
  EXPECT_EQ(py::module_::import("mine_helper").attr("VERSION").cast<int>(), 1);
  const auto sys = py::module_::import("sys");
  for (const char* name : {"mine", "mine_helper"}) sys.attr("modules").attr("pop")(name, py::none());
  for (const char* folder : {SHOAL_TEST_MODULES "/v1", SHOAL_TEST_MODULES "/v2"})
    sys.attr("path").attr("remove")(folder);
}

TEST_F(PythonTest, RunsTheCodeOfItsOwnFoldersOnManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([version = 1 + i % 2] {
      Host host;
      Estimator estimator({"mine.C", {}, {}, {}, {std::string(SHOAL_TEST_MODULES "/v") + std::to_string(version)}});
      for (int time = 0; time < 20; ++time) {
        const auto found = estimator.fit(host.context(), {.features = ConstArray(kRows)});
        EXPECT_EQ(values(found.labels)[0], version);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PythonTest, ItsOutputIsAFileAsLibrariesKnowThem) {
  fit(fake("AsksStdout"));
  EXPECT_THAT(log(), Contains("no fileno utf-8 False True False"));
}

TEST_F(PythonTest, SaysWhereTheIterationsAreNotTold) { EXPECT_EQ(fit(fake("NoWeights")).iterations, -1); }

TEST_F(PythonTest, CountsWhatIsNotFitAsConversion) {
  const auto begin = std::chrono::steady_clock::now();
  const shoal::Clustering found = fit(fake("Slow"));
  const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_GE(found.convert_seconds, 0.1);
  EXPECT_GE(whole - found.convert_seconds, 0.2);
}

TEST_F(PythonTest, IsInterruptedBetweenTwoStepsOfPython) {
  Host impatient({.cancel_after = 3});
  Estimator slow = fake("Slow", {}, {{{"forever", {true}}}});
  EXPECT_THROW(slow.fit(impatient.context(), {.features = ConstArray(kRows)}), shoal::Cancelled);
  std::vector<std::int64_t> labels(4);
  EXPECT_THROW(slow.predict(host_.context(), ConstArray(kRows), shoal::MutableArray(labels)), shoal::StateError);
}

TEST_F(PythonTest, FitsOnAnyThread) {
  std::vector<std::int64_t> labels;
  std::thread([&] { labels = values(fit(fake("Deal", 2)).labels); }).join();
  EXPECT_THAT(labels, ElementsAre(0, 1, 0, 1));
}

TEST(Arguments, AreTheDeclaredParametersByName) {
  SklearnHdbscan params;
  params.min_cluster_size = 7;
  const Arguments<SklearnHdbscan> arguments(params);
  EXPECT_FALSE(arguments.k.has_value());
  EXPECT_EQ(*arguments.others.find("min_cluster_size")->get_if<std::int64_t>(), 7);
  EXPECT_TRUE(arguments.others.find("min_samples")->is_null());
  EXPECT_EQ(Arguments<SklearnKMeans>(SklearnKMeans{}).k, 8);
}

// --- scikit-learn and others, where they are installed ---

/// (60, 2), three groups; testing/direct.py makes the same.
RowMatrix<double> three_groups() {
  RowMatrix<double> x(60, 2);
  for (int i = 0; i < 60; ++i) x.row(i) << (i * 7) % 31 + 40 * (i % 3), (i * 13) % 29 - 25 * (i % 3);
  return x;
}

std::vector<std::int64_t> directly(const std::string& arguments) {
  const std::string command = choose_python().program.string() + " " SHOAL_TEST_MODULES "/direct.py " + arguments;
  std::FILE* pipe = popen(command.c_str(), "r");
  std::vector<std::int64_t> labels;
  for (long label = 0; std::fscanf(pipe, "%ld", &label) == 1;) labels.push_back(label);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return labels;
}

template <typename Params>
Estimator adapted(const Params& params, FreeMap more = {}) {
  Arguments<Params> arguments(params);
  for (auto& entry : more.entries) arguments.others.entries.push_back(entry);
  return Estimator({Params::kEstimator, arguments.k, arguments.others, Params::kDtypes, {}});
}

class SklearnTest : public PythonTest {
 protected:
  void SetUp() override {
    static const std::string reason = why_no("sklearn");
    if (!reason.empty()) GTEST_SKIP() << reason;
  }
  const FreeMap seven_{{{"random_state", {std::int64_t{7}}}}};
  const RowMatrix<double> x_ = three_groups();

  std::vector<std::int64_t> labels_of(Estimator&& estimator) {
    return values(fit(std::move(estimator), ConstArray(x_)).labels);
  }
};

TEST_F(SklearnTest, GivesTheLabelsOfItsDirectUse) {
  EXPECT_EQ(labels_of(adapted(SklearnKMeans{.k = 5}, seven_)),
            directly("sklearn.cluster.KMeans n_clusters=5 n_init=1 random_state=7"));
  EXPECT_EQ(labels_of(adapted(SklearnMiniBatchKMeans{.k = 5}, seven_)),
            directly("sklearn.cluster.MiniBatchKMeans n_clusters=5 n_init=1 random_state=7"));
  EXPECT_EQ(labels_of(adapted(SklearnBisectingKMeans{.k = 5}, seven_)),
            directly("sklearn.cluster.BisectingKMeans n_clusters=5 random_state=7"));
  EXPECT_EQ(labels_of(adapted(SklearnGaussianMixture{.k = 3}, seven_)),
            directly("sklearn.mixture.GaussianMixture n_components=3 random_state=7"));
  EXPECT_EQ(labels_of(adapted(SklearnSpectral{.k = 3, .gamma = 0.01}, seven_)),
            directly("sklearn.cluster.SpectralClustering n_clusters=3 gamma=0.01 random_state=7"));
  EXPECT_EQ(labels_of(adapted(SklearnBirch{.k = 4})), directly("sklearn.cluster.Birch n_clusters=4"));
  EXPECT_EQ(labels_of(adapted(SklearnAgglomerative{.k = 4})),
            directly("sklearn.cluster.AgglomerativeClustering n_clusters=4"));
  EXPECT_EQ(labels_of(adapted(SklearnHdbscan{.min_cluster_size = 4})),
            directly("sklearn.cluster.HDBSCAN min_cluster_size=4"));
  EXPECT_EQ(labels_of(Estimator({"sklearn.cluster.DBSCAN", {}, {{{"eps", {4.0}}}}, {}, {}})),
            directly("sklearn.cluster.DBSCAN eps=4.0"));
}

TEST_F(SklearnTest, StartsFromGivenCentroids) {
  const RowMatrix<double> init{{0, 0}, {40, -20}, {41, -21}, {90, -50}};
  const std::vector<std::int64_t> direct =
      directly("sklearn.cluster.KMeans n_clusters=4 n_init=1 random_state=0 'init=[[0,0],[40,-20],[41,-21],[90,-50]]'");
  const auto found =
      adapted(SklearnKMeans{.k = 4}).fit(host_.context(), {.features = ConstArray(x_), .init = ConstArray(init)});
  EXPECT_EQ(values(found.labels), direct);
}

TEST_F(SklearnTest, CountsTheCopyOfBytes) {
  RowMatrix<std::uint8_t> bytes = (x_.array() + 60).cast<std::uint8_t>();
  const auto found = fit(adapted(SklearnKMeans{.k = 3}), ConstArray(bytes));
  EXPECT_EQ(found.centroids->view().dtype(), shoal::DType::kFloat64);
  EXPECT_EQ(values(found.labels),
            values(fit(adapted(SklearnKMeans{.k = 3}), ConstArray(RowMatrix<double>(bytes.cast<double>()))).labels));
}

TEST_F(PythonTest, FaissKeepsEveryExample) {
  if (const std::string reason = why_no("faiss"); !reason.empty()) GTEST_SKIP() << reason;
  // 600 examples for one centroid, where faiss would draw 256: the centroid is the mean of all.
  RowMatrix<float> x(600, 2);
  for (int i = 0; i < 600; ++i) x.row(i) << static_cast<float>(i), static_cast<float>(i % 7);
  const auto found = fit(adapted(FaissPythonKMeans{.k = 1}), ConstArray(x));
  EXPECT_NEAR(found.centroids->view().matrix<float>()(0, 0), 299.5, 1e-3);
  EXPECT_THAT(log(), Contains(HasSubstr("its subsampling is off")));
}

TEST_F(SklearnTest, SklearnexEndsWithTheSameClusters) {
  if (const std::string reason = why_no("sklearnex"); !reason.empty()) GTEST_SKIP() << reason;
  const RowMatrix<double> init{{0, 0}, {40, -20}, {90, -50}};
  const shoal::FitInput input{.features = ConstArray(x_), .init = ConstArray(init)};
  EXPECT_EQ(values(adapted(SklearnexKMeans{.k = 3}).fit(host_.context(), input).labels),
            values(adapted(SklearnKMeans{.k = 3}).fit(host_.context(), input).labels));
}

}  // namespace
