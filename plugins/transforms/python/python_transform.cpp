#include "python_transform.h"

#include <utility>

#include "python_calls.h"

namespace {

using shoal::Index;

// transform.py, put in at build time.
constexpr const char* kTransform =
#include "transform.inc"
    ;

py::module_ script() { return python_script("shoal_transform", kTransform); }

}  // namespace

void TransformParams::describe(shoal::Schema<TransformParams>& schema) {
  describe_code(schema, "class with transform(X), and fit(X) where it learns: an import path, or a name in file");
}

PythonTransform::~PythonTransform() {
  if (!object_) return;
  const py::gil_scoped_acquire gil;
  object_ = py::object();
}

void PythonTransform::fit(shoal::Context& context, shoal::ConstArray features) {
  shoal::require_features(context, features);
  Fitted fitted;
  run_code(context, code_, [&](const py::object& work) {
    const py::object view = as_numpy(features);
    {
      const py::dict found = script().attr("fit")(work, view);
      const auto bytes = found["pickle"].cast<std::string>();
      fitted = {.pickle = {bytes.begin(), bytes.end()}, .in = features.cols(), .out = found["columns"].cast<Index>()};
    }
    require_given_back(code_, view);
    object_ = py::object();
  });
  fitted_ = std::move(fitted);
}

Index PythonTransform::columns(Index in) const {
  if (fitted_.pickle.empty()) return in;
  shoal::require(in == fitted_.in, "expected {} columns, as in fit, but got {}", fitted_.in, in);
  return fitted_.out;
}

void PythonTransform::apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const {
  if (fitted_.pickle.empty()) throw shoal::StateError(shoal::text("{} is applied before it is fitted", code_.name()));
  shoal::require_features(context, features, {.cols = fitted_.in});
  run_code(context, code_, [&](const py::object& work) {
    const py::object from = as_numpy(features), to = as_writable_numpy(out);
    try {
      py::object made = object_;
      if (!made) {
        const py::bytes pickle(reinterpret_cast<const char*>(fitted_.pickle.data()), fitted_.pickle.size());
        made = object_ = script().attr("unpickle")(work, pickle);
      }
      script().attr("transform")(work, made, from, to);
    } catch (...) {
      object_ = py::object();  // which may look at what was lent to it
      throw;
    }
    if (is_kept(from)) object_ = py::object();
    require_given_back(code_, from);
    require_given_back(code_, to);
  });
}

void PythonTransform::save(shoal::StateWriter& state) const {
  if (fitted_.pickle.empty()) throw shoal::StateError(shoal::text("{} is saved before it is fitted", code_.name()));
  const std::vector<Index> columns = {fitted_.in, fitted_.out};
  state.put("pickle", shoal::ConstArray(fitted_.pickle));
  state.put("columns", shoal::ConstArray(columns));
}

void PythonTransform::load(const shoal::StateReader& state) {
  const auto pickle = state.get("pickle").vector<std::uint8_t>();
  const auto columns = state.get("columns").vector<Index>();
  shoal::require(columns.size() == 2 && columns[0] >= 1 && columns[1] >= 1 && pickle.size() >= 2 && pickle[0] == 0x80,
                 "the saved state is none of transform/python: a pickle of {} bytes, and {} numbers of columns",
                 pickle.size(), columns.size());
  fitted_ = {.pickle = {pickle.begin(), pickle.end()}, .in = columns[0], .out = columns[1]};
  if (!object_) return;
  const py::gil_scoped_acquire gil;
  object_ = py::object();
}
