// Python as an author's language, through the whole program; skipped where numpy is not installed.
#include <gmock/gmock.h>

#include <string>

#include "tests/program.h"

namespace {

using shoal::tests::Outcome;
using shoal::tests::Workplace;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

bool no_numpy(const Outcome& outcome) { return outcome.err.find("is not installed") != std::string::npos; }

constexpr const char* kCode = R"(
import numpy as np
import factors

def load():
    return np.array([[1.0], [2.0], [4.0]]), [0, 1, 1], ["a", "b"]

class Times:
    def fit(self, X):
        self.factor = factors.FACTOR
    def transform(self, X):
        return X * self.factor

def total(features):
    return features.sum()
)";

constexpr const char* kExperiment = R"(shoal: 1
name: x
nodes:
  points: {use: dataset/python, with: {file: code.py, imports: [factors.py], call: load}}
  times:  {use: transform/python, in: {data: points}, with: {file: code.py, imports: [factors.py], call: Times}}
  again:  {use: times.transform, in: {data: points}}
  total:  {use: metric/python, in: {features: times}, with: {file: code.py, imports: [factors.py], call: total}}
  twice:  {use: metric/python, in: {features: again}, with: {file: code.py, imports: [factors.py], call: total}}
report: [total.value, twice.value]
)";

class PythonProgram : public ::testing::Test {
 protected:
  PythonProgram() {
    place_.write("code.py", kCode);
    place_.write("factors.py", "FACTOR = 2\n");
    place_.write("x.yaml", kExperiment);
  }
  Outcome run(const std::string& more = "") { return place_.shoal("run x.yaml --quiet " + more); }

  Workplace place_;
};

TEST_F(PythonProgram, ComputesAnewWhatAnEditChanges) {
  Outcome outcome = run();
  if (no_numpy(outcome)) GTEST_SKIP() << outcome.err;
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ContainsRegex("1/1 +14 +14"));  // (1 + 2 + 4) · 2
  place_.write("factors.py", "FACTOR = 3\n");
  outcome = run();
  EXPECT_THAT(outcome.out, ContainsRegex("1/1 +21 +21")) << outcome.err;
  std::string code = kCode;
  code.replace(code.find("features.sum()"), 14, "features.max()");
  place_.write("code.py", code);
  EXPECT_THAT(run().out, ContainsRegex("1/1 +12 +12"));
}

TEST_F(PythonProgram, AppliesInALaterProcessWhatItLearntInAnEarlierOne) {
  Outcome outcome = run();
  if (no_numpy(outcome)) GTEST_SKIP() << outcome.err;
  // Only `again` and what follows is computed; `times` comes from the store, with its state.
  outcome = place_.shoal("run x.yaml --force again");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ContainsRegex("1/1 +14 +14"));
  EXPECT_THAT(outcome.out + outcome.err, ContainsRegex("times +stored"));
}

TEST_F(PythonProgram, NamesTheNodeAndTheException) {
  std::string code = kCode;
  code.replace(code.find("X * self.factor"), 15, "X @ self.factor");
  place_.write("code.py", code);
  const Outcome outcome = run();
  if (no_numpy(outcome)) GTEST_SKIP() << outcome.err;
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("x.yaml:5:3: error[R601]: node 'times', in transform/python"),
                                 HasSubstr("code.py:Times threw ValueError: matmul")));
}

TEST_F(PythonProgram, SaysAtItsPlaceThatADatasetsFileIsNotThere) {
  const Outcome outcome = place_.shoal("check x.yaml points.file=cod.py");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("there is no file or folder"), HasSubstr("did you mean 'code.py'?")));
}

}  // namespace
