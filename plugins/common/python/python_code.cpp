#include "python_code.h"

#include <filesystem>

#include "python_calls.h"

namespace {

// code.py, put in at build time.
constexpr const char* kCode =
#include "code.inc"
    ;

}  // namespace

std::string PythonCode::name() const {
  return file.empty() ? call : std::filesystem::path(file).filename().string() + ":" + call;
}

py::module_ code_module() { return python_script("shoal_code", kCode); }

void run_code(const shoal::Context& context, const PythonCode& code,
              const std::function<void(const py::object& work)>& body) {
  start_python(context);
  // 31 bits: what both NumPy and C libraries take.
  const auto seed = static_cast<std::int64_t>(context.random("random_state")() >> 33);
  run_interruptibly(context, [&] {
    try {
      body(code_module().attr("Work")(code.call, code.file, code.imports, as_python(code.params), seed,
                                      context.threads(), log_to(context)));
    } catch (py::error_already_set& error) {
      rethrow_python(error, code.name());
    }
  });
}

bool is_kept(const py::object& view) {
  if (view.ref_count() > 1) py::module_::import("gc").attr("collect")();
  return view.ref_count() > 1;
}

void require_given_back(const PythonCode& code, const py::object& view) {
  if (is_kept(view))
    throw shoal::Error(SHOAL_E_FAILED, shoal::text("{} keeps an array that it was only lent, beyond the call: keep a "
                                                   "copy, numpy.array(x)",
                                                   code.name()));
}
