"""Where the program, its plugins and the SDK lie: in a wheel beside this file, in a build two folders above it."""

import importlib.util
import os
from pathlib import Path


def _prefix():
    here = Path(__file__).parent
    for prefix in (here, here.parent.parent):
        if (prefix / "bin" / "shoal").is_file():
            return prefix
    raise FileNotFoundError(f"the program 'shoal' is in neither {here / 'bin'} nor {here.parent.parent / 'bin'}: "
                            "install the package anew")


def program():
    """The path of the program `shoal` that belongs to this package."""
    return _prefix() / "bin" / "shoal"


def cmake_dir():
    """The folder for CMake's Shoal_DIR or CMAKE_PREFIX_PATH, by which find_package(Shoal) finds the plugin SDK."""
    folder = _prefix() / "lib" / "cmake" / "Shoal"
    if not (folder / "ShoalConfig.cmake").is_file():
        raise FileNotFoundError(f"there is no {folder / 'ShoalConfig.cmake'}: a build folder has none, an install has one")
    return folder


def environment():
    """This process's environment for the program. LibTorch, which the program finds in the folder `torch` beside this
    package, may be elsewhere: then it is named."""
    out = dict(os.environ)
    if (Path(__file__).parent.parent / "torch").is_dir() or not (Path(__file__).parent / "bin").is_dir():
        return out
    found = importlib.util.find_spec("torch")
    if found is None:
        raise ModuleNotFoundError("the program 'shoal' needs LibTorch, which the package torch brings: pip install torch",
                                  name="torch")
    libraries = str(Path(found.submodule_search_locations[0]) / "lib")
    out["LD_LIBRARY_PATH"] = ":".join(filter(None, [libraries, out.get("LD_LIBRARY_PATH")]))
    return out
