// What a dataset must hold to: shoal/dataset.h.
#include <algorithm>
#include <numeric>
#include <thread>

#include "framework/conformance/work.h"
#include "shoal/dataset.h"

namespace shoal::host::conformance {
namespace {

/// Opened, with the rows that are looked at: the first, the last and some between them.
struct Opened {
  explicit Opened(Trial& each) : trial(each), data(each.object()), info(open(data, each)) {
    const Index step = std::max<Index>(info.count / 40, 1);
    for (Index i = 0; i < info.count; i += step) rows.push_back(i);
    if (info.count > 0 && rows.back() != info.count - 1) rows.push_back(info.count - 1);
  }
  /// Throws Skipped where its files are not on this machine, or are not those that the parameters name.
  static DatasetInfo open(DatasetProxy& data, Trial& each) {
    try {
      return data.open(each.context());
    } catch (const InputError& refused) {
      throw Skipped(text("it cannot be opened here: {}", refused.what()));
    }
  }
  Array examples(std::span<const Index> which) const {
    Shape shape = info.shape;
    shape.insert(shape.begin(), static_cast<Index>(which.size()));
    Array out = trial.context().allocate(info.dtype, shape);
    data.read(trial.context(), which, out.mutable_view(), {});
    return out;
  }
  Array labels(std::span<const Index> which) const {
    Array out = trial.context().allocate<std::int64_t>({static_cast<Index>(which.size())});
    data.read(trial.context(), which, {}, out.mutable_view());
    return out;
  }
  Result read(std::span<const Index> which) const {
    Result out;
    out.add("examples", examples(which));
    if (info.labelled) out.add("labels", labels(which));
    return out;
  }
  Trial& trial;
  DatasetProxy data;
  DatasetInfo info;
  std::vector<Index> rows;
};

Result work(Trial& trial, const Form&) {
  const Opened opened(trial);
  Result out = opened.read(opened.rows);
  out.add("count", static_cast<double>(opened.info.count));
  return out;
}

void expect_same(const Result& a, const Result& b, std::string_view what) {
  const auto difference = a.difference(b);
  expect(!difference, "{}: {}", what, difference.value_or(""));
}

void open_says(const Subject& s) {
  Trial trial(s);
  Opened opened(trial);
  const DatasetInfo& info = opened.info;
  for (const Index size : info.shape) expect(size >= 1, "its examples have the shape {}", to_string(info.shape));
  expect(info.dtype != DType::kInt64, "its examples are int64, but must be uint8, float32 or float64");
  const DatasetInfo again = opened.data.open(trial.context());
  expect(again.count == info.count && again.shape == info.shape && again.dtype == info.dtype &&
             again.labelled == info.labelled && again.class_names == info.class_names,
         "opened a second time, it says something else of itself");
}

void labels_in_range(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  if (!opened.info.labelled) throw Skipped("it has no labels");
  std::vector<Index> all(static_cast<std::size_t>(opened.info.count));
  std::iota(all.begin(), all.end(), 0);
  const Array labels = opened.labels(all);
  const auto classes = static_cast<Index>(opened.info.class_names.size());
  const auto values = labels.view().vector<std::int64_t>();
  for (std::size_t i = 0; i < values.size(); ++i)
    expect(values[i] >= 0 && (classes == 0 || values[i] < classes), "example {} has label {}, but there are {} classes",
           i, values[i], classes);
}

void in_any_order(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  if (opened.rows.empty()) throw Skipped("it has no examples");
  std::vector<Index> backwards(opened.rows.rbegin(), opened.rows.rend());
  backwards.push_back(opened.rows[0]);  // one twice
  const Array many = opened.examples(backwards);
  for (std::size_t i = 0; i < backwards.size(); ++i) {
    Result one, alone;
    one.add("example", many.view().slice(static_cast<Index>(i), static_cast<Index>(i) + 1));
    alone.add("example", opened.examples({&backwards[i], 1}));
    expect_same(alone, one, text("example {} read alone and among others", backwards[i]));
  }
  if (!opened.info.labelled) return;
  const Array labels = opened.labels(backwards);
  for (std::size_t i = 0; i < backwards.size(); ++i)
    expect(
        labels.view().vector<std::int64_t>()[i] == opened.labels({&backwards[i], 1}).view().vector<std::int64_t>()[0],
        "the label of example {} read alone and among others differs", backwards[i]);
}

void read_twice(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  expect_same(opened.read(opened.rows), opened.read(opened.rows), "read twice, it gives something else");
}

void together(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  if (!opened.info.labelled) throw Skipped("it has no labels");
  Shape shape = opened.info.shape;
  shape.insert(shape.begin(), static_cast<Index>(opened.rows.size()));
  Array examples = trial.context().allocate(opened.info.dtype, shape);
  Array labels = trial.context().allocate<std::int64_t>({static_cast<Index>(opened.rows.size())});
  opened.data.read(trial.context(), opened.rows, examples.mutable_view(), labels.mutable_view());
  Result both;
  both.add("examples", examples);
  both.add("labels", labels);
  expect_same(opened.read(opened.rows), both, "examples and labels read together and one by one");
}

void nothing(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  static_cast<void>(opened.read({}));
}

void on_many_threads(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  const Result expected = opened.read(opened.rows);
  std::vector<std::optional<std::string>> differences(4);
  std::vector<Ended> ends(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < ends.size(); ++t)
    threads.emplace_back([&, t] {
      ends[t] = ended([&] {
        for (int i = 0; i < 20 && !differences[t]; ++i) {
          SubContext context(trial.context(), "read", static_cast<Index>(t));
          Shape shape = opened.info.shape;
          shape.insert(shape.begin(), static_cast<Index>(opened.rows.size()));
          Array out = context.allocate(opened.info.dtype, shape);
          opened.data.read(context, opened.rows, out.mutable_view(), {});
          Result found;
          found.add("examples", out);
          if (opened.info.labelled) found.add("labels", opened.labels(opened.rows));
          differences[t] = expected.difference(found);
        }
      });
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < ends.size(); ++t) {
    expect(ends[t].well(), "read on 4 threads at once {}", describe(ends[t]));
    expect(!differences[t], "read on 4 threads at once gives something else: {}", differences[t].value_or(""));
  }
}

void stays_in_its_rows(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  if (opened.rows.empty()) throw Skipped("it has no examples");
  const Array whole = opened.examples(opened.rows);
  Sheltered memory(static_cast<std::size_t>(whole.size() * bytes_of(whole.dtype())), "the examples asked for");
  shoal_array array = whole.view().c_array();
  array.data = memory.data();
  opened.data.read(trial.context(), opened.rows, MutableArray(array), {});
}

void view_as_read(const Subject& s) {
  Trial trial(s);
  const Opened opened(trial);
  const auto all = opened.data.view(trial.context());
  if (!all) throw Skipped("with these parameters it has no view");
  const Array read = opened.examples(opened.rows);
  for (std::size_t i = 0; i < opened.rows.size(); ++i) {
    Result seen, copied;
    seen.add("example", all->slice(opened.rows[i], opened.rows[i] + 1));
    copied.add("example", read.view().slice(static_cast<Index>(i), static_cast<Index>(i) + 1));
    expect_same(copied, seen, text("example {} is read and seen", opened.rows[i]));
  }
}

}  // namespace

Kind dataset_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work};
  kind.cases = {
      {"open-says-what-there-is", "shape and dtype that there are, the same each time", of(open_says)},
      {"labels-in-range", "labels in [0, C)", of(labels_in_range)},
      {"read-in-any-order", "an example is the same alone, among others, and twice", of(in_any_order)},
      {"read-twice-alike", "the same numbers give the same examples", of(read_twice)},
      {"examples-and-labels-apart", "read together or one by one they are the same", of(together)},
      {"read-nothing", "no numbers are read without complaint", of(nothing)},
      {"read-on-many-threads", "read on 4 threads at once gives the same", of(on_many_threads)},
      {"read-stays-in-its-memory", "no byte behind the examples asked for is written", of(stays_in_its_rows)},
  };
  if (subject.offers("dataset-view/1"))
    kind.cases.push_back({"view-as-read", "the view shows what read copies", of(view_as_read)});
  return kind;
}

}  // namespace shoal::host::conformance
