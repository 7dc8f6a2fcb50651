"""For tests: what is not there is said, and the file is skipped by the exit code that ctest knows for that."""

import importlib
import sys


def need(*modules):
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"skipped: {error}")
            sys.exit(77)
