// transform/python: a class of Python with scikit-learn's fit and transform.
#include "shoal/plugin.h"

#include "python_transform.h"

SHOAL_PLUGIN("python-transform", "0.1.0", "a class of Python with scikit-learn's fit and transform") {
  plugin.add<PythonTransform, TransformParams>("transform/python")
      .random()
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
