// metric/python: a function of Python over what is wired.
#include "shoal/plugin.h"

#include "python_metric.h"

SHOAL_PLUGIN("python-metric", "0.1.0", "a function of Python that judges what is wired") {
  plugin.add<PythonMetric, MetricParams>("metric/python")
      .random()
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8})
      .optional_in<shoal::Labels>("predicted", "(N) int64, the function's predicted, labels_pred or y_pred")
      .optional_in<shoal::Labels>("labels", "(N) int64, its labels, labels_true or y_true")
      .optional_in<shoal::Features>("features", "(N, D), its features or X")
      .optional_in<shoal::Features>("centroids", "(K, D), its centroids")
      .out<shoal::Number>("value", "what it returned");
}
