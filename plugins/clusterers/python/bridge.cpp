#include "bridge.h"

#include "python_code.h"

namespace {

// bridge.py, put in at build time.
constexpr const char* kBridge =
#include "bridge.inc"
    ;

}  // namespace

py::module_ bridge() {
  code_module();  // which it imports
  return python_script("shoal_bridge", kBridge);
}
