// The extension module shoal._shoal: what the Python package `shoal` is made of. Arrays come and go by the buffer
// protocol, without a copy; the interpreter's lock is released while anything is computed.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "framework/python/arrays.h"
#include "framework/python/clusterer.h"
#include "framework/python/measures.h"
#include "framework/python/parameters.h"
#include "framework/python/plugins.h"
#include "framework/python/pools.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/squares_fit.h"

namespace shoal::python {
namespace {

namespace py = pybind11;

using Buffer = py::buffer;
using MaybeBuffer = std::optional<py::buffer>;

std::optional<ConstArray> view_of(const std::optional<BorrowedArray>& array) {
  return array ? std::optional(array->view()) : std::nullopt;
}

/// body(context) on `threads`, without the interpreter's lock.
template <typename Body>
auto call(int threads, Body&& body) {
  const py::gil_scoped_release released;
  Call one(threads, 0);
  return one.run(std::forward<Body>(body));
}

py::list traits_of(const host::ComponentEntry& entry) {
  py::list out;
  for (const char* const* trait = entry.component->traits; trait != nullptr && *trait != nullptr; ++trait)
    out.append(*trait);
  if (entry.component->find("state/1") != nullptr) out.append("state");
  return out;
}

py::dict describe_component(const host::ComponentEntry& entry) {
  py::dict out;
  out["id"] = entry.component->id;
  out["summary"] = entry.component->summary;
  out["plugin"] = entry.library->descriptor.name;
  out["version"] = entry.library->descriptor.version;
  out["traits"] = traits_of(entry);
  out["parameters"] = describe_parameters(*entry.component);
  return out;
}

py::tuple fit(BoundClusterer& self, const Buffer& features, const MaybeBuffer& weights, const MaybeBuffer& init,
              std::int64_t seed, int threads) {
  const BorrowedArray x(features);
  const auto w = borrow(weights), first = borrow(init);
  BoundClusterer::Fitted fitted;
  {
    const py::gil_scoped_release released;
    fitted = self.fit({.features = x.view(), .weights = view_of(w), .init = view_of(first)}, seed, threads);
  }
  Clustering& found = fitted.clustering;
  return py::make_tuple(std::move(found.labels), std::move(found.centroids), found.clusters, found.iterations,
                        found.converged, std::move(fitted.messages));
}

void load(BoundClusterer& self, const std::map<std::string, py::buffer>& state) {
  std::map<std::string, BorrowedArray> borrowed;
  std::map<std::string, ConstArray> views;
  for (const auto& [name, array] : state) {
    const BorrowedArray& held = borrowed.emplace(name, array).first->second;
    views.emplace(name, held.view());
  }
  const py::gil_scoped_release released;
  self.load(views);
}

void declare_plugins(py::module_& m) {
  py::class_<Plugins>(m, "Plugins")
      .def(py::init<std::string>(), py::arg("program_folder"))
      .def("open", &Plugins::open, py::arg("folders"), py::arg("with_torch"), py::call_guard<py::gil_scoped_release>())
      .def("clusterers",
           [](Plugins& self) {
             py::list out;
             for (const auto& entry : self.clusterers()) out.append(describe_component(entry));
             return out;
           })
      .def("refusals", &Plugins::refusals);
}

void declare_clusterer(py::module_& m) {
  py::class_<BoundClusterer>(m, "Clusterer")
      .def(py::init([](Plugins& plugins, const std::string& id, const py::dict& parameters) {
             const host::ComponentEntry entry = plugins.find(id);
             return std::make_unique<BoundClusterer>(entry, read_parameters(*entry.component, parameters),
                                                     id.substr(id.find('/') + 1));
           }),
           py::arg("plugins"), py::arg("id"), py::arg("parameters"))
      .def("fit", &fit, py::arg("features"), py::arg("weights"), py::arg("init"), py::arg("seed"), py::arg("threads"))
      .def("partial_fit",
           [](BoundClusterer& self, const Buffer& batch, std::int64_t seed, int threads) {
             const BorrowedArray x(batch);
             const py::gil_scoped_release released;
             return self.partial_fit(x.view(), seed, threads);
           })
      .def("predict",
           [](const BoundClusterer& self, const Buffer& features, const Buffer& labels, int threads) {
             const BorrowedArray x(features), out(labels, true);
             const py::gil_scoped_release released;
             self.predict(x.view(), out.mutable_view(), threads);
           })
      .def("save", &BoundClusterer::save, py::call_guard<py::gil_scoped_release>())
      .def("load", &load);
}

void declare_measures(py::module_& m) {
  m.def("nearest", [](const Buffer& features, const Buffer& centroids, const Buffer& labels, int threads) {
    const BorrowedArray x(features), c(centroids), out(labels, true);
    call(threads, [&](Context& context) {
      require_features(context, x.view(), {.cols = c.view().cols()});
      kernels::require_squares_fit(context, x.view());
      kernels::nearest(context, x.view(), c.view(), out.mutable_view());
      return true;
    });
  });
  m.def("distances", [](const Buffer& features, const Buffer& centroids, const Buffer& out, int threads) {
    const BorrowedArray x(features), c(centroids), d(out, true);
    call(threads, [&](Context& context) {
      distances(context, x.view(), c.view(), d.mutable_view());
      return true;
    });
  });
  m.def("inertia", [](const Buffer& features, const Buffer& labels, std::int64_t clusters, const MaybeBuffer& centroids,
                      const MaybeBuffer& weights, int threads) {
    const BorrowedArray x(features), l(labels);
    const auto c = borrow(centroids), w = borrow(weights);
    return call(threads, [&](Context& context) {
      return inertia(context, x.view(), l.view(), clusters, view_of(c), view_of(w));
    });
  });
}

void translate(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const InputError& error) {
    PyErr_SetString(PyExc_ValueError, error.what());
  } catch (const Unsupported& error) {
    PyErr_SetString(PyExc_NotImplementedError, error.what());
  } catch (const Error& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (const Cancelled&) {
    PyErr_SetString(PyExc_RuntimeError, "the clusterer stopped, but nobody had asked it to");
  }
}

}  // namespace
}  // namespace shoal::python

PYBIND11_MODULE(_shoal, m) {
  using namespace shoal::python;
  m.doc() = "What the package shoal is made of; not to be called by others.";
  py::register_exception_translator(&translate);
  py::class_<shoal::Array>(m, "Array", py::buffer_protocol(), "An array of the host's, seen by numpy.asarray.")
      .def_buffer(&describe);
  declare_plugins(m);
  declare_clusterer(m);
  declare_measures(m);
  m.def("forget_threads", &Pools::forget, "In a forked child, where the parent's threads are not.");
  m.attr("version") = SHOAL_SDK_VERSION;
}
