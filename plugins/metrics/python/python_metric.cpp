#include "python_metric.h"

#include <utility>
#include <vector>

#include "python_calls.h"

namespace {

// metric.py, put in at build time.
constexpr const char* kMetric =
#include "metric.inc"
    ;

constexpr const char* kPorts[] = {"predicted", "labels", "features", "centroids"};

}  // namespace

void MetricParams::describe(shoal::Schema<MetricParams>& schema) {
  describe_code(schema, "function of the arrays that are wired: an import path, or a name in file");
  schema.field("value", &MetricParams::value,
               "where it returns a dict of numbers: which one is the node's value; empty: the only one");
}

void PythonMetric::compute(shoal::Context& context, const shoal::Evidence& evidence, shoal::Results& results) const {
  const PythonNumbers found = numbers(context, evidence);
  for (const auto& [name, number] : found.named) context.scalar(name, number, 0);
  results.number("value", found.value);
}

PythonNumbers PythonMetric::numbers(shoal::Context& context, const shoal::Evidence& evidence) const {
  PythonNumbers out;
  run_code(context, params_, [&](const py::object& work) {
    std::vector<py::object> views;
    {
      py::dict wired;
      for (const char* port : kPorts)
        if (const auto array = evidence.find(port)) wired[port] = views.emplace_back(as_numpy(*array));
      const py::tuple found = python_script("shoal_metric", kMetric).attr("compute")(work, wired, params_.value);
      out = {.value = found[0].cast<double>(), .named = found[1].cast<std::map<std::string, double>>()};
    }
    for (const py::object& view : views) require_given_back(params_, view);
  });
  return out;
}
