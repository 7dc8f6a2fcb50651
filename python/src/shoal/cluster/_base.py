"""What estimators stand on: scikit-learn's base classes and checks of input where scikit-learn is installed, and as much of
them as the estimators themselves use where it is not."""

import inspect
import numbers

import numpy as np

try:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
    from sklearn.exceptions import ConvergenceWarning, NotFittedError
    from sklearn.utils.validation import validate_data

    HAS_SKLEARN = True
except ImportError:
    HAS_SKLEARN = False

    class ConvergenceWarning(UserWarning):
        """Fewer clusters were found than asked for."""

    class NotFittedError(ValueError, AttributeError):
        """predict, say, before fit."""

    class BaseEstimator:
        @classmethod
        def _get_param_names(cls):
            return sorted(name for name in inspect.signature(cls.__init__).parameters if name != "self")

        def get_params(self, deep=True):
            return {name: getattr(self, name) for name in self._get_param_names()}

        def set_params(self, **params):
            known = self._get_param_names()
            for name, value in params.items():
                if name not in known:
                    raise ValueError(f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}")
                setattr(self, name, value)
            return self

        def __repr__(self):
            initial = {n: p.default for n, p in inspect.signature(type(self).__init__).parameters.items()}
            changed = (f"{n}={v!r}" for n, v in self.get_params().items() if v is not initial[n] and v != initial[n])
            return f"{type(self).__name__}({', '.join(changed)})"

    class ClusterMixin:
        def fit_predict(self, X, y=None, **parameters):
            return self.fit(X, **parameters).labels_

    class TransformerMixin:
        def fit_transform(self, X, y=None, **parameters):
            return self.fit(X, **parameters).transform(X)

    class ClassNamePrefixFeaturesOutMixin:
        def get_feature_names_out(self, input_features=None):
            return np.asarray([f"{type(self).__name__.lower()}{i}" for i in range(self._n_features_out)], dtype=object)

    def validate_data(estimator, X, *, reset, dtype, **_):
        X = np.asarray(X)
        if X.dtype.kind == "c":
            raise ValueError("Complex data not supported")
        X = X.astype(dtype[0], copy=False) if X.dtype not in dtype else X
        if X.ndim != 2:
            raise ValueError(f"Expected 2D array, got {X.ndim}D array instead. Reshape your data.")
        if reset:
            estimator.n_features_in_ = X.shape[1]
        elif X.shape[1] != estimator.n_features_in_:
            raise ValueError(f"X has {X.shape[1]} features, but {type(estimator).__name__} is expecting "
                             f"{estimator.n_features_in_} features as input")
        return X


def check_features(estimator, X, *, reset, dtypes=(np.float64, np.float32, np.uint8)):
    """X as the clusterer reads it: itself, where it is of one of `dtypes` and the numbers of a row lie side by side (rows
    may lie apart), or else a copy. The plugin looks for NaN and infinities, on all threads."""
    X = validate_data(estimator, X, reset=reset, dtype=list(dtypes), ensure_all_finite=False, accept_sparse=False)
    rows, columns = X.shape
    packed = columns <= 1 or X.strides[1] == X.itemsize
    in_order = rows <= 1 or X.strides[0] >= columns * X.itemsize and X.strides[0] % X.itemsize == 0
    return X if packed and in_order and X.flags.aligned else np.array(X, order="C")


def check_weights(sample_weight, X):
    """None, or as many float64 as X has rows; the plugin refuses negative ones."""
    if sample_weight is None:
        return None
    if isinstance(sample_weight, numbers.Number):
        sample_weight = np.full(X.shape[0], float(sample_weight))
    weights = np.ascontiguousarray(sample_weight, dtype=np.float64)
    if weights.ndim != 1:
        raise ValueError(f"Sample weights must be 1D array or scalar, got {weights.ndim}D array")
    if weights.shape[0] != X.shape[0]:
        raise ValueError(f"sample_weight.shape == {weights.shape}, expected {(X.shape[0],)}!")
    if len(weights) > 0 and not np.any(weights):
        raise ValueError("all sample weights are zero")
    return weights


def check_fitted(estimator, attribute):
    if not hasattr(estimator, attribute):
        raise NotFittedError(f"This {type(estimator).__name__} instance is not fitted yet. Call 'fit' first")


def seed_of(random_state):
    """The experiment's seed: an integer itself, or drawn from NumPy's global generator, a RandomState or a Generator."""
    if random_state is None or random_state is np.random:
        return int(np.random.randint(np.iinfo(np.int32).max))
    if isinstance(random_state, numbers.Integral):
        return int(random_state)
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(np.iinfo(np.int32).max))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(np.iinfo(np.int32).max))
    raise ValueError(f"random_state is None, an integer, a RandomState or a Generator, not {random_state!r}")
