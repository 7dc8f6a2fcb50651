"""The extension module and the plugins that it opens, once a process."""

import functools
import os

from . import _places, _shoal

os.register_at_fork(after_in_child=_shoal.forget_threads)


@functools.lru_cache(maxsize=None)
def plugins():
    """The plugins of the usual places, opened but for those of the torch tier."""
    opened = _shoal.Plugins(str(_places.program().parent))
    opened.open([], False)
    return opened


def open_torch():
    """Opens the plugins of the torch tier too. Torch comes first, so that they find the LibTorch that Python has."""
    import torch  # noqa: F401

    plugins().open([], True)


def component(name):
    """What the clusterer `name` ("kmeans", "clusterer/kmeans") declares, or None."""
    wanted = name if name.startswith("clusterer/") else f"clusterer/{name}"
    for found in plugins().clusterers():
        if found["id"] == wanted:
            return found
    return None
