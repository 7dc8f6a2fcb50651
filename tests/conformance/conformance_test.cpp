// Every planted defect of bad.cpp is found by the case that is named for it, with words that say what it is.
#include <gmock/gmock.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/program.h"

namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kBad = SHOAL_TEST_PLUGINS "/conformance/libconformance_bad.so";

struct Planted {
  const char* component;
  const char* found_by;
  const char* outcome;
  const char* words;
};

const Planted kPlanted[] = {
    {"clusterer/random-device", "same-seed-same-bytes", "fail", "'labels' differs at"},
    {"clusterer/thread-count", "threads-change-nothing", "fail", "on 1 thread and on 3"},
    {"clusterer/undeclared-chance", "chance-is-declared", "fail", ".random()"},
    {"clusterer/label-out-of-range", "labels-in-range", "fail", "it returned label 4, but there are 4 clusters"},
    {"clusterer/predict-out-of-range", "predict-after-fit", "fail", "it predicts label 4"},
    {"clusterer/predicts-unfitted", "predict-before-fit-refused", "fail", "StateError, but it succeeds"},
    {"clusterer/any-columns", "predict-other-columns-refused", "fail", "InputError, but it succeeds"},
    {"clusterer/looks-at-neighbours", "predict-row-by-row", "fail", "depends on the rows beside it"},
    {"clusterer/skips-last", "predict-writes-every-label", "fail", "unwritten"},
    {"clusterer/keeps-old-centres", "second-fit-forgets-first", "fail", "does not forget the first"},
    {"clusterer/any-k", "k-beyond-rows-refused", "fail", "a k of 9 for 8 examples must be refused"},
    {"clusterer/writes-input", "inputs-not-written-to", "crash", "it writes to the features, which it may only read"},
    {"clusterer/reads-beyond", "inputs-not-written-to", "crash", "it reads or writes beyond the features"},
    {"clusterer/ignores-stride", "strided-input", "fail", "of rows that lie apart it makes something else"},
    {"clusterer/no-float64", "every-dtype", "fail", "takes float64 features, but of such it fails: wrong cast"},
    {"clusterer/crashes-on-one", "n-1", "crash", "SIGSEGV"},
    {"clusterer/hangs-on-constant", "constant-column", "hang", "still at it after 5 s of the processor's time, stopped"},
    {"clusterer/swallows-cancel", "cancel-is-passed-on", "fail", "Cancelled must be let pass"},
    {"clusterer/never-asks", "cancel-within-a-second", "fail", "it goes on for"},
    {"clusterer/leaks-array", "leaks-no-array", "fail", "1 of the arrays"},
    {"clusterer/prints", "prints-nothing", "fail", "it prints 'fitting 120 rows'"},
    {"clusterer/sets-locale", "process-left-alone", "fail", "OMP_NUM_THREADS"},
    {"clusterer/leaves-thread", "starts-no-thread", "fail", "1 threads of its own"},
    {"clusterer/foreign-memory", "results-from-allocate", "fail", "its labels do not come from context.allocate"},
    {"clusterer/shared-scratch", "predict-on-many-threads", "fail", "on 4 threads at once gives other labels"},
    {"clusterer/forgets-state", "save-load-predicts-alike", "fail", "it predicts otherwise"},
    {"clusterer/loads-anything", "load-nonsense-refused", "fail", "a saved state without arrays must be refused"},
    {"clusterer/exits", "every-dtype", "crash", "it ends the process, by exit(0)"},
    {"clusterer/speed-matters", "speed-only-changes-nothing", "fail", "'fast' is declared to change only speed"},
    {"clusterer/overrun", "stays-in-its-memory", "crash", "beyond an array of its own"},
    {"clusterer/throws-on-choice", "parameters-at-their-bounds", "fail", "of way = other"},
    {"transform/keeps-old-mean", "second-fit-forgets-first", "fail", "does not forget the first"},
    {"transform/applies-unfitted", "apply-before-fit", "fail", "it must refuse by a StateError"},
    {"transform/divides-by-zero", "n-1-and-constant-columns", "fail", "holds -nan"},
    {"transform/skips-last", "apply-writes-every-number", "fail", "unwritten"},
    {"dataset/only-in-order", "read-in-any-order", "fail", "read alone and among others"},
    {"dataset/label-out-of-range", "labels-in-range", "fail", "example 2 has label 2, but there are 2 classes"},
    {"dataset/overrun", "read-stays-in-its-memory", "crash", "beyond the examples asked for"},
    {"metric/any-lengths", "lengths-must-agree", "fail", "inputs of different lengths must be refused"},
    {"metric/not-a-number", "numbers-finite", "fail", "'share' holds"},
    {"metric/gives-twice", "every-output-once", "fail", "2 times"},
    {"reporter/fragile", "unknown-events-passed-over", "fail", "what is that"},
};

json test(const shoal::tests::Workplace& place, const std::string& arguments, int exit) {
  const auto outcome = place.shoal("plugins test " + kBad + " --json " + arguments);
  EXPECT_EQ(outcome.exit, exit) << outcome.err;
  return json::parse(outcome.out, nullptr, false);
}

TEST(Conformance, FindsEachPlantedDefectByTheCaseNamedForIt) {
  const shoal::tests::Workplace place;
  for (const Planted& planted : kPlanted) {
    SCOPED_TRACE(planted.component);
    const json found =
        test(place, std::string("--only '") + planted.component + "\\." + planted.found_by + "$' --timeout 5", 2);
    ASSERT_EQ(found.size(), 1u);
    const json& cases = found[0]["cases"];
    ASSERT_EQ(cases.size(), 1u);
    EXPECT_EQ(cases[0]["outcome"], planted.outcome) << cases[0]["why"];
    EXPECT_THAT(cases[0]["why"].get<std::string>(), HasSubstr(planted.words));
    EXPECT_THAT(cases[0].value("again", ""), HasSubstr(planted.found_by));
  }
}

TEST(Conformance, WhatHasNoDefectPassesEveryCase) {
  const shoal::tests::Workplace place;
  const json found = test(place, "--only '/good\\.'", 0);
  std::size_t passed = 0;
  for (const json& each : found.at(0).at("cases")) passed += each.at("outcome") == "pass" ? 1 : 0;
  EXPECT_GE(passed, 60u);
}

TEST(Conformance, TheLibraryItselfIsLookedAt) {
  const shoal::tests::Workplace place;
  const json found = test(place, "--only one-exported-symbol", 2);
  EXPECT_THAT(found[0]["cases"][0]["why"].get<std::string>(), HasSubstr("exported_by_mistake"));
}

TEST(Conformance, AFailureNamesTheCommandThatDoesItAgainInOneProcess) {
  const shoal::tests::Workplace place;
  const auto outcome = place.shoal("plugins test " + kBad + " --only any-k.k-beyond --seed 7");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.out, HasSubstr("fail   clusterer/any-k.k-beyond-rows-refused: a k of 9 for 8 examples"));
  const std::string mark = "again: shoal ";
  const auto at = outcome.out.find(mark);
  ASSERT_NE(at, std::string::npos) << outcome.out;
  const auto begin = at + mark.size();
  const auto again = place.shoal(outcome.out.substr(begin, outcome.out.find('\n', begin) - begin));
  EXPECT_EQ(again.exit, 2);
  EXPECT_THAT(again.out, HasSubstr("0 passed, 0 skipped, 1 failed"));
}

TEST(Conformance, WrongArgumentsAreTold) {
  const shoal::tests::Workplace place;
  EXPECT_EQ(place.shoal("plugins test " + kBad + " --only '('").exit, 1);
  EXPECT_THAT(place.shoal("plugins test " + kBad + " --only no-such-case").err, HasSubstr("no case is called like"));
  EXPECT_THAT(place.shoal("plugins test nothing.so").err, HasSubstr("nothing.so"));
  EXPECT_THAT(place.shoal("plugins test " + kBad + " --with k").err, HasSubstr("NAME=VALUE"));
}

}  // namespace
