"""Labels of an estimator of scikit-learn, used directly: direct.py CLASS NAME=VALUE… The data is that of python_test.cpp."""

import ast
import importlib
import sys

import numpy as np

rows = np.arange(60)
X = np.stack([(rows * 7) % 31 + 40 * (rows % 3), (rows * 13) % 29 - 25.0 * (rows % 3)], axis=1).astype(np.float64)
module, _, name = sys.argv[1].rpartition(".")
arguments = {key: ast.literal_eval(value) for key, value in (a.split("=", 1) for a in sys.argv[2:])}
if "init" in arguments and not isinstance(arguments["init"], str):
    arguments["init"] = np.array(arguments["init"], dtype=float)
print(*getattr(importlib.import_module(module), name)(**arguments).fit_predict(X))
