// A plugin for tests of the host: the smallest dataset, transform, clusterer and metric whose results can be told by
// hand, and components that misbehave when asked to.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <thread>

#include "shoal/clusterer.h"
#include "shoal/dataset.h"
#include "shoal/free_value.h"
#include "shoal/matrix.h"
#include "shoal/metric.h"
#include "shoal/plugin.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::MutableArray;

/// Example i is (i, 2i) and has label i mod 2.
struct LineParams {
  std::int64_t count = 6;
  static void describe(shoal::Schema<LineParams>& schema) {
    schema.field("count", &LineParams::count, "how many examples").min(0).max(1000).renamed_from({"n"});
  }
};
class Line final : public shoal::Dataset {
 public:
  explicit Line(const LineParams& params) : count_(params.count) {}
  shoal::DatasetInfo open(Context&) override {
    return {.count = count_,
            .shape = {2},
            .dtype = shoal::DType::kFloat64,
            .labelled = true,
            .class_names = {"even", "odd"}};
  }
  void read(Context&, std::span<const Index> which, std::optional<MutableArray> examples,
            std::optional<MutableArray> labels) const override {
    for (std::size_t i = 0; i < which.size(); ++i) {
      const auto row = static_cast<Index>(i);
      if (examples)
        examples->matrix<double>().row(row) << static_cast<double>(which[i]), 2.0 * static_cast<double>(which[i]);
      if (labels) labels->vector<std::int64_t>()[i] = which[i] % 2;
    }
  }

 private:
  Index count_;
};

/// The first six examples of Line in memory of its own, a NaN behind each; they can be looked at but not read.
struct ShownParams {
  std::string fault = "none";
  static void describe(shoal::Schema<ShownParams>& schema) {
    schema.field("fault", &ShownParams::fault, "what is wrong with the view")
        .one_of({"none", "absent", "one-too-few", "other-dtype", "other-rank"});
  }
};
class Shown final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit Shown(const ShownParams& params) : fault_(params.fault) {}
  shoal::DatasetInfo open(Context&) override { return {.count = 6, .shape = {2}, .dtype = shoal::DType::kFloat64}; }
  void read(Context&, std::span<const Index>, std::optional<MutableArray>, std::optional<MutableArray>) const override {
    throw shoal::Unsupported("these examples cannot be read");
  }
  std::optional<ConstArray> view(Context&) const override {
    if (fault_ == "absent") return std::nullopt;
    if (fault_ == "other-dtype") return ConstArray(reinterpret_cast<const std::int64_t*>(kExamples), {6, 2});
    if (fault_ == "other-rank") return ConstArray(kExamples, {6, 2, 1});
    const Index shape[] = {fault_ == "one-too-few" ? 5 : 6, 2}, strides[] = {3, 1};
    shoal_array array = ConstArray(kExamples, shape).c_array();
    array.shape = shape;
    array.strides = strides;
    return ConstArray(array);
  }

 private:
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  static constexpr double kExamples[] = {0, 0, kNaN, 1, 2, kNaN, 2, 4, kNaN, 3, 6, kNaN, 4, 8, kNaN, 5, 10, kNaN};
  std::string fault_;
};

[[noreturn]] void crash() {
  std::fputs("about to crash\n", stderr);
  std::raise(SIGSEGV);
  std::abort();
}

/// Every number times a factor.
struct TimesParams {
  double factor = 1;
  std::string mode = "plain", fault = "none";
  static void describe(shoal::Schema<TimesParams>& schema) {
    schema.field("factor", &TimesParams::factor, "what is multiplied with").min(-10).max(10);
    schema.field("mode", &TimesParams::mode, "how").one_of({"plain", "noisy"});
    schema.field("fault", &TimesParams::fault, "what goes wrong in apply").one_of({"none", "crash"});
  }
  void check() const { shoal::require(mode == "plain" || factor != 0, "'mode' noisy hides what 'factor' 0 leaves"); }
};
class Times final : public shoal::Transform {
 public:
  explicit Times(const TimesParams& params) : params_(params) {}
  void fit(Context& context, ConstArray) override {
    if (params_.mode == "noisy") noise_ = context.random("noise").uniform();
  }
  void apply(Context&, ConstArray features, MutableArray out) const override {
    if (params_.fault == "crash") crash();
    out.matrix<double>() = (features.matrix<double>() * params_.factor).array() + noise_;
  }

 private:
  TimesParams params_;
  double noise_ = 0;
};

/// Example i into cluster i mod k; its faults are those that a host must catch.
struct DealParams {
  std::int64_t k = 2;
  std::string fault = "none";
  shoal::FreeMap free = {};
  static void describe(shoal::Schema<DealParams>& schema) {
    schema.field("k", &DealParams::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("fault", &DealParams::fault, "what goes wrong in fit")
        .one_of({"none", "throw", "throw-an-int", "label-too-large", "too-few-labels", "too-few-clusters",
                 "nan-centroids", "wait", "hang", "crash", "leave", "leave-a-child", "slow", "converted-for-an-hour",
                 "converted-backwards"});
    schema.field("free", &DealParams::free, "whatever one likes");
  }
};
class Deal final : public shoal::Clusterer {
 public:
  explicit Deal(const DealParams& params) : params_(params) {}
  shoal::Clustering fit(Context& context, const shoal::FitInput& input) override {
    shoal::require_features(input.features, {.min_rows = params_.k});
    if (params_.fault == "throw") throw std::runtime_error("this clusterer was asked to fail");
    if (params_.fault == "throw-an-int") throw 7;
    if (params_.fault == "wait")
      for (;;) context.progress(0, 0, "waits");
    if (params_.fault == "hang")
      for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
    if (params_.fault == "crash") crash();
    if (params_.fault == "leave") std::_Exit(3);
    if (params_.fault == "slow") std::this_thread::sleep_for(std::chrono::seconds(4));
    if (params_.fault == "leave-a-child" && fork() == 0) {  // it holds the standard streams
      std::this_thread::sleep_for(std::chrono::minutes(10));
      std::_Exit(0);
    }
    fitted_ = input.features.rows();
    const Index n = params_.fault == "too-few-labels" ? 1 : fitted_;
    std::vector<std::int64_t> labels(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i) % params_.k;
    if (params_.fault == "label-too-large") labels[0] = params_.k;
    if (params_.fault == "too-few-clusters") std::fill(labels.begin(), labels.end(), 0);
    context.log(shoal::Level::kInfo, "dealt {} examples", n);
    context.scalar("dealt", static_cast<double>(n), 0);
    if (params_.fault == "nan-centroids") {
      shoal::RowMatrix<double> centroids(params_.k, input.features.cols());
      centroids.setConstant(std::numeric_limits<double>::quiet_NaN());
      return {.labels = context.copy(labels), .centroids = context.copy(centroids), .clusters = params_.k};
    }
    double convert_seconds = 0;
    if (params_.fault == "converted-for-an-hour") convert_seconds = 3600;
    if (params_.fault == "converted-backwards") convert_seconds = -1;
    return {.labels = context.copy(labels), .clusters = params_.k, .iterations = 1, .convert_seconds = convert_seconds};
  }
  /// What it learnt is how many examples there were; it cannot save that.
  void predict(Context&, ConstArray, MutableArray labels) const override {
    for (std::int64_t& label : labels.vector<std::int64_t>()) label = fitted_ % params_.k;
  }

 private:
  DealParams params_;
  std::int64_t fitted_ = 0;
};

/// All in one cluster; cannot save that, or cannot load it.
struct LostParams {
  std::string fault = "save";
  static void describe(shoal::Schema<LostParams>& schema) {
    schema.field("fault", &LostParams::fault, "what goes wrong with its state").one_of({"save", "load"});
  }
};
class Lost final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit Lost(const LostParams& params) : params_(params) {}
  shoal::Clustering fit(Context& context, const shoal::FitInput& input) override {
    const std::vector<std::int64_t> labels(static_cast<std::size_t>(input.features.rows()));
    return {.labels = context.copy(labels), .clusters = 1};
  }
  void predict(Context&, ConstArray, MutableArray labels) const override {
    for (std::int64_t& label : labels.vector<std::int64_t>()) label = 0;
  }
  void save(shoal::StateWriter& state) const override {
    if (params_.fault == "save") throw shoal::InputError("its state is lost");
    state.put("nothing", ConstArray(std::vector<double>{1}));
  }
  void load(const shoal::StateReader&) override { throw shoal::InputError("its state is unreadable"); }

 private:
  LostParams params_;
};

/// A dataset as it is, over one that can be looked at.
class Mirror final : public shoal::Dataset, public shoal::TakesInputs {
 public:
  void bind(Context&, std::string_view, const std::vector<shoal::Object>& objects) override {
    data_.emplace(objects.front());
  }
  shoal::DatasetInfo open(Context& context) override { return data_->open(context); }
  void read(Context& context, std::span<const Index> which, std::optional<MutableArray> examples,
            std::optional<MutableArray> labels) const override {
    data_->read(context, which, examples, labels);
  }

 private:
  std::optional<shoal::DatasetProxy> data_;
};

struct SumParams {
  std::string fault = "none";
  static void describe(shoal::Schema<SumParams>& schema) {
    schema.field("fault", &SumParams::fault, "what goes wrong").one_of({"none", "crash", "nan", "undeclared"});
  }
};
class Sum final : public shoal::Metric {
 public:
  explicit Sum(const SumParams& params) : params_(params) {}
  void compute(Context&, const shoal::Evidence& evidence, shoal::Results& results) const override {
    if (params_.fault == "crash") crash();
    if (params_.fault == "undeclared") results.number("total", 0);
    const double sum = evidence["features"].matrix<double>().sum();
    results.number("sum", params_.fault == "nan" ? std::numeric_limits<double>::quiet_NaN() : sum);
  }

 private:
  SumParams params_;
};

class Agreement final : public shoal::Metric {
 public:
  void compute(Context&, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const auto a = evidence.labels("labels");
    const auto b = evidence.labels("predicted");
    shoal::require(a.size() == b.size(), "{} labels, but {} predictions", a.size(), b.size());
    double same = 0;
    for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i] ? 1 : 0;
    results.number("share", same / static_cast<double>(a.size()));
  }
};

}  // namespace

SHOAL_PLUGIN("toys", "0.1.0", "small components for the tests of the host") {
  plugin.add<Line, LineParams>("dataset/toy-line");
  plugin.add<Shown, ShownParams>("dataset/toy-shown");
  plugin.add<Mirror>("dataset/toy-mirror").in<shoal::Dataset, shoal::DatasetView>("data", "what is mirrored");
  plugin.add<Times, TimesParams>("transform/toy-times").dtypes({shoal::DType::kFloat64}).random();
  plugin.add<Deal, DealParams>("clusterer/toy-deal");
  plugin.add<Lost, LostParams>("clusterer/toy-lost");
  plugin.add<Sum, SumParams>("metric/toy-sum")
      .in<shoal::Features>("features", "what is added up")
      .out<shoal::Number>("sum", "of all numbers");
  plugin.add<Agreement>("metric/toy-agreement")
      .in<shoal::Labels>("labels", "the true ones")
      .in<shoal::Labels>("predicted", "the others")
      .out<shoal::Number>("share", "of equal labels", SHOAL_HIGHER);
}
