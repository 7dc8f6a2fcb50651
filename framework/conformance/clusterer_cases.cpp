// What a clusterer must hold to: shoal/clusterer.h, sentence by sentence.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include "framework/conformance/work.h"
#include "shoal/clusterer.h"
#include "shoal/testing_component.h"

namespace shoal::host::conformance {
namespace {

using Labels = std::vector<std::int64_t>;

ClustererProxy proxy(const Trial& trial) { return ClustererProxy(trial.object()); }

/// The labels of `features`, written over `before`. Throws Skipped where the method has none for new examples.
Labels predict(Trial& trial, ConstArray features, std::int64_t before = 0) {
  Labels out(static_cast<std::size_t>(features.rows()), before);
  try {
    proxy(trial).predict(trial.context(), features, MutableArray(out));
  } catch (const Unsupported& no) {
    throw Skipped(text("it has no labels for new examples: {}", no.what()));
  }
  return out;
}

Result result_of(const Clustering& found) {
  Result out;
  out.add("labels", found.labels);
  if (found.centroids) out.add("centroids", *found.centroids);
  out.add("clusters", static_cast<double>(found.clusters));
  out.add("iterations", static_cast<double>(found.iterations));
  return out;
}

Result work(Trial& trial, const Form& form) {
  const Points points(rows_for(trial.subject()), form);
  Result out = result_of(proxy(trial).fit(trial.context(), {.features = points.view()}));
  try {
    out.add("predicted labels", ConstArray(predict(trial, points.view())));
  } catch (const Skipped&) {
  }
  return out;
}

/// A fitted one, and what it was fitted to.
struct Fitted {
  explicit Fitted(const Subject& subject, std::uint64_t data = 0)
      : trial(subject),
        points(rows_for(subject), usual_form(subject), data),
        found(proxy(trial).fit(trial.context(), {.features = points.view()})) {}
  Trial trial;
  Points points;
  Clustering found;
};

void expect_same(const Labels& a, const Labels& b, std::string_view what) {
  Result one, two;
  one.add("labels", ConstArray(a));
  two.add("labels", ConstArray(b));
  const auto difference = one.difference(two);
  expect(!difference, "{}: {}", what, difference.value_or(""));
}

void predict_after_fit(const Subject& s) {
  Fitted fitted(s);
  const std::int64_t least = s.has_trait("noise") ? -1 : 0;
  for (const std::int64_t label : predict(fitted.trial, fitted.points.view(), -7))
    expect(label >= least && label < fitted.found.clusters, "it predicts label {}, but there are {} clusters", label,
           fitted.found.clusters);
}

void labels_in_range(const Subject& s) {
  const Fitted fitted(s);  // the proxy holds labels and centroids to the contract
  expect(fitted.found.clusters >= (s.has_trait("noise") ? 0 : 1), "it finds {} clusters", fitted.found.clusters);
  expect(fitted.found.iterations >= -1, "it says that it made {} iterations", fitted.found.iterations);
  expect(fitted.found.convert_seconds >= 0, "it says that it converted for {} seconds", fitted.found.convert_seconds);
}

void from_allocate(const Subject& s) {
  Trial trial(s);
  const Points points(rows_for(s), usual_form(s));
  const shoal_array features = points.view().c_array();
  const shoal_fit_input in = {sizeof(in), &features, nullptr, nullptr};
  shoal_clustering out{};
  out.size = sizeof(out);
  const shoal_context* c = trial.context().c_context();
  detail::check_status(c,
                       trial.object().get<shoal_clusterer_1>("clusterer/1")->fit(trial.object().self(), c, &in, &out));
  expect(out.labels != nullptr, "it returns no labels");
  for (shoal_buffer* buffer : {out.labels, out.centroids}) {
    if (buffer == nullptr) continue;
    expect(trial.watch().gave(buffer), "its {} do not come from context.allocate or context.copy",
           buffer == out.labels ? "labels" : "centroids");
    buffer->release(buffer);
  }
}

void predict_before_fit(const Subject& s) {
  Trial trial(s);
  const Points points(10, usual_form(s));
  const Ended end = ended([&] { predict(trial, points.view()); });
  expect(end.code == SHOAL_E_STATE, "predict before fit must be refused by a StateError, but it {}", describe(end));
}

void predict_other_columns(const Subject& s) {
  Fitted fitted(s);
  for (const Index columns : {Points::kColumns + 1, Points::kColumns - 1}) {
    const Points other(10, usual_form(s), 0, columns);
    expect_refused(ended([&] { predict(fitted.trial, other.view()); }),
                   text("features of {} columns, where it was fitted to {},", columns, Points::kColumns));
  }
}

void predict_row_by_row(const Subject& s) {
  Fitted fitted(s);
  const Labels whole = predict(fitted.trial, fitted.points.view());
  const Index n = fitted.points.view().rows();
  Labels pieces;
  for (Index from = 0; from < n; from += 7)
    for (const std::int64_t label : predict(fitted.trial, fitted.points.view().slice(from, std::min(n, from + 7))))
      pieces.push_back(label);
  expect_same(whole, pieces, "predict of a row depends on the rows beside it");
}

void predict_writes_all(const Subject& s) {
  Fitted fitted(s);
  expect_same(predict(fitted.trial, fitted.points.view(), -7), predict(fitted.trial, fitted.points.view(), 4711),
              "predict leaves labels unwritten");
}

void predict_concurrently(const Subject& s) {
  Fitted fitted(s);
  const Labels expected = predict(fitted.trial, fitted.points.view());
  std::vector<Labels> found(4);
  std::vector<Ended> ends(found.size());
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < found.size(); ++t)
    threads.emplace_back([&, t] {
      ends[t] = ended([&] {
        SubContext context(fitted.trial.context(), "predict", static_cast<Index>(t));
        for (int i = 0; i < 20; ++i) {
          found[t].assign(expected.size(), 0);
          proxy(fitted.trial).predict(context, fitted.points.view(), MutableArray(found[t]));
          if (found[t] != expected) return;
        }
      });
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < found.size(); ++t) {
    expect(ends[t].well(), "predict on 4 threads at once {}", describe(ends[t]));
    expect_same(expected, found[t], "predict on 4 threads at once gives other labels");
  }
}

void second_fit_forgets(const Subject& s) {
  Fitted again(s, 1);
  const Points points(rows_for(s), usual_form(s));
  const auto fit = [&](Trial& trial) {
    Result out = result_of(proxy(trial).fit(trial.context(), {.features = points.view()}));
    return out;
  };
  Trial fresh(s);
  const auto difference = fit(fresh).difference(fit(again.trial));
  expect(!difference, "a second fit does not forget the first: {}", difference.value_or(""));
}

void k_beyond_rows(const Subject& s) {
  const shoal_param* k = s.find_parameter("k");
  if (k == nullptr || k->type != SHOAL_INT) throw Skipped("it has no parameter 'k'");
  Trial trial(s, {.given = {{"k", "9"}}});
  const Points points(8, usual_form(s));
  expect_refused(ended([&] { proxy(trial).fit(trial.context(), {.features = points.view()}); }),
                 "a k of 9 for 8 examples");
}

void few_rows(const Subject& s) {
  Given given;
  if (s.find_parameter("k") != nullptr) given["k"] = "1";
  for (const Index rows : {1, 2}) {
    const Ended made = ended([&] {
      Trial trial(s, {.given = given});
      const Points points(rows, usual_form(s));
      static_cast<void>(proxy(trial).fit(trial.context(), {.features = points.view()}));
    });
    expect_done_or_refused(made, text("{} example{}", rows, rows == 1 ? "" : "s"));
  }
}

void hard_features(const Subject& s, std::string_view what, const std::function<double(Index, Index)>& value) {
  Trial trial(s);
  Points points(rows_for(s), usual_form(s));
  for (Index i = 0; i < points.view().rows(); ++i)
    for (Index j = 0; j < Points::kColumns; ++j) points.set(i, j, value(i, j));
  expect_done_or_refused(ended([&] { proxy(trial).fit(trial.context(), {.features = points.view()}); }), what);
}

void constant(const Subject& s) {
  hard_features(s, "features with a constant column",
                [](Index i, Index j) { return j == 2 ? 3.0 : static_cast<double>((i * (j + 3)) % 17); });
  hard_features(s, "examples that are all alike", [](Index, Index) { return 5.0; });
}

void nan_direct(const Subject& s) {
  if (usual_form(s).dtype == DType::kUInt8) throw Skipped("bytes know no NaN");
  Trial trial(s);
  Points points(rows_for(s), usual_form(s));
  points.set(11, 2, std::numeric_limits<double>::quiet_NaN());
  const shoal_array features = points.view().c_array();
  const shoal_fit_input in = {sizeof(in), &features, nullptr, nullptr};
  shoal_clustering out{};
  out.size = sizeof(out);
  const shoal_context* c = trial.context().c_context();
  // The host refuses NaN at the door; behind it, whoever finds one all the same must come back.
  static_cast<void>(trial.object().get<shoal_clusterer_1>("clusterer/1")->fit(trial.object().self(), c, &in, &out));
}

void cancelled_fit(const Subject& s) {
  Fitted fitted(s);
  const Labels before = predict(fitted.trial, fitted.points.view());
  const Points other(rows_for(s), usual_form(s), 5);
  fitted.trial.watch().stop();
  const Ended end = ended([&] { proxy(fitted.trial).fit(fitted.trial.context(), {.features = other.view()}); });
  if (end.code != SHOAL_E_CANCELLED) throw Skipped("its fit of few examples never asks whether to go on");
  Labels after(before.size());
  const Ended predicted =
      ended([&] { proxy(fitted.trial).predict(fitted.trial.context(), fitted.points.view(), MutableArray(after)); });
  if (predicted.code == SHOAL_E_CANCELLED) return;  // as it should, told so
  expect(predicted.well(), "after a fit that was stopped, predict {}", describe(predicted));
  expect_same(before, after, "a fit that was stopped changes what the one before it had found");
}

/// Larger and larger features, until a fit takes long enough for somebody to stop it; then how long it goes on.
void cancel_in_time(const Subject& s) {
  using Clock = std::chrono::steady_clock;
  const auto seconds = [](Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
  };
  const Index most = s.level == Level::kQuick ? 16000 : 128000;
  for (Index rows = 500; rows <= most; rows *= 2) {
    const Points points(rows, usual_form(s), 0, 16);
    Trial trial(s);
    std::atomic<bool> stopped = false;
    Clock::time_point asked;
    const auto begin = Clock::now();
    std::jthread stopper([&](const std::stop_token& done) {
      while (seconds(begin) < 0.25 && !done.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (done.stop_requested()) return;
      asked = Clock::now();
      stopped = true;
      trial.watch().stop();
    });
    const Ended end = ended([&] { proxy(trial).fit(trial.context(), {.features = points.view()}); });
    stopper.request_stop();
    stopper.join();
    if (end.code == SHOAL_E_INPUT) throw Skipped(text("it refuses {} examples: {}", rows, end.what));
    if (!stopped) continue;
    const double late = seconds(asked);
    expect(late < 1.5,
           "stopped by the user in a fit of {} examples, it goes on for {} s: context.progress must be "
           "called at least once a second",
           rows, static_cast<double>(static_cast<int>(late * 100)) / 100);
    return;
  }
  throw Skipped(text("its fit of {} examples takes less than a quarter of a second", most));
}

void weights(const Subject& s) {
  Trial plain(s), weighted(s);
  const Points points(rows_for(s), usual_form(s));
  const std::vector<double> ones(static_cast<std::size_t>(points.view().rows()), 1.0);
  const Clustering a = proxy(plain).fit(plain.context(), {.features = points.view()});
  const Clustering b =
      proxy(weighted).fit(weighted.context(), {.features = points.view(), .weights = ConstArray(ones)});
  Result one, two;
  one.add("labels", a.labels);
  two.add("labels", b.labels);
  const auto difference = one.difference(two);
  expect(!difference, "weights that are all 1 change the result: {}", difference.value_or(""));
}

void init(const Subject& s) {
  Trial trial(s);
  const Points points(rows_for(s), usual_form(s));
  const Index k = s.integer("k").value_or(4);
  const Clustering found =
      proxy(trial).fit(trial.context(), {.features = points.view(), .init = points.view().slice(0, k)});
  expect(found.clusters == k, "given {} initial centroids, it finds {} clusters", k, found.clusters);
  const Ended end = ended(
      [&] { proxy(trial).fit(trial.context(), {.features = points.view(), .init = points.view().slice(0, k + 1)}); });
  expect_done_or_refused(end, text("{} initial centroids for a k of {}", k + 1, k));
}

void save_load(const Subject& s) {
  Fitted fitted(s);
  Trial other(s, {.another_seed = 99});
  const testing::SavedState saved(fitted.trial.context(), fitted.trial.object());
  saved.load_into(other.object());
  Labels before;
  try {
    before = predict(fitted.trial, fitted.points.view());
  } catch (const Skipped&) {
    return;  // saved and loaded, which is all that can be seen of it
  }
  expect_same(before, predict(other, fitted.points.view()), "loaded from what it saved, it predicts otherwise");
}

void load_nonsense(const Subject& s) {
  Trial trial(s);
  const shoal_state_reader empty = {
      sizeof(empty), [](const shoal_state_reader*, const char*) -> const shoal_array* { return nullptr; }};
  const shoal_context* c = trial.context().c_context();
  const auto* table = trial.object().get<shoal_state_1>("state/1");
  expect_refused(ended([&] { detail::check_status(c, table->load(trial.object().self(), c, &empty)); }),
                 "a saved state without arrays");
  // The same array, of a strange shape, for whatever it asks for.
  const shoal_state_reader strange = {
      sizeof(strange), [](const shoal_state_reader*, const char*) -> const shoal_array* {
        static const double values[6] = {1, -1, 1e300, 7, 0, 3};
        static const Index shape[3] = {1, 2, 3}, strides[3] = {6, 3, 1};
        static const shoal_array array = {
            const_cast<double*>(values), 1, 0, 3, SHOAL_CODE_FLOAT, 64, 1, shape, strides, 0};
        return &array;
      }};
  expect_refused(ended([&] { detail::check_status(c, table->load(trial.object().self(), c, &strange)); }),
                 "a saved state of strange shapes");
}

void partial_fit(const Subject& s) {
  Trial trial(s), same(s);
  const Points points(rows_for(s), usual_form(s));
  const auto learn = [&](Trial& each) {
    ClustererProxy clusterer = proxy(each);
    const Index n = points.view().rows(), first = n / 2;
    clusterer.partial_fit(each.context(), points.view().slice(0, first));
    clusterer.partial_fit(each.context(), points.view().slice(first, first + 1));
    clusterer.partial_fit(each.context(), points.view().slice(first + 1, n));
    return predict(each, points.view());
  };
  expect_same(learn(trial), learn(same), "two that learn from the same stream differ");
  const Points other(10, usual_form(s), 0, Points::kColumns + 1);
  ClustererProxy clusterer = proxy(trial);
  expect_refused(ended([&] { clusterer.partial_fit(trial.context(), other.view()); }),
                 "a batch of another number of columns");
}

}  // namespace

Kind clusterer_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work, .takes_features = true};
  kind.cases = {
      {"labels-in-range", "labels (N) int64 in [0, K), centroids (K, D) finite", of(labels_in_range)},
      {"results-from-allocate", "what fit returns is memory of the host", of(from_allocate)},
      {"predict-after-fit", "labels of the fitted examples in [0, K)", of(predict_after_fit)},
      {"predict-before-fit-refused", "a StateError before fit", of(predict_before_fit)},
      {"predict-other-columns-refused", "an InputError for another D", of(predict_other_columns)},
      {"predict-row-by-row", "the label of a row does not depend on the rows beside it", of(predict_row_by_row)},
      {"predict-writes-every-label", "no label is left as it was", of(predict_writes_all)},
      {"predict-on-many-threads", "predict on 4 threads at once gives the same labels", of(predict_concurrently)},
      {"second-fit-forgets-first", "a second fit is as the first of a new one", of(second_fit_forgets)},
      {"k-beyond-rows-refused", "an InputError for more clusters than examples", of(k_beyond_rows)},
      {"n-1", "1 or 2 examples: a result or a reason", of(few_rows)},
      {"constant-column", "a constant column, all examples alike: a result or a reason", of(constant)},
      {"nan-does-no-harm", "NaN behind the host's own check: no crash, no hang", of(nan_direct)},
      {"cancelled-fit-changes-nothing", "a stopped fit leaves what was found before", of(cancelled_fit)},
      {"cancel-within-a-second", "a long fit ends soon after it was stopped", of(cancel_in_time)},
  };
  if (subject.has_trait("input:weights"))
    kind.cases.push_back({"weights-of-one", "weights that are all 1 change no label", of(weights)});
  if (subject.has_trait("input:init"))
    kind.cases.push_back({"init-is-taken", "as many clusters as initial centroids", of(init)});
  if (subject.offers("state/1")) {
    kind.cases.push_back({"save-load-predicts-alike", "loaded from what it saved, it predicts alike", of(save_load)});
    kind.cases.push_back({"load-nonsense-refused", "an InputError for a state that is not its own", of(load_nonsense)});
  }
  if (subject.offers("partial-fit/1"))
    kind.cases.push_back({"partial-fit", "learns from batches of any size, one example too", of(partial_fit)});
  return kind;
}

}  // namespace shoal::host::conformance
