// Functions of testing/metrics.py, and scikit-learn's where it is installed.
#include "python_metric.h"

#include <gmock/gmock.h>

#include "shoal/matrix.h"
#include "testing_python.h"

namespace {

using shoal::ConstArray;
using shoal::FreeMap;
using shoal::RowMatrix;
using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

const RowMatrix<float> kFeatures{{1, 2}, {3, 4}, {5, 6}};
const std::vector<std::int64_t> kPredicted{0, 1, 1}, kLabels{0, 0, 1};

class PythonMetricTest : public WithPython {
 protected:
  static MetricParams of(const std::string& call, FreeMap params = {}, const std::string& value = "") {
    MetricParams out;
    out.call = call;
    out.file = SHOAL_TEST_CODE;
    out.params = std::move(params);
    out.value = value;
    return out;
  }
  /// The numbers, of what the word in `ports` says: "predicted labels features".
  PythonNumbers compute(const MetricParams& params, std::string_view ports) {
    shoal::Evidence evidence;
    if (ports.find("predicted") != ports.npos) evidence.add("predicted", ConstArray(kPredicted));
    if (ports.find("labels") != ports.npos) evidence.add("labels", ConstArray(kLabels));
    if (ports.find("features") != ports.npos) evidence.add("features", ConstArray(kFeatures));
    return PythonMetric(params).numbers(host_.context(), evidence);
  }
  template <typename Thrown>
  std::string error_of(const MetricParams& params, std::string_view ports) {
    return error_from<Thrown>([&] { compute(params, ports); });
  }
};

TEST_F(PythonMetricTest, IsWhatTheFunctionReturns) {
  const PythonNumbers found = compute(of("share", {{{"scale", {std::int64_t{3}}}}}), "predicted labels");
  EXPECT_DOUBLE_EQ(found.value, 2);  // two of three, times 3
  EXPECT_THAT(found.named, IsEmpty());
}

TEST_F(PythonMetricTest, KnowsScikitLearnsNames) {
  // Labels sum up to 1, predicted to 2, features to 21.
  EXPECT_EQ(compute(of("as_sklearn_names"), "predicted labels features").value, 100 + 20 + 21);
}

TEST_F(PythonMetricTest, TakesOneOfSeveralNumbers) {
  const PythonNumbers found = compute(of("several", {}, "count"), "features");
  EXPECT_EQ(found.value, 3);
  EXPECT_THAT(found.named, ElementsAre(Pair("any", 1), Pair("count", 3), Pair("most", 6)));
  EXPECT_THAT(log(), Contains("float32 (3, 2) False"));
  EXPECT_EQ(compute(of("only"), "features").value, 6);
  EXPECT_THAT(compute(of("anything", {}, "labels"), "labels features").named,
              ElementsAre(Pair("features", 2), Pair("labels", 1)));
}

TEST_F(PythonMetricTest, SaysWhichNumbersThereAre) {
  EXPECT_THAT(
      error_of<shoal::InputError>(of("several"), "features"),
      HasSubstr("metrics.py:several returned most, count, any: say by `value` which of them is the node's value"));
  EXPECT_THAT(error_of<shoal::InputError>(of("several", {}, "least"), "features"),
              HasSubstr("value is 'least', but metrics.py:several returned most, count, any"));
  EXPECT_THAT(error_of<shoal::InputError>(of("share", {}, "least"), "predicted labels"),
              HasSubstr("value is 'least', but metrics.py:share returned one number"));
}

TEST_F(PythonMetricTest, RefusesWhatTheFunctionDoesNotTake) {
  EXPECT_THAT(error_of<shoal::InputError>(of("share"), "predicted labels features"),
              HasSubstr("'features' is wired, but metrics.py:share takes no features or X; it takes predicted, labels, "
                        "scale"));
  EXPECT_THAT(error_of<shoal::InputError>(of("share"), "labels"), HasSubstr("metrics.py:share needs predicted"));
  EXPECT_THAT(error_of<shoal::InputError>(of("share", {{{"labels", {1.0}}}}), "predicted labels"),
              HasSubstr("'labels' of metrics.py:share is given twice"));
  EXPECT_THAT(error_of<shoal::InputError>(of("share", {{{"scael", {1.0}}}}), "predicted labels"),
              HasSubstr("takes no 'scael'; it takes predicted, labels, scale; did you mean 'scale'?"));
  EXPECT_THAT(error_of<shoal::InputError>(of("NUMBER"), ""), HasSubstr("is of type int and cannot be called"));
}

TEST_F(PythonMetricTest, HoldsTheFunctionToTheContract) {
  const auto returns = [&](const char* fault) {
    return error_of<shoal::Error>(of("returns", {{{"fault", {std::string(fault)}}}}), "");
  };
  EXPECT_EQ(returns("text"), "metrics.py:returns returned str, expected a number");
  EXPECT_EQ(returns("vector"), "metrics.py:returns returned ndarray, expected a number");
  EXPECT_EQ(returns("none"), "metrics.py:returns returned NoneType, expected a number");
  EXPECT_EQ(returns("entry"), "metrics.py:returns returned str as 'a', expected a number");
  EXPECT_THAT(returns("nan"), HasSubstr("returned nan"));
  EXPECT_THAT(returns("empty"), HasSubstr("returned an empty dict"));
  EXPECT_THAT(error_of<shoal::Error>(of("keeps"), "features"), HasSubstr("keeps an array that it was only lent"));
}

TEST_F(PythonMetricTest, TellsAnExceptionInOneLineAndItsTracebackInTheLog) {
  EXPECT_EQ(error_of<shoal::Error>(of("raises"), "labels"),
            "metrics.py:raises threw ValueError: the first line and the second");
  EXPECT_THAT(log(), Contains("Traceback (most recent call last):"));
}

TEST_F(PythonMetricTest, DrawsFromTheNodesStreamAlone) {
  EXPECT_EQ(compute(of("draws"), "").value, compute(of("draws"), "").value);
  const double seed = compute(of("given_seed"), "").value;
  Host other({.seed = 8});
  EXPECT_NE(PythonMetric(of("given_seed")).numbers(other.context(), {}).value, seed);
  EXPECT_EQ(compute(of("given_seed", {{{"random_state", {std::int64_t{5}}}}}), "").value, 5);
}

TEST_F(PythonMetricTest, IsInterrupted) {
  Host impatient({.cancel_after = 3});
  EXPECT_THROW(PythonMetric(of("forever")).numbers(impatient.context(), {}), shoal::Cancelled);
}

TEST_F(PythonMetricTest, TakesFunctionsOfPackages) {
  if (const std::string reason = why_no("sklearn"); !reason.empty()) GTEST_SKIP() << reason;
  MetricParams params;
  params.call = "sklearn.metrics.adjusted_rand_score";
  // Pairs of three: one together in both is none; by the formula, ari = (0 − 1/3) / (1 − 1/3) = −1/2.
  EXPECT_DOUBLE_EQ(compute(params, "predicted labels").value, -0.5);
}

}  // namespace
