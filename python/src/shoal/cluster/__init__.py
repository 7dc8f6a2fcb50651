"""Clusterers as scikit-learn estimators.

KMeans and MiniBatchKMeans have scikit-learn's names. Every other clusterer of a plugin is a class too, by the name of its
component (`shoal.cluster.KMedoids` is `clusterer/kmedoids`, see `names()`), with the plugin's own parameters, but for
`k`, which is n_clusters everywhere. `clusterer("kmedoids")` gives the same class by the component's name.
"""

from ._clusterer import Clusterer, clusterer
from ._kmeans import KMeans, MiniBatchKMeans
from ._names import class_name, component_name, names

__all__ = ["Clusterer", "KMeans", "MiniBatchKMeans", "clusterer", "names"]


def __getattr__(name):
    component = component_name(name)
    if component is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return clusterer(component)


def __dir__():
    return sorted({*globals(), *(class_name(name) for name in names())})
