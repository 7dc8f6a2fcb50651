// python_metric.h: a function of Python that judges what is wired.
#ifndef SHOAL_PLUGINS_METRICS_PYTHON_PYTHON_METRIC_H_
#define SHOAL_PLUGINS_METRICS_PYTHON_PYTHON_METRIC_H_

#include <map>
#include <string>

#include "python_code.h"
#include "shoal/metric.h"

struct MetricParams : PythonCode {
  std::string value = {};

  static void describe(shoal::Schema<MetricParams>& schema);
};

/// The number that is the node's output, and all that the function returned by name; none where it returned but one.
struct PythonNumbers {
  double value = 0;
  std::map<std::string, double> named = {};
};

/// Arrays reach the function as read-only NumPy views, by the names of their ports or of scikit-learn: `predicted`,
/// `labels_pred` or `y_pred`; `labels`, `labels_true` or `y_true`; `features` or `X`; `centroids`.
///
/// Throws InputError   code that is not there, or arguments that it does not take or still needs; `value` names nothing
///        Unsupported  a package that is not installed, a python of another version
///        Error        what the code threw; no number, or NaN; it kept what it was lent
class PythonMetric final : public shoal::Metric {
 public:
  explicit PythonMetric(const MetricParams& params) : params_(params) {}

  /// Gives `value`; numbers of a dict are reported as scalars, too.
  void compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const override;

  PythonNumbers numbers(shoal::Context& context, const shoal::Evidence& evidence) const;

 private:
  MetricParams params_;
};

#endif  // SHOAL_PLUGINS_METRICS_PYTHON_PYTHON_METRIC_H_
