// python_transform.h: a transformer of Python with scikit-learn's interface.
#ifndef SHOAL_PLUGINS_TRANSFORMS_PYTHON_PYTHON_TRANSFORM_H_
#define SHOAL_PLUGINS_TRANSFORMS_PYTHON_PYTHON_TRANSFORM_H_

#include <cstdint>
#include <vector>

#include "python_code.h"
#include "shoal/transform.h"

struct TransformParams : PythonCode {
  static void describe(shoal::Schema<TransformParams>& schema);
};

/// Features reach the class as read-only NumPy views. What fit leaves is its pickle, and apply is always that of an
/// object made from it: what is applied is what a later process gets, and it holds no memory that was lent to fit.
///
/// Throws, beyond what Transform says:
///   InputError   code that is not there, or arguments that it does not take
///   Unsupported  a package that is not installed, a python of another version
///   Error        what the code threw, as "…: ValueError: …" with its traceback in the log; a result that is no (M, D')
///                of finite numbers; an object that cannot be pickled
class PythonTransform final : public shoal::Transform, public shoal::Stateful {
 public:
  explicit PythonTransform(const TransformParams& params) : code_(params) {}
  ~PythonTransform() override;

  void fit(shoal::Context& context, shoal::ConstArray features) override;
  /// Of the features of fit, what the class made of them; before fit that is not known, and it is `in`.
  shoal::Index columns(shoal::Index in) const override;
  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override;
  void save(shoal::StateWriter& state) const override;
  void load(const shoal::StateReader& state) override;

 private:
  struct Fitted {
    std::vector<std::uint8_t> pickle = {};  // empty before fit
    shoal::Index in = 0, out = 0;           // columns
  };

  PythonCode code_;
  Fitted fitted_;
  mutable py::object object_;  // made from the pickle when it is first applied; the GIL guards it
};

#endif  // SHOAL_PLUGINS_TRANSFORMS_PYTHON_PYTHON_TRANSFORM_H_
