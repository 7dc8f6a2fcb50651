"""Runs scikit-learn's own tests of k-means, those of the version that is installed, against Shoal's KMeans and
MiniBatchKMeans. Needs scikit-learn and pytest; not a test of the suite, since docs/python.md says which of them cannot pass.

    PYTHONPATH=build/release/python python python/tests/sklearn_k_means.py [options of pytest]
"""

import sys
import tempfile
from pathlib import Path

import pytest
import sklearn.cluster.tests

_THEIRS = "from sklearn.cluster import KMeans, MiniBatchKMeans, k_means, kmeans_plusplus\n"
_OURS = "from sklearn.cluster import k_means, kmeans_plusplus\nfrom shoal.cluster import KMeans, MiniBatchKMeans\n"


class Fixtures:
    """Of scikit-learn's own conftest.py, which is not installed with it."""

    @pytest.fixture
    def global_random_seed(self):
        return 42

    @pytest.fixture(params=["float32", "float64"])
    def global_dtype(self, request):
        return request.param


def main():
    text = (Path(sklearn.cluster.tests.__file__).parent / "test_k_means.py").read_text()
    if _THEIRS not in text:
        raise SystemExit(f"scikit-learn {sklearn.__version__} imports its classes in another way: change this script")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "test_k_means_of_sklearn.py"
        file.write_text(text.replace(_THEIRS, _OURS))
        return pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:], str(file)], plugins=[Fixtures()])


if __name__ == "__main__":
    sys.exit(main())
