"""Between a component's name, minibatch-kmeans, and its class, MiniBatchKMeans."""

from .. import _native

_SPELLED = {"dbscan": "DBSCAN", "gmm": "GMM", "hdbscan": "HDBSCAN", "kmeans": "KMeans", "kmedoids": "KMedoids",
            "minibatch": "MiniBatch", "opencv": "OpenCV"}


def class_name(name):
    return "".join(_SPELLED.get(word, word.capitalize()) for word in name.split("-"))


def names():
    """The clusterers of the plugins that are open: all but those that need LibTorch, which open when they are asked for."""
    return [found["id"].partition("/")[2] for found in _native.plugins().clusterers()]


def component_name(wanted):
    """The component whose class is called so, or None."""
    if wanted.startswith("_"):
        return None
    found = [name for name in names() if class_name(name) == wanted]
    if not found:  # "TorchKMeans" may be of the torch tier
        try:
            _native.open_torch()
        except ImportError:
            return None
        found = [name for name in names() if class_name(name) == wanted]
    return found[0] if found else None
