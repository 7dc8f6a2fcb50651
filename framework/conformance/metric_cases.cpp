// What a metric must hold to: shoal/metric.h.
#include <deque>
#include <map>
#include <utility>

#include "framework/conformance/work.h"
#include "shoal/metric.h"

namespace shoal::host::conformance {
namespace {

constexpr Index kRows = 60;

/// Made-up arrays for the ports of a metric: what is wired, and the memory of it.
class Wired {
 public:
  /// `all`: optional ports too. `spoiled`: labels one example short.
  Wired(const Object& metric, const Form& form, bool all, bool spoiled = false) {
    bool first = true;
    for (const shoal_port* const* port = metric.component().inputs; port != nullptr && *port != nullptr; ++port) {
      const bool needed = ((*port)->flags & (SHOAL_REQUIRED | SHOAL_VARIADIC)) != 0;
      if (needed || all) add(**port, form, spoiled && !std::exchange(first, false));
      else wired_.push_back(nullptr);
    }
  }
  const shoal_array* const* inputs() const { return wired_.data(); }
  std::size_t wired() const { return arrays_.size(); }

 private:
  void add(const shoal_port& port, const Form& form, bool spoiled) {
    const std::string_view type = port.type, name = port.name;
    const Index rows = kRows - (spoiled ? 1 : 0);
    if (type == "features") {
      const bool few = name.find("centroid") != std::string_view::npos;
      const auto& points = points_.emplace_back(few ? Points::kCentres : rows, form, points_.size());
      arrays_.push_back(views_.emplace_back(points.view()).c_array());  // which points into the view
    } else if (type == "labels") {
      auto& labels = labels_.emplace_back();
      const int rows_of_list = (port.flags & SHOAL_VARIADIC) != 0 ? 3 : 1;
      for (int r = 0; r < rows_of_list; ++r)
        for (Index i = 0; i < rows; ++i)
          labels.push_back((i + (i % 11 == 0 ? r + static_cast<Index>(labels_.size()) : 0)) % Points::kCentres);
      auto& view =
          views_.emplace_back(rows_of_list > 1 ? ConstArray(labels.data(), {rows_of_list, rows}) : ConstArray(labels));
      arrays_.push_back(view.c_array());
    } else if (type == "number" || type == "series") {
      auto& view = views_.emplace_back(ConstArray(&number_, {1}));
      arrays_.push_back(view.c_array());
    } else {
      throw Skipped(text("its input '{}' takes a {}, of which nothing is known that could be made up", name, type));
    }
    wired_.push_back(&arrays_.back());
  }

  double number_ = 0.5;
  std::deque<Points> points_;
  std::deque<std::vector<std::int64_t>> labels_;
  std::deque<ConstArray> views_;
  std::deque<shoal_array> arrays_;
  std::vector<const shoal_array*> wired_;
};

/// What a metric gave, by output, and how often.
struct Sink {
  shoal_results c{sizeof(shoal_results), &take_number, &take_array};
  Trial* trial = nullptr;
  std::map<std::string, int> times = {};
  std::map<std::string, double> numbers = {};
  std::map<std::string, Array> arrays = {};
  std::string foreign = {};

  static Sink& of(const shoal_results* results) {
    return *reinterpret_cast<Sink*>(const_cast<shoal_results*>(results));
  }
  static int take_number(const shoal_results* results, const char* output, double value) {
    ++of(results).times[output];
    of(results).numbers[output] = value;
    return SHOAL_OK;
  }
  static int take_array(const shoal_results* results, const char* output, shoal_buffer* value) {
    Sink& self = of(results);
    ++self.times[output];
    if (self.trial->watch().gave(value)) self.arrays[output] = Array(value);
    else self.foreign = output;
    return SHOAL_OK;
  }
};

Sink compute(Trial& trial, const Wired& wired) {
  Sink sink;
  sink.trial = &trial;
  const shoal_context* c = trial.context().c_context();
  const auto* table = trial.object().get<shoal_metric_1>("metric/1");
  detail::check_status(c, table->compute(trial.object().self(), c, wired.inputs(), &sink.c));
  return sink;
}

Result work(Trial& trial, const Form& form) {
  const Wired wired(trial.object(), form, true);
  const Sink sink = compute(trial, wired);
  Result out;
  for (const auto& [name, value] : sink.numbers) out.add(name, value);
  for (const auto& [name, value] : sink.arrays) out.add(name, value);
  return out;
}

bool has_features(const Subject& s) {
  for (const shoal_port* const* port = s.component().inputs; port != nullptr && *port != nullptr; ++port)
    if (std::string_view((*port)->type) == "features") return true;
  return false;
}

void every_output(const Subject& s) {
  Trial trial(s);
  const Sink sink = compute(trial, Wired(trial.object(), usual_form(s), true));
  expect(sink.foreign.empty(), "its output '{}' does not come from context.allocate or context.copy", sink.foreign);
  std::map<std::string, const shoal_port*> declared;
  for (const shoal_port* const* port = s.component().outputs; port != nullptr && *port != nullptr; ++port) {
    declared[(*port)->name] = *port;
    expect(sink.times.contains((*port)->name), "it does not give its output '{}', though all inputs are wired",
           (*port)->name);
    const bool number = std::string_view((*port)->type) == "number";
    expect(sink.numbers.contains((*port)->name) == number, "its output '{}' is declared as a {}, but it gives {}",
           (*port)->name, (*port)->type, number ? "an array" : "a number");
  }
  for (const auto& [name, times] : sink.times) {
    expect(declared.contains(name), "it gives an output '{}', which it does not declare", name);
    expect(times == 1, "it gives its output '{}' {} times", name, times);
  }
}

void without_optional(const Subject& s) {
  Trial trial(s);
  const Sink sink = compute(trial, Wired(trial.object(), usual_form(s), false));
  expect(!sink.times.empty(), "without its optional inputs it gives nothing");
}

void numbers_finite(const Subject& s) {
  Trial trial(s);
  const auto bad = work(trial, usual_form(s)).not_finite();
  expect(!bad, "of ordinary inputs, {}", bad.value_or(""));
}

void lengths(const Subject& s) {
  Trial trial(s);
  const Wired wired(trial.object(), usual_form(s), false, true);
  if (wired.wired() < 2) throw Skipped("it has one input that must be wired");
  expect_refused(ended([&] { compute(trial, wired); }), "inputs of different lengths");
}

}  // namespace

Kind metric_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work, .takes_features = has_features(subject)};
  kind.cases = {
      {"every-output-once", "each declared output is given once, of its type, in memory of the host", of(every_output)},
      {"without-optional-inputs", "it works without inputs that are optional", of(without_optional)},
      {"numbers-finite", "ordinary inputs give finite numbers", of(numbers_finite)},
      {"lengths-must-agree", "an InputError for inputs of different lengths", of(lengths)},
  };
  return kind;
}

}  // namespace shoal::host::conformance
