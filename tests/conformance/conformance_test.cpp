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
const std::string kBadTorch = SHOAL_TEST_PLUGINS "/conformance_torch/libconformance_bad_torch.so";

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
    {"clusterer/hangs-on-constant", "constant-column", "hang", "still at it after "},
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

const Planted kPlantedTorch[] = {
    {"encoder/unregistered", "state-round-trip", "fail", "something is kept outside parameters and buffers"},
    {"encoder/chance-in-eval", "eval-changes-nothing", "fail", "in eval mode two calls on one input differ"},
    {"encoder/counts-in-eval", "eval-changes-nothing", "fail", "in eval mode a call changes its state: 'seen'"},
    {"encoder/writes-input", "input-stays", "fail", "forward writes to the examples"},
    {"encoder/detached", "gradients-finite", "fail", "no gradient reaches its parameter 'map.weight'"},
    {"encoder/other-width", "embedding-shape", "fail", "has the shape (6, 8), expected (6, 9)"},
    {"encoder/looks-at-batch", "eval-row-by-row", "fail", "the embedding of example 0 alone is"},
    {"encoder/moves-parameter", "training-moves-no-parameter", "fail", "'map.weight' differs"},
    {"encoder/global-chance", "same-seed-same-bytes", "fail", "'map.bias' differs"},
    {"head/detached", "gradients-finite", "fail", "no gradient reaches the embedding"},
    {"head/no-probabilities", "probabilities-sum-to-1", "fail", "away from a sum of 1"},
    {"head/other-vectors", "class-vectors", "fail", "away from x·wᵀ + b of its class vectors"},
    {"head/loss-upside-down", "loss-falls-with-true-logits", "fail", "by 3 moves the loss from"},
    {"objective/unregistered", "state-round-trip", "fail", "something is kept outside parameters and buffers"},
    {"objective/detached", "gradients-finite", "fail", "no gradient reaches view 1"},
    {"objective/not-finite", "collapsed-views", "fail", "'the loss of outputs that are alike"},
    {"objective/one-view-will-do", "wrong-views-refused", "fail", "one view must be refused"},
    {"objective/diagnostic-learns", "loss-is-scalar", "fail", "its diagnostic 'distance' has a gradient"},
    {"augmentation/writes-input", "input-stays", "fail", "it writes to the images"},
    {"augmentation/looks-at-batch", "each-example-its-own-draw", "fail", "example i must draw from random.fork(i)"},
    {"augmentation/global-chance", "same-random-same-view", "fail", "two calls with one random stream differ"},
    {"augmentation/global-chance", "apply-on-many-threads", "fail", "apply on 4 threads at once gives something else"},
    {"augmentation/other-shape", "images-keep-their-shape", "fail", "has the shape (6, 1, 28, 27)"},
    {"trainer/not-finite", "results-finite", "fail", "'loss' holds"},
    {"trainer/keeps-output", "outputs-as-declared", "fail", "it does not give its output 'encoder'"},
    {"trainer/undeclared-output", "outputs-as-declared", "fail", "an output 'extra', which it does not declare"},
    {"trainer/global-chance", "same-seed-same-bytes", "fail", "'score' differs"},
    {"trainer/swallows-cancel", "cancel-is-passed-on", "fail", "Cancelled must be let pass"},
};

json test(const shoal::tests::Workplace& place, const std::string& arguments, int exit,
          const std::string& library = kBad) {
  const auto outcome = place.shoal("plugins test " + library + " --json " + arguments);
  EXPECT_EQ(outcome.exit, exit) << outcome.err;
  return json::parse(outcome.out, nullptr, false);
}

/// That the kit finds `planted`, by the case and with the words that it is planted for.
template <std::size_t kCount>
void expect_found(const Planted (&planted)[kCount], const std::string& library) {
  const shoal::tests::Workplace place;
  std::string only;
  for (const Planted& each : planted)
    only += std::string(only.empty() ? "" : "|") + each.component + "\\." + each.found_by + "$";
  const json found = test(place, "--only '" + only + "' --timeout 5", 2, library);
  ASSERT_EQ(found.size(), 1u);
  std::map<std::string, json> cases;
  for (const json& each : found.at(0).at("cases"))
    cases[each.at("component").get<std::string>() + "." + each.at("case").get<std::string>()] = each;
  for (const Planted& each : planted) {
    SCOPED_TRACE(each.component);
    const json& one = cases[std::string(each.component) + "." + each.found_by];
    ASSERT_TRUE(one.is_object()) << "it was not tried";
    EXPECT_EQ(one["outcome"], each.outcome) << one["why"];
    EXPECT_THAT(one["why"].get<std::string>(), HasSubstr(each.words));
    EXPECT_THAT(one.value("again", ""), HasSubstr(each.found_by));
  }
}

TEST(Conformance, FindsEachPlantedDefectByTheCaseNamedForIt) { expect_found(kPlanted, kBad); }

TEST(Conformance, FindsEachPlantedDefectOfTheTorchTier) { expect_found(kPlantedTorch, kBadTorch); }

TEST(Conformance, OfTheTorchTierWhatHasNoDefectPassesEveryCase) {
  const shoal::tests::Workplace place;
  const json found = test(place, "--only '/good\\.'", 0, kBadTorch);
  std::map<std::string, int> passed;
  for (const json& each : found.at(0).at("cases"))
    if (each.at("outcome") == "pass") ++passed[each.at("component").get<std::string>()];
  for (const char* kind : {"encoder", "head", "objective", "augmentation", "trainer"})
    EXPECT_GE(passed[std::string(kind) + "/good"], 12) << kind;
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
