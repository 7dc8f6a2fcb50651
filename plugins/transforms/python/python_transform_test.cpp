// Transformers of testing/transforms.py, and scikit-learn's where it is installed.
#include "python_transform.h"

#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "shoal/matrix.h"
#include "testing_python.h"

namespace {

using shoal::Array;
using shoal::ConstArray;
using shoal::FreeMap;
using shoal::FreeValue;
using shoal::RowMatrix;
using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

const RowMatrix<double> kRows{{0, 0}, {2, 4}, {4, 8}, {6, 0}};  // mean (3, 3)

class PythonTransformTest : public WithPython {
 protected:
  static TransformParams of(const std::string& call, FreeMap params = {}) {
    TransformParams out;
    out.call = call;
    out.file = SHOAL_TEST_CODE;
    out.params = std::move(params);
    return out;
  }
  template <typename Scalar = double>
  RowMatrix<Scalar> apply(const PythonTransform& transform, const RowMatrix<Scalar>& rows) {
    RowMatrix<Scalar> out(rows.rows(), transform.columns(rows.cols()));
    transform.apply(host_.context(), ConstArray(rows), shoal::MutableArray(out));
    return out;
  }
  RowMatrix<double> fit_and_apply(const TransformParams& params) {
    PythonTransform transform(params);
    transform.fit(host_.context(), ConstArray(kRows));
    return apply(transform, kRows);
  }
  template <typename Thrown>
  std::string error_of(const TransformParams& params) {
    return error_from<Thrown>([&] { fit_and_apply(params); });
  }
};

/// State in memory: what the host keeps.
class KeptState {
 public:
  explicit KeptState(const shoal::Stateful& from, shoal::Context& context) : context_(context) {
    shoal_state_writer writer{sizeof(shoal_state_writer),
                              [](const shoal_state_writer* self, const char* name, const shoal_array* array) -> int {
                                const auto* kept = reinterpret_cast<const Writer*>(self)->kept;
                                const_cast<KeptState*>(kept)->arrays_[name] = kept->context_.copy(ConstArray(*array));
                                return SHOAL_OK;
                              }};
    const Writer whole{writer, this};
    shoal::StateWriter state(context.c_context(), &whole.c);
    from.save(state);
  }
  void load(shoal::Stateful& to) {
    for (auto& [name, array] : arrays_) views_[name] = array.view();
    for (auto& [name, view] : views_) c_[name] = view.c_array();
    const Reader whole{{sizeof(shoal_state_reader),
                        [](const shoal_state_reader* self, const char* name) -> const shoal_array* {
                          const auto& c = reinterpret_cast<const Reader*>(self)->kept->c_;
                          return c.contains(name) ? &c.at(name) : nullptr;
                        }},
                       this};
    to.load(shoal::StateReader(&whole.c));
  }
  std::map<std::string, Array>& arrays() { return arrays_; }

 private:
  struct Writer {
    shoal_state_writer c;
    const KeptState* kept;
  };
  struct Reader {
    shoal_state_reader c;
    const KeptState* kept;
  };
  shoal::Context& context_;
  std::map<std::string, Array> arrays_;
  std::map<std::string, ConstArray> views_;
  std::map<std::string, shoal_array> c_;
};

TEST_F(PythonTransformTest, AppliesWhatItLearnt) {
  EXPECT_EQ(fit_and_apply(of("Centre", {{{"factor", {std::int64_t{2}}}}})),
            (RowMatrix<double>{{-6, -6}, {-2, 2}, {2, 10}, {6, -6}}));
  EXPECT_THAT(log(), AllOf(Contains("fit to float64 writeable False"), Contains(HasSubstr("n_jobs 2"))));
  EXPECT_EQ(fit_and_apply(of("Twice")), RowMatrix<double>(2 * kRows));
}

TEST_F(PythonTransformTest, FindsTheColumnsOfItsResult) {
  PythonTransform transform(of("Centre", {{{"keep", {std::int64_t{1}}}}}));
  EXPECT_EQ(transform.columns(2), 2);  // not known before fit
  transform.fit(host_.context(), ConstArray(kRows));
  EXPECT_EQ(transform.columns(2), 1);
  EXPECT_EQ(apply(transform, kRows), (RowMatrix<double>{{-3}, {-1}, {1}, {3}}));
  EXPECT_THROW(transform.columns(3), shoal::InputError);
}

TEST_F(PythonTransformTest, GivesTheDtypeOfItsFeatures) {
  PythonTransform transform(of("Twice"));
  const RowMatrix<std::uint8_t> bytes{{1, 200}, {3, 4}};
  transform.fit(host_.context(), ConstArray(bytes));
  RowMatrix<float> out(2, 2);
  transform.apply(host_.context(), ConstArray(bytes), shoal::MutableArray(out));
  EXPECT_EQ(out, (RowMatrix<float>{{2, 400}, {6, 8}}));
}

TEST_F(PythonTransformTest, AppliesAlikeInALaterProcess) {
  PythonTransform fitted(of("Centre", {{{"factor", {0.1}}}}));
  fitted.fit(host_.context(), ConstArray(kRows));
  KeptState kept(fitted, host_.context());
  PythonTransform loaded(of("Centre", {{{"factor", {0.1}}}}));
  kept.load(loaded);
  const RowMatrix<double> others{{1, 1}, {1e9, -7}};
  EXPECT_EQ(apply(loaded, others), apply(fitted, others));
  KeptState again(loaded, host_.context());  // the same bytes
  const auto bytes = [](KeptState& state) {
    const auto all = state.arrays().at("pickle").view().vector<std::uint8_t>();
    return std::vector<std::uint8_t>(all.begin(), all.end());
  };
  EXPECT_EQ(bytes(kept), bytes(again));

  kept.arrays()["pickle"] = host_.context().copy(std::vector<std::uint8_t>{1, 2, 3});
  EXPECT_THROW(kept.load(loaded), shoal::InputError);
  EXPECT_EQ(apply(loaded, others), apply(fitted, others));  // as before
  EXPECT_THROW(KeptState(PythonTransform(of("Twice")), host_.context()), shoal::StateError);
}

TEST_F(PythonTransformTest, RefusesOtherColumnsAndAnEarlyCall) {
  PythonTransform transform(of("Twice"));
  RowMatrix<double> out(4, 2);
  EXPECT_THROW(transform.apply(host_.context(), ConstArray(kRows), shoal::MutableArray(out)), shoal::StateError);
  transform.fit(host_.context(), ConstArray(kRows));
  const RowMatrix<double> wide{{1, 2, 3}};
  EXPECT_THROW(transform.apply(host_.context(), ConstArray(wide), shoal::MutableArray(out)), shoal::InputError);
}

TEST_F(PythonTransformTest, DrawsFromTheNodesStreamAlone) {
  const auto draw = [&](std::uint64_t seed) {
    Host host({.seed = seed});
    PythonTransform transform(of("Draws"));
    transform.fit(host.context(), ConstArray(kRows));
    RowMatrix<double> out(4, 3);
    transform.apply(host.context(), ConstArray(kRows), shoal::MutableArray(out));
    return out;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1)(0, 0), draw(2)(0, 0));  // numpy's generator
  EXPECT_NE(draw(1)(0, 1), draw(2)(0, 1));  // Python's
  fit_and_apply(of("Centre", {{{"random_state", {std::int64_t{42}}}}}));
  EXPECT_THAT(log(), Contains(HasSubstr("random_state 42")));
}

TEST_F(PythonTransformTest, HoldsTheResultToTheContract) {
  const auto returns = [&](const char* fault) {
    return error_of<shoal::Error>(of("Returns", {{{"fault", {std::string(fault)}}}}));
  };
  EXPECT_EQ(returns("one row"),
            "transform of transforms.py:Returns returned (2, 2) float64, expected (4, D') of numbers");
  EXPECT_THAT(returns("vector"), HasSubstr("returned (1,) float64, expected (1, D') of numbers"));
  EXPECT_THAT(returns("text"), HasSubstr("expected (1, D') of numbers"));
  EXPECT_THAT(returns("nan"), HasSubstr("returned nan at row 3, column 1, which no float64 of features is"));
  EXPECT_THAT(returns("other width"), HasSubstr("returned (4, 1), expected (4, 2)"));
  const RowMatrix<float> rows = kRows.cast<float>();
  PythonTransform large(of("Returns", {{{"fault", {std::string("too large")}}}}));
  large.fit(host_.context(), ConstArray(rows));
  try {
    apply(large, rows);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const shoal::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("returned 1e+300 at row 3, column 0, which no float32 of features is"));
  }
}

TEST_F(PythonTransformTest, TellsAnExceptionInOneLineAndItsTracebackInTheLog) {
  EXPECT_EQ(error_of<shoal::Error>(of("Raises")),
            "transforms.py:Raises threw ValueError: the first line and the second");
  EXPECT_THAT(log(), AllOf(Contains("Traceback (most recent call last):"),
                           Contains(AllOf(HasSubstr("transforms.py"), HasSubstr("in fit")))));
}

TEST_F(PythonTransformTest, SaysWhatIsWrongWithTheCode) {
  EXPECT_THAT(error_of<shoal::InputError>(of("Center")), HasSubstr("has no 'Center'; did you mean 'Centre'?"));
  EXPECT_THAT(
      error_of<shoal::InputError>(of("Centre", {{{"fctor", {1.0}}}})),
      HasSubstr("transforms.py:Centre takes no 'fctor'; it takes factor, keep, random_state, n_jobs; did you mean "
                "'factor'?"));
  EXPECT_THAT(error_of<shoal::InputError>(of("Returns")), HasSubstr("transforms.py:Returns needs fault"));
  EXPECT_THAT(error_of<shoal::InputError>(of("OnlyFits")), HasSubstr("has no method transform"));
  EXPECT_THAT(error_of<shoal::Error>(of("Unpicklable")), HasSubstr("cannot be pickled once it is fitted"));
  TransformParams elsewhere = of("Centre");
  elsewhere.file = "/nowhere/code.py";
  EXPECT_EQ(error_of<shoal::InputError>(elsewhere), "there is no file '/nowhere/code.py'");
  elsewhere.file = "";
  elsewhere.call = "no_such_package.Centre";
  EXPECT_THAT(error_of<shoal::Unsupported>(elsewhere),
              HasSubstr("the Python package no_such_package is not installed"));
  elsewhere.call = "Centre";
  EXPECT_THAT(error_of<shoal::InputError>(elsewhere), HasSubstr("call is 'Centre', but must be an import path"));
}

TEST_F(PythonTransformTest, WantsTheFilesThatItsCodeImports) {
  EXPECT_THAT(error_of<shoal::InputError>(of("Imports")),
              AllOf(HasSubstr("transforms.py:Imports imports "), HasSubstr("halves.py, which is not among `imports`")));
  TransformParams named = of("Imports");
  named.imports = {SHOAL_TEST_HELPER};
  EXPECT_EQ(fit_and_apply(named), RowMatrix<double>(kRows / 2));
}

TEST_F(PythonTransformTest, NeverReadsFeaturesAfterTheyAreGone) {
  EXPECT_THAT(error_of<shoal::Error>(of("KeepsElsewhere")), HasSubstr("keeps an array that it was only lent"));
  PythonTransform last(of("KeepsLast"));
  last.fit(host_.context(), ConstArray(kRows));
  const auto sum = [&](double value) {
    const RowMatrix<double> rows = RowMatrix<double>::Constant(1, 2, value);
    return apply(last, rows)(0, 0);
  };
  EXPECT_EQ(sum(1), 2);
  EXPECT_EQ(sum(5), 10);  // not 2 of memory that is gone
}

TEST_F(PythonTransformTest, IsInterruptedBetweenTwoStepsOfPython) {
  Host impatient({.cancel_after = 3});
  PythonTransform forever(of("Forever"));
  EXPECT_THROW(forever.fit(impatient.context(), ConstArray(kRows)), shoal::Cancelled);
  RowMatrix<double> out(4, 2);
  EXPECT_THROW(forever.apply(host_.context(), ConstArray(kRows), shoal::MutableArray(out)), shoal::StateError);
}

TEST_F(PythonTransformTest, IsAppliedByManyThreads) {
  PythonTransform transform(of("Centre"));
  transform.fit(host_.context(), ConstArray(kRows));
  const RowMatrix<double> expected = apply(transform, kRows);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      Host host;
      for (int time = 0; time < 10; ++time) {
        RowMatrix<double> out(4, 2);
        transform.apply(host.context(), ConstArray(kRows), shoal::MutableArray(out));
        EXPECT_EQ(out, expected);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PythonTransformTest, TakesClassesOfPackages) {
  if (const std::string reason = why_no("sklearn"); !reason.empty()) GTEST_SKIP() << reason;
  TransformParams params;
  params.call = "sklearn.preprocessing.MinMaxScaler";
  // Each column from its least to its largest: [0, 6] and [0, 8].
  EXPECT_TRUE(fit_and_apply(params).isApprox(RowMatrix<double>{{0, 0}, {1. / 3, 0.5}, {2. / 3, 1}, {1, 0}}));
  params.call = "sklearn.preprocessing.OneHotEncoder";
  EXPECT_THAT(error_of<shoal::Error>(params), HasSubstr("returned a sparse matrix"));
  params.params = {{{"sparse_output", {false}}}};
  EXPECT_EQ(fit_and_apply(params).rowwise().sum(), RowMatrix<double>::Constant(4, 1, 2));
}

}  // namespace
