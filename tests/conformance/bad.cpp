// Components with one planted defect each. `shoal plugins test` finds every one, by the case that is named for it:
// conformance_test.cpp says which. What is behind them works: the same classes without a defect pass.
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <clocale>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <random>
#include <thread>

#include "shoal/clusterer.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/metric.h"
#include "shoal/plugin.h"
#include "shoal/reporter.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Index;
using shoal::MutableArray;
using shoal::RowMatrix;

enum class Bug {
  kNone,
  kRandomDevice,
  kThreadCount,
  kUndeclaredChance,
  kLabelOutOfRange,
  kPredictOutOfRange,
  kPredictsUnfitted,
  kAnyColumns,
  kLooksAtNeighbours,
  kSkipsLast,
  kPadsWithRubbish,
  kKeepsOldCentres,
  kAnyK,
  kWritesInput,
  kReadsBeyond,
  kIgnoresStride,
  kNoFloat64,
  kCrashesOnOne,
  kHangsOnConstant,
  kSwallowsCancel,
  kLeaksArray,
  kPrints,
  kSetsLocale,
  kLeavesThread,
  kForeignMemory,
  kSharedScratch,
  kForgetsState,
  kLoadsAnything,
  kExits,
  kSpeedMatters,
  kOverrun,
  kThrowsOnChoice,
  kNeverAsks
};

struct Params {
  std::int64_t k = 4;
  bool fast = false;
  std::string way = "plain";
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1);
    schema.field("way", &Params::way, "how").one_of({"plain", "other"});
    schema.field("fast", &Params::fast, "whether to hurry").speed_only();
  }
};

std::atomic<bool> busy = false;

/// The first k rows are the centres; a label is the nearest of them.
template <Bug bug>
class FirstRows final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit FirstRows(const Params& params) : params_(params) {
    if (bug == Bug::kThrowsOnChoice && params.way == "other") throw std::runtime_error("not done yet");
  }

  shoal::Clustering fit(Context& context, const shoal::FitInput& input) override {
    const ConstArray x = input.features;
    if (bug != Bug::kAnyK) shoal::require(params_.k <= x.rows(), "k is {} but there are {}", params_.k, x.rows());
    misbehave(context, x);
    const Index k = std::min(params_.k, x.rows());
    if (bug != Bug::kKeepsOldCentres || centres_.size() == 0) centres_ = matrix(x).topRows(k);
    shoal::Array labels = context.allocate<std::int64_t>({x.rows()});
    label(matrix(x), labels.mutable_view().data<std::int64_t>());
    if (bug == Bug::kLabelOutOfRange) labels.mutable_view().data<std::int64_t>()[3] = k;
    if (bug == Bug::kRandomDevice)  // in every row: two fits are not alike by chance
      for (std::int64_t& one : labels.mutable_view().vector<std::int64_t>()) one = std::random_device()() % 1000 % k;
    if (bug == Bug::kUndeclaredChance) labels.mutable_view().data<std::int64_t>()[0] = context.random("x").below(k);
    if (bug == Bug::kThreadCount) labels.mutable_view().data<std::int64_t>()[0] = context.threads() % k;
    if (bug == Bug::kSpeedMatters && params_.fast) labels.mutable_view().data<std::int64_t>()[0] = k - 1;
    if (bug == Bug::kOverrun) labels.mutable_view().data<std::int64_t>()[x.rows()] = 1;
    if (bug == Bug::kLeaksArray) static_cast<void>(context.allocate<double>({4}).release());
    if (bug == Bug::kForeignMemory) labels = foreign(labels);
    return {.labels = std::move(labels), .centroids = context.copy(centres_), .clusters = k, .iterations = 1};
  }

  void predict(Context&, ConstArray features, MutableArray labels) const override {
    if (bug != Bug::kPredictsUnfitted && centres_.size() == 0) throw shoal::StateError("predict before fit");
    if (bug == Bug::kPredictsUnfitted && centres_.size() == 0) return;
    if (bug != Bug::kAnyColumns)
      shoal::require(features.cols() == centres_.cols(), "expected {} columns, got {}", centres_.cols(),
                     features.cols());
    RowMatrix<double> x = matrix(features);
    if (bug == Bug::kAnyColumns) x.conservativeResizeLike(RowMatrix<double>::Zero(x.rows(), centres_.cols()));
    if (bug == Bug::kLooksAtNeighbours) x.rowwise() -= Eigen::RowVectorXd(x.row(0));
    std::int64_t* out = labels.data<std::int64_t>();
    const Index last = out[x.rows() - 1];
    if (bug == Bug::kSharedScratch) {
      const bool alone = !busy.exchange(true);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      label(x, out);
      if (!alone) out[0] = (out[0] + 1) % centres_.rows();
      busy = false;
      return;
    }
    label(x, out);
    if (bug == Bug::kSkipsLast) out[x.rows() - 1] = last;
    if (bug == Bug::kPredictOutOfRange) out[0] = centres_.rows();
  }

  void save(shoal::StateWriter& state) const override {
    const RowMatrix<double> kept = bug == Bug::kForgetsState ? RowMatrix<double>(centres_.topRows(1)) : centres_;
    state.put("centres", ConstArray(kept));
  }
  void load(const shoal::StateReader& state) override {
    if constexpr (bug == Bug::kLoadsAnything) {
      try {
        centres_ = shoal::to_float64(state.get("centres"));
      } catch (const shoal::InputError&) {
      }
    } else {
      const ConstArray centres = state.get("centres");
      shoal::require(centres.rank() == 2, "the centres have rank {}, expected 2", centres.rank());
      centres_ = shoal::to_float64(centres);
    }
  }

 private:
  static RowMatrix<double> matrix(ConstArray x) {
    if (bug == Bug::kNoFloat64 && x.dtype() == shoal::DType::kFloat64) throw std::runtime_error("wrong cast");
    if (bug == Bug::kIgnoresStride && !x.contiguous()) {
      RowMatrix<double> out(x.rows(), x.cols());
      for (Index i = 0; i < out.size(); ++i) {
        const double value = x.data<float>()[i];
        out.data()[i] = std::isnan(value) ? 0 : value;
      }
      return out;
    }
    return shoal::to_float64(x);
  }

  void misbehave(Context& context, ConstArray x) const {
    if (bug == Bug::kWritesInput) const_cast<float*>(x.data<float>())[0] += 0.0f;
    if (bug == Bug::kReadsBeyond && *static_cast<volatile const float*>(x.data<float>() + x.size()) == 7) std::abort();
    if (bug == Bug::kCrashesOnOne && x.rows() == 1) raise(SIGSEGV);
    if (bug == Bug::kHangsOnConstant && matrix(x).rowwise().sum().maxCoeff() == matrix(x).rowwise().sum().minCoeff())
      for (volatile std::int64_t turns = 0; x.rows() > 2;) turns = turns + 1;
    if (bug == Bug::kPrints) std::printf("fitting %d rows\n", static_cast<int>(x.rows()));
    if (bug == Bug::kSetsLocale) std::setlocale(LC_ALL, "C.UTF-8"), setenv("OMP_NUM_THREADS", "16", 1);
    if (bug == Bug::kLeavesThread) std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
    if (bug == Bug::kExits && x.dtype() == shoal::DType::kFloat64) _exit(0);
    if (bug == Bug::kNeverAsks && x.rows() >= 1000) std::this_thread::sleep_for(std::chrono::seconds(4));
    try {
      context.progress(0, 1);
    } catch (...) {
      if (bug != Bug::kSwallowsCancel) throw;
    }
  }

  void label(const RowMatrix<double>& x, std::int64_t* out) const {
    for (Index i = 0; i < x.rows(); ++i) {
      Eigen::Index nearest = 0;
      (centres_.rowwise() - x.row(i)).rowwise().squaredNorm().minCoeff(&nearest);
      out[i] = nearest;
    }
  }

  /// A copy in memory of its own, which it never gives back.
  static shoal::Array foreign(const shoal::Array& labels) {
    const auto* values = labels.view().data<std::int64_t>();
    auto* memory = new std::vector<std::int64_t>(values, values + labels.size());
    auto* shape = new Index[2]{labels.size(), 1};
    auto* made = new shoal_buffer{{memory->data(), 1, 0, 1, SHOAL_CODE_INT, 64, 1, shape, shape + 1, 0},
                                  [](shoal_buffer*) {},
                                  [](shoal_buffer*) {}};
    return shoal::Array(made);
  }

  Params params_;
  RowMatrix<double> centres_;
};

/// Subtracts the mean of what it was fitted to.
template <Bug bug>
class Centre final : public shoal::Transform {
 public:
  void fit(Context&, ConstArray features) override {
    if (bug != Bug::kKeepsOldCentres || mean_.size() == 0) mean_ = shoal::to_float64(features).colwise().mean();
  }
  void apply(Context&, ConstArray features, MutableArray out) const override {
    if (mean_.size() == 0) {
      if (bug != Bug::kPredictsUnfitted) throw shoal::StateError("apply before fit");
      return;
    }
    shoal::require(features.cols() == mean_.size(), "expected {} columns, got {}", mean_.size(), features.cols());
    RowMatrix<double> x = shoal::to_float64(features).rowwise() - mean_;
    if (bug == Bug::kPadsWithRubbish) x.array() /= x.array().square().colwise().sum().sqrt().replicate(x.rows(), 1);
    const Index rows = x.rows() - (bug == Bug::kSkipsLast ? 1 : 0);
    if (out.dtype() == shoal::DType::kFloat32) out.matrix<float>().topRows(rows) = x.topRows(rows).cast<float>();
    else out.matrix<double>().topRows(rows) = x.topRows(rows);
  }

 private:
  Eigen::RowVectorXd mean_;
};

/// Example i is i and -i, of class i mod 2.
template <Bug bug>
class Numbers final : public shoal::Dataset {
 public:
  shoal::DatasetInfo open(Context&) override {
    return {.count = 20, .shape = {2}, .dtype = shoal::DType::kFloat64, .labelled = true, .class_names = {"a", "b"}};
  }
  void read(Context&, std::span<const Index> which, std::optional<MutableArray> examples,
            std::optional<MutableArray> labels) const override {
    for (std::size_t i = 0; i < which.size(); ++i) {
      // As if the rows asked for always came one after another.
      const Index row = bug == Bug::kLooksAtNeighbours ? which[0] + static_cast<Index>(i) : which[i];
      if (examples) examples->data<double>()[2 * i] = static_cast<double>(row);
      if (examples) examples->data<double>()[2 * i + 1] = static_cast<double>(-row);
      if (labels) labels->data<std::int64_t>()[i] = bug == Bug::kLabelOutOfRange ? which[i] % 3 : which[i] % 2;
    }
    if (bug == Bug::kOverrun && examples) examples->data<double>()[2 * which.size()] = 0;
  }
};

template <Bug bug>
class Share final : public shoal::Metric {
 public:
  void compute(Context&, const shoal::Evidence& evidence, shoal::Results& results) const override {
    const auto a = evidence.labels("labels"), b = evidence.labels("predicted");
    if (bug != Bug::kReadsBeyond)
      shoal::require(a.size() == b.size(), "there are {} labels, but {} predicted", a.size(), b.size());
    double equal = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) equal += a[i] == b[i] ? 1 : 0;
    results.number("share",
                   bug == Bug::kPadsWithRubbish ? 0.0 / (equal - equal) : equal / static_cast<double>(a.size()));
    if (bug == Bug::kPrints) results.number("share", 1);
  }
};

class FragileReporter final : public shoal::Reporter {
 public:
  void begin(Context&, const std::filesystem::path&, std::string_view) override {}
  void on(Context&, const shoal::Event& event) override {
    if (event.type > SHOAL_LOG) throw std::runtime_error("what is that");
  }
};

template <Bug bug>
shoal::ComponentBuilder& clusterer(shoal::PluginBuilder& plugin, const char* id) {
  return plugin.add<FirstRows<bug>, Params>(id);
}

template <Bug bug>
void metric(shoal::PluginBuilder& plugin, const char* id) {
  plugin.add<Share<bug>>(id)
      .template in<shoal::Labels>("labels", "the true ones")
      .template in<shoal::Labels>("predicted", "the others")
      .template out<shoal::Number>("share", "of equal ones");
}

}  // namespace

SHOAL_PLUGIN("bad", "0.1.0", "components with a defect each") {
  clusterer<Bug::kNone>(plugin, "clusterer/good");
  clusterer<Bug::kRandomDevice>(plugin, "clusterer/random-device");
  clusterer<Bug::kThreadCount>(plugin, "clusterer/thread-count");
  clusterer<Bug::kUndeclaredChance>(plugin, "clusterer/undeclared-chance");
  clusterer<Bug::kLabelOutOfRange>(plugin, "clusterer/label-out-of-range");
  clusterer<Bug::kPredictOutOfRange>(plugin, "clusterer/predict-out-of-range");
  clusterer<Bug::kPredictsUnfitted>(plugin, "clusterer/predicts-unfitted");
  clusterer<Bug::kAnyColumns>(plugin, "clusterer/any-columns");
  clusterer<Bug::kLooksAtNeighbours>(plugin, "clusterer/looks-at-neighbours");
  clusterer<Bug::kSkipsLast>(plugin, "clusterer/skips-last");
  clusterer<Bug::kKeepsOldCentres>(plugin, "clusterer/keeps-old-centres");
  clusterer<Bug::kAnyK>(plugin, "clusterer/any-k");
  clusterer<Bug::kWritesInput>(plugin, "clusterer/writes-input").dtypes({shoal::DType::kFloat32});
  clusterer<Bug::kReadsBeyond>(plugin, "clusterer/reads-beyond").dtypes({shoal::DType::kFloat32});
  clusterer<Bug::kIgnoresStride>(plugin, "clusterer/ignores-stride").dtypes({shoal::DType::kFloat32});
  clusterer<Bug::kNoFloat64>(plugin, "clusterer/no-float64");
  clusterer<Bug::kCrashesOnOne>(plugin, "clusterer/crashes-on-one");
  clusterer<Bug::kHangsOnConstant>(plugin, "clusterer/hangs-on-constant");
  clusterer<Bug::kSwallowsCancel>(plugin, "clusterer/swallows-cancel");
  clusterer<Bug::kNeverAsks>(plugin, "clusterer/never-asks");
  clusterer<Bug::kLeaksArray>(plugin, "clusterer/leaks-array");
  clusterer<Bug::kPrints>(plugin, "clusterer/prints");
  clusterer<Bug::kSetsLocale>(plugin, "clusterer/sets-locale");
  clusterer<Bug::kLeavesThread>(plugin, "clusterer/leaves-thread");
  clusterer<Bug::kForeignMemory>(plugin, "clusterer/foreign-memory");
  clusterer<Bug::kSharedScratch>(plugin, "clusterer/shared-scratch");
  clusterer<Bug::kForgetsState>(plugin, "clusterer/forgets-state");
  clusterer<Bug::kLoadsAnything>(plugin, "clusterer/loads-anything");
  clusterer<Bug::kExits>(plugin, "clusterer/exits");
  clusterer<Bug::kSpeedMatters>(plugin, "clusterer/speed-matters");
  clusterer<Bug::kOverrun>(plugin, "clusterer/overrun");
  clusterer<Bug::kThrowsOnChoice>(plugin, "clusterer/throws-on-choice");
  plugin.add<Centre<Bug::kNone>>("transform/good");
  plugin.add<Centre<Bug::kKeepsOldCentres>>("transform/keeps-old-mean");
  plugin.add<Centre<Bug::kPredictsUnfitted>>("transform/applies-unfitted");
  plugin.add<Centre<Bug::kPadsWithRubbish>>("transform/divides-by-zero");
  plugin.add<Centre<Bug::kSkipsLast>>("transform/skips-last");
  plugin.add<Numbers<Bug::kNone>>("dataset/good");
  plugin.add<Numbers<Bug::kLooksAtNeighbours>>("dataset/only-in-order");
  plugin.add<Numbers<Bug::kLabelOutOfRange>>("dataset/label-out-of-range");
  plugin.add<Numbers<Bug::kOverrun>>("dataset/overrun");
  metric<Bug::kNone>(plugin, "metric/good");
  metric<Bug::kReadsBeyond>(plugin, "metric/any-lengths");
  metric<Bug::kPadsWithRubbish>(plugin, "metric/not-a-number");
  metric<Bug::kPrints>(plugin, "metric/gives-twice");
  plugin.add<FragileReporter>("reporter/fragile");
}

#if defined(__GNUC__)
__attribute__((visibility("default"))) int exported_by_mistake() { return 1; }
#endif
