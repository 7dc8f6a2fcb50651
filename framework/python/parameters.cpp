#include "framework/python/parameters.h"

#include <string>
#include <vector>

#include "framework/config/value.h"
#include "shoal/error.h"

namespace shoal::python {

namespace py = pybind11;
using config::Value;

namespace {

/// Numbers, texts, None, lists and dicts; numbers of NumPy have been made Python's.
Value to_value(const py::handle& given) {
  if (given.is_none()) return Value::make_null();
  if (py::isinstance<py::bool_>(given)) return Value::make_bool(given.cast<bool>());
  if (py::isinstance<py::int_>(given))
    return Value::make_plain(py::str(given));  // of any size; the check says which fit
  if (py::isinstance<py::float_>(given)) return Value::make_real(given.cast<double>());
  if (py::isinstance<py::str>(given)) return Value::make_text(given.cast<std::string>());
  if (py::isinstance<py::dict>(given)) {
    Value out = Value::make_map();
    for (const auto& [key, value] : py::reinterpret_borrow<py::dict>(given)) out.set(py::str(key), to_value(value));
    return out;
  }
  if (py::isinstance<py::list>(given) || py::isinstance<py::tuple>(given)) {
    std::vector<Value> items;
    for (const py::handle& item : given) items.push_back(to_value(item));
    return Value::make_list(std::move(items));
  }
  throw InputError(text("a parameter is a number, a text, a bool, None, a list or a dict of these, not {}",
                        std::string(py::str(py::type::handle_of(given).attr("__name__")))));
}

py::object to_python(const shoal_value& value) {
  switch (value.type) {
    case SHOAL_BOOL: return py::bool_(value.as.integer != 0);
    case SHOAL_INT: return py::int_(value.as.integer);
    case SHOAL_REAL: return py::float_(value.as.real);
    case SHOAL_TEXT: return py::str(value.as.text, static_cast<std::size_t>(value.count));
    case SHOAL_LIST: {
      py::list out;
      for (std::int64_t i = 0; i < value.count; ++i) out.append(to_python(value.as.items[i]));
      return out;
    }
    case SHOAL_MAP: {
      py::dict out;
      for (std::int64_t i = 0; i < value.count; ++i)
        out[value.as.entries[i].key] = to_python(value.as.entries[i].value);
      return out;
    }
    default: return py::none();
  }
}

}  // namespace

std::shared_ptr<const host::Parameters> read_parameters(const shoal_component& component, const py::dict& given) {
  const Value with = to_value(given);
  config::Diagnostics diagnostics;
  auto out = host::check_parameters(component, &with, {}, "", diagnostics);
  if (!diagnostics.has_errors()) return out;
  std::string message;
  for (const config::Diagnostic& found : diagnostics.sorted()) {
    if (found.severity != config::Severity::error) continue;
    message += text("{}{} [{}]", message.empty() ? "" : "\n", found.message, found.id);
    for (const config::Note& note : found.notes) message += "\n  help: " + note.text;
  }
  throw InputError(message);
}

py::list describe_parameters(const shoal_component& component) {
  py::list out;
  for (const shoal_param* const* p = component.params; p != nullptr && *p != nullptr; ++p) {
    const shoal_param& param = **p;
    py::dict one;
    one["name"] = param.name;
    one["help"] = param.help;
    one["type"] = host::describe_type(param);
    one["range"] = host::describe_range(param);
    one["default"] = to_python(param.initial);
    out.append(one);
  }
  return out;
}

}  // namespace shoal::python
