// What a transform must hold to: shoal/transform.h.
#include <cstring>
#include <thread>
#include <utility>

#include "framework/conformance/work.h"
#include "shoal/testing_component.h"
#include "shoal/transform.h"

namespace shoal::host::conformance {
namespace {

TransformProxy proxy(Trial& trial) { return TransformProxy(trial.object(), trial.context()); }

Result result_of(ConstArray out) {
  Result result;
  result.add("result", out);
  return result;
}

Result work(Trial& trial, const Form& form) {
  const Points points(rows_for(trial.subject()), form);
  const TransformProxy transform = proxy(trial);
  proxy(trial).fit(trial.context(), points.view());
  return result_of(transform.apply(trial.context(), points.view()));
}

struct Fitted {
  explicit Fitted(const Subject& subject, std::uint64_t data = 0)
      : trial(subject), points(rows_for(subject), usual_form(subject), data) {
    proxy(trial).fit(trial.context(), points.view());
  }
  TransformProxy transform() { return proxy(trial); }
  Result apply() {
    const TransformProxy fitted = transform();
    return result_of(fitted.apply(trial.context(), points.view()));
  }
  Trial trial;
  Points points;
};

void expect_same(const Result& a, const Result& b, std::string_view what) {
  const auto difference = a.difference(b);
  expect(!difference, "{}: {}", what, difference.value_or(""));
}

void finite(const Subject& s) {
  Fitted fitted(s);
  const auto bad = fitted.apply().not_finite();
  expect(!bad, "of finite features, {}", bad.value_or(""));
}

void columns_known(const Subject& s) {
  Trial trial(s);
  const TransformProxy transform = proxy(trial);
  const Index before = transform.columns(Points::kColumns);
  expect(before >= 1, "it says that it makes {} columns of {}", before, Points::kColumns);
  const Points points(rows_for(s), usual_form(s));
  proxy(trial).fit(trial.context(), points.view());
  expect(transform.columns(Points::kColumns) == before, "it said before fit that it makes {} columns of {}, now {}",
         before, Points::kColumns, transform.columns(Points::kColumns));
}

void apply_twice(const Subject& s) {
  Fitted fitted(s);
  const Result first = fitted.apply();
  expect_same(first, fitted.apply(), "applied twice, it gives something else");
}

void writes_all(const Subject& s) {
  Fitted fitted(s);
  const TransformProxy transform = fitted.transform();
  std::vector<Result> results;
  for (const unsigned char before : {0x11, 0x66}) {
    Array out = transform.apply(fitted.trial.context(), fitted.points.view());
    std::memset(out.mutable_view().bytes(), before, static_cast<std::size_t>(out.size() * bytes_of(out.dtype())));
    transform.apply(fitted.trial.context(), fitted.points.view(), out.mutable_view());
    results.push_back(result_of(out));
  }
  expect_same(results[0], results[1], "numbers of the result are left unwritten");
}

void apply_before_fit(const Subject& s) {
  Trial trial(s);
  const TransformProxy transform = proxy(trial);
  const Points points(10, usual_form(s));
  const Ended end = ended([&] { static_cast<void>(transform.apply(trial.context(), points.view())); });
  expect(end.well() || end.code == SHOAL_E_STATE,
         "apply before fit must work, or be refused by a StateError, but it {}", describe(end));
  if (!end.well()) return;
  // Who needs no fit must not change by one.
  const Result before = result_of(transform.apply(trial.context(), points.view()));
  proxy(trial).fit(trial.context(), Points(rows_for(s), usual_form(s)).view());
  expect_same(before, result_of(transform.apply(trial.context(), points.view())),
              "it applies before fit, where it must refuse by a StateError: fit then changes the result");
}

void other_columns(const Subject& s) {
  Fitted fitted(s);
  const TransformProxy transform = fitted.transform();
  Trial fresh(s);
  const Points other(10, usual_form(s), 0, Points::kColumns + 1);
  if (ended([&] { static_cast<void>(proxy(fresh).apply(fresh.context(), other.view())); }).well())
    throw Skipped("it learns nothing, and takes any columns");
  expect_refused(ended([&] { static_cast<void>(transform.apply(fitted.trial.context(), other.view())); }),
                 text("features of {} columns, where it was fitted to {},", Points::kColumns + 1, Points::kColumns));
}

void second_fit(const Subject& s) {
  Fitted again(s, 1);
  Fitted fresh(s);
  proxy(again.trial).fit(again.trial.context(), fresh.points.view());
  const TransformProxy transform = again.transform();
  expect_same(fresh.apply(), result_of(transform.apply(again.trial.context(), fresh.points.view())),
              "a second fit does not forget the first");
}

void on_many_threads(const Subject& s) {
  Fitted fitted(s);
  const Result expected = fitted.apply();
  std::vector<Ended> ends(4);
  std::vector<std::optional<std::string>> differences(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < ends.size(); ++t)
    threads.emplace_back([&, t] {
      ends[t] = ended([&] {
        SubContext context(fitted.trial.context(), "apply", static_cast<Index>(t));
        const TransformProxy transform(fitted.trial.object(), context);
        for (int i = 0; i < 10 && !differences[t]; ++i)
          differences[t] = expected.difference(result_of(transform.apply(context, fitted.points.view())));
      });
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < ends.size(); ++t) {
    expect(ends[t].well(), "apply on 4 threads at once {}", describe(ends[t]));
    expect(!differences[t], "apply on 4 threads at once gives something else: {}", differences[t].value_or(""));
  }
}

void hard_rows(const Subject& s) {
  const auto attempt = [&](Points& points, std::string_view what) {
    Trial trial(s);
    const Ended end = ended([&] {
      proxy(trial).fit(trial.context(), points.view());
      const TransformProxy transform = proxy(trial);
      const Array out = transform.apply(trial.context(), points.view());
      const auto bad = result_of(out).not_finite();
      expect(!bad, "of {}, {}", what, bad.value_or(""));
    });
    expect_done_or_refused(end, what);
  };
  Points one(1, usual_form(s)), constant(rows_for(s), usual_form(s)), zeros(rows_for(s), usual_form(s));
  for (Index i = 0; i < constant.view().rows(); ++i) {
    constant.set(i, 2, 3);
    for (Index j = 0; j < Points::kColumns; ++j) zeros.set(i, j, 0);
  }
  attempt(one, "1 example");
  attempt(constant, "features with a constant column");
  attempt(zeros, "features that are all 0");
}

void save_load(const Subject& s) {
  Fitted fitted(s);
  Trial other(s, {.another_seed = 99});
  const testing::SavedState saved(fitted.trial.context(), fitted.trial.object());
  saved.load_into(other.object());
  const TransformProxy transform = proxy(other);
  expect_same(fitted.apply(), result_of(transform.apply(other.context(), fitted.points.view())),
              "loaded from what it saved, it applies otherwise");
}

}  // namespace

Kind transform_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work, .takes_features = true};
  kind.cases = {
      {"result-is-finite", "finite features give finite numbers", of(finite)},
      {"columns-known-before-fit", "the columns of the result are known before fit, and stay", of(columns_known)},
      {"apply-twice-alike", "apply changes nothing in it", of(apply_twice)},
      {"apply-writes-every-number", "no number of the result is left as it was", of(writes_all)},
      {"apply-before-fit", "works alike, or is refused by a StateError", of(apply_before_fit)},
      {"apply-other-columns-refused", "an InputError for another D", of(other_columns)},
      {"second-fit-forgets-first", "a second fit is as the first of a new one", of(second_fit)},
      {"apply-on-many-threads", "apply on 4 threads at once gives the same numbers", of(on_many_threads)},
      {"n-1-and-constant-columns", "1 example, constant columns, zeros: finite numbers or a reason", of(hard_rows)},
  };
  if (subject.offers("state/1"))
    kind.cases.push_back({"save-load-applies-alike", "loaded from what it saved, it applies alike", of(save_load)});
  return kind;
}

}  // namespace shoal::host::conformance
