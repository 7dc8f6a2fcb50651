#include "bridge.h"

namespace {

// bridge.py, put in at build time.
constexpr const char* kBridge =
#include "bridge.inc"
    ;

}  // namespace

py::module_ bridge() { return python_script("shoal_bridge", kBridge); }
