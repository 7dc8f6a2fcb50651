// python_code.h: a class or function of an author's, by name; what transform/python and its kin share.
#ifndef SHOAL_PLUGINS_PYTHON_CODE_H_
#define SHOAL_PLUGINS_PYTHON_CODE_H_

#include <functional>
#include <string>
#include <vector>

#include "python_interpreter.h"
#include "shoal/context.h"
#include "shoal/free_value.h"
#include "shoal/schema.h"

/// What is called, and with what; the parameters of a component.
struct PythonCode {
  std::string call = {};                  ///< "sklearn.decomposition.PCA", or a name in `file`
  std::string file = {};                  ///< empty: `call` is an import path
  std::vector<std::string> imports = {};  ///< other files beside it that it imports
  shoal::FreeMap params = {};             ///< arguments by name

  /// "features.py:Scale", for messages.
  std::string name() const;

  void check() const { shoal::require(!call.empty(), "'call' is empty; it names a class or a function"); }
};

/// Declares them for a Params that derives from PythonCode; `help` says what `call` must be.
template <typename Params>
void describe_code(shoal::Schema<Params>& schema, const char* help) {
  schema.field("call", static_cast<std::string Params::*>(&PythonCode::call), help).required();
  schema
      .field(
          "file", static_cast<std::string Params::*>(&PythonCode::file),
          "Python file that has it; empty: call is an import path, package.module.name. A node's key has its contents")
      .path();
  schema
      .field("imports", static_cast<std::vector<std::string> Params::*>(&PythonCode::imports),
             "other Python files that it imports; a node's key has their contents, too")
      .path();
  schema.field("params", static_cast<shoal::FreeMap Params::*>(&PythonCode::params), "arguments, by name");
}

/// code.py as the module `shoal_code`. The caller holds the GIL, after start_python.
py::module_ code_module();

/// Starts Python and calls `body` with a Work of code.py for `code`, with the GIL held, on a thread of its own, while
/// this one listens for the user. Its seed is of context.random("random_state").
/// Throws what run_interruptibly and rethrow_python do.
void run_code(const shoal::Context& context, const PythonCode& code,
              const std::function<void(const py::object& work)>& body);

/// Whether Python still refers to `view`, of memory that is only lent, elsewhere than here. The caller holds the GIL.
bool is_kept(const py::object& view);

/// Throws Error where is_kept(view).
void require_given_back(const PythonCode& code, const py::object& view);

#endif  // SHOAL_PLUGINS_PYTHON_CODE_H_
