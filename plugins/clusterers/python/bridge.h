// bridge.h: Python's side of this plugin.
#ifndef SHOAL_PYTHON_BRIDGE_H_
#define SHOAL_PYTHON_BRIDGE_H_

#include "python_interpreter.h"

/// bridge.py as the module `shoal_bridge`. The caller holds the GIL, after start_python.
py::module_ bridge();

#endif  // SHOAL_PYTHON_BRIDGE_H_
