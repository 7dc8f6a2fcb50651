"""Clusterers as estimators, with NumPy alone; what takes scikit-learn too is in test_sklearn.py."""

import inspect
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import unittest
import warnings
from pathlib import Path

from needs import need

need("numpy")

import numpy as np

import shoal
from shoal import _native
from shoal.cluster import KMeans, MiniBatchKMeans, clusterer, names
from shoal.cluster._base import NotFittedError, check_features

# Four points, two pairs 2 apart, the pairs 10 apart. By hand: two clusters of inertia 2 · 1² · 2 = 4, centres (0, 1), (10, 1).
PAIRS = np.array([[0, 0], [0, 2], [10, 0], [10, 2]], dtype=np.float64)


def blobs(rows=600, columns=5, dtype=np.float32, seed=0):
    random = np.random.RandomState(seed)
    return (random.randn(rows, columns) + 6 * random.randint(0, 3, size=(rows, 1))).astype(dtype)


def peak_kilobytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


class TestKMeans(unittest.TestCase):
    def test_finds_what_is_right_by_hand(self):
        found = KMeans(2, random_state=0).fit(PAIRS)
        self.assertEqual(found.inertia_, 4)
        self.assertEqual(sorted(found.cluster_centers_.tolist()), [[0, 1], [10, 1]])
        self.assertEqual(found.labels_[0], found.labels_[1])
        self.assertNotEqual(found.labels_[0], found.labels_[2])
        self.assertEqual(found.score(PAIRS), -4)
        self.assertEqual(found.predict([[1.0, 1.0]])[0], found.labels_[0])
        self.assertEqual(sorted(found.transform([[0.0, 1.0]])[0]), [0, 10])
        self.assertTrue(found.converged_)

    def test_counts_by_weight(self):
        # The pair at x = 0 as one centre: 3 · (0, 0) and 1 · (0, 2) have their mean at (0, 0.5); inertia 3 · 0.25 + 2.25.
        found = KMeans(2, init=PAIRS[[0, 2]], random_state=0).fit(PAIRS, sample_weight=[3, 1, 1, 1])
        np.testing.assert_array_equal(found.cluster_centers_, [[0, 0.5], [10, 1]])
        self.assertEqual(found.inertia_, 3 * 0.25 + 2.25 + 2)

    def test_calls_an_init_for_every_start_and_keeps_the_best(self):
        calls = []

        def init(X, n_clusters, random_state):
            calls.append(random_state.randint(10))
            return X[[0, 1]] if len(calls) == 1 else X[[0, 2]]

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = KMeans(2, init=init, n_init=2, random_state=0).fit(PAIRS)
        self.assertEqual(len(calls), 2)
        self.assertEqual(found.inertia_, 4)  # from rows 0 and 1 it is 100: the pairs are split the other way
        self.assertEqual(KMeans(2, init=PAIRS[[0, 1]]).fit(PAIRS).inertia_, 100)

    def test_takes_every_dtype_where_it_lies(self):
        for dtype in (np.float32, np.float64, np.uint8):
            with self.subTest(dtype=dtype.__name__):
                X = np.random.RandomState(0).randint(0, 200, size=(20000, 800)).astype(dtype)
                for view in (X, X[::2], X[:, :400]):
                    self.assertTrue(np.shares_memory(check_features(KMeans(), view, reset=True), view))
                before = X.tobytes() if dtype == np.uint8 else None
                Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
                at_rest = peak_kilobytes()
                KMeans(2, max_iter=2, duplicates="keep", random_state=0).fit(X)
                self.assertLess((peak_kilobytes() - at_rest) * 1024, X.nbytes / 2)
                self.assertTrue(before is None or before == X.tobytes())

    def test_copies_what_lies_otherwise(self):
        X = blobs(dtype=np.float64)
        straight = KMeans(3, random_state=0).fit(X)
        read_only = X.copy()
        read_only.flags.writeable = False
        apart = np.zeros((X.shape[0], 2 * X.shape[1]))
        apart[:, ::2] = X
        shifted = np.zeros(X.nbytes + 1, dtype=np.uint8)[1:].view(np.float64)[: X.size].reshape(X.shape)
        shifted[...] = X
        for other in (read_only, np.asfortranarray(X), X[::-1][::-1], apart[:, ::2], X.astype(">f8"), shifted, X.tolist()):
            np.testing.assert_array_equal(KMeans(3, random_state=0).fit(other).labels_, straight.labels_)
        np.testing.assert_array_equal(KMeans(3, init=X[:3]).fit(X[::-1]).predict(X), KMeans(3, init=X[:3]).fit(X[::-1].copy()).predict(X))

    def test_is_the_same_for_any_number_of_threads(self):
        X = blobs(rows=20000)
        with shoal.threads(1):
            one = KMeans(20, random_state=3).fit(X)
        for number in (2, 5):
            with shoal.threads(number):
                other = KMeans(20, random_state=3).fit(X)
            np.testing.assert_array_equal(one.labels_, other.labels_)
            self.assertEqual(one.cluster_centers_.tobytes(), other.cluster_centers_.tobytes())
            self.assertEqual(one.inertia_, other.inertia_)

    def test_distances_are_least_at_the_label_and_those_of_numpy(self):
        X = blobs(rows=1000)
        found = KMeans(7, random_state=0).fit(X)
        distances = found.transform(X.astype(np.float64))
        np.testing.assert_array_equal(distances.argmin(axis=1), found.labels_)
        differences = X.astype(np.float64)[:, None, :] - found.cluster_centers_[None]
        np.testing.assert_allclose(distances, np.sqrt((differences**2).sum(axis=2)), rtol=1e-12)
        self.assertEqual(found.transform(X).dtype, np.float32)

    def test_centres_that_are_set_count(self):
        found = KMeans(2, random_state=0).fit(PAIRS)
        found.cluster_centers_ = np.array([[100.0, 0.0], [0.0, 0.0]])
        self.assertEqual(found.predict(PAIRS).tolist(), [1, 1, 1, 1])

    def test_takes_scikit_learns_parameters_and_the_plugins_and_no_others(self):
        theirs = {"n_clusters", "init", "n_init", "max_iter", "tol", "verbose", "random_state", "copy_x", "algorithm"}
        declared = {p["name"]: p["default"] for p in _native.component("kmeans")["parameters"]}
        ours = {name: p.default for name, p in inspect.signature(KMeans.__init__).parameters.items() if name != "self"}
        self.assertEqual(set(ours), theirs | (set(declared) - {"k"}))
        same = set(ours) & set(declared) - {"n_init"}
        self.assertEqual({name: ours[name] for name in same}, {name: declared[name] for name in same})
        self.assertEqual(ours["n_clusters"], declared["k"])

    def test_says_what_is_wrong_and_what_would_be_right(self):
        for parameters, data, expected in (
            ({"n_clusters": 0}, PAIRS, r"'n_clusters' must be at least 1, but is 0 \[K206\]\n  help: .*n_clusters ≥ 1"),
            ({"n_clusters": "two"}, PAIRS, r"'n_clusters' wants an integer"),
            ({"n_clusters": 5}, PAIRS, r"n_samples=4 should be >= n_clusters=5"),
            ({"init": "kmeans++", "n_clusters": 9}, PAIRS, r"'init' is 'kmeans\+\+', which is not one of k-means\+\+"),
            ({"n_clusters": 2, "init": PAIRS[:3]}, PAIRS, r"\(3, 2\) does not match the number of clusters 2"),
            ({"n_clusters": 2, "init": PAIRS[:2, :1]}, PAIRS, r"\(2, 1\) does not match the number of features of the data 2"),
            ({"n_clusters": 2, "init": lambda X, k, random_state: X[:2], "n_init": 0}, PAIRS, r"'n_init' must be at least 1"),
            ({"n_clusters": 1}, np.array([[0.0, np.nan]]), r"features hold NaN at row 0, column 1"),
            ({"n_clusters": 1}, np.array([[0.0], [np.inf]]), r"features hold an infinity at row 1, column 0"),
            ({"n_clusters": 1, "random_state": "x"}, PAIRS, r"random_state is None, an integer"),
            ({"n_clusters": 1}, PAIRS[0], r"Expected 2D array, got 1D array instead"),
            ({"n_clusters": 2, "balanced": True, "min_size": 1}, PAIRS, r"balanced sets both limits"),
        ):
            with self.subTest(parameters=parameters), self.assertRaisesRegex(ValueError, expected):
                KMeans(**parameters).fit(data)
        with self.assertRaisesRegex(ValueError, "sample_weight.shape == "):
            KMeans(2).fit(PAIRS, sample_weight=[1, 2])
        with self.assertRaisesRegex(ValueError, "-1"):
            KMeans(2).fit(PAIRS, sample_weight=[1, 2, -1, 1])
        with self.assertRaises(NotFittedError):
            KMeans(2).predict(PAIRS)
        with self.assertRaisesRegex(ValueError, "has 1 features, but KMeans is expecting 2"):
            KMeans(2).fit(PAIRS).predict(PAIRS[:, :1])

    def test_warns_of_fewer_clusters_than_asked_for(self):
        with self.assertWarnsRegex(UserWarning, r"distinct clusters \(2\) found smaller than n_clusters \(3\)"):
            KMeans(3, random_state=0).fit([[0.0], [0.0], [1.0]])

    def test_chance_comes_from_random_state_alone(self):
        X = np.random.RandomState(0).rand(500, 2)
        fits = [KMeans(30, random_state=state, init="random", n_init=1).fit(X).inertia_
                for state in (1, 1, np.random.RandomState(1), np.random.RandomState(1), np.random.default_rng(1), 2)]
        self.assertEqual(fits[0], fits[1])
        self.assertEqual(fits[2], fits[3])
        self.assertEqual(len(set(fits)), 4)
        np.random.seed(5)
        first = KMeans(30, init="random", n_init=1).fit(X).inertia_
        second = KMeans(30, init="random", n_init=1).fit(X).inertia_
        np.random.seed(5)
        self.assertEqual(KMeans(30, init="random", n_init=1).fit(X).inertia_, first)
        self.assertNotEqual(first, second)


class TestMiniBatchKMeans(unittest.TestCase):
    def test_learns_from_a_stream_and_goes_on_after_a_pickle(self):
        X = blobs(rows=3000, dtype=np.float64)
        stream = MiniBatchKMeans(3, random_state=0)
        for batch in np.split(X[:1500], 5):
            stream.partial_fit(batch)
        self.assertEqual(stream.n_steps_, 5)
        copy = pickle.loads(pickle.dumps(stream))
        for batch in np.split(X[1500:], 5):
            stream.partial_fit(batch)
            copy.partial_fit(batch)
        self.assertEqual(copy.cluster_centers_.tobytes(), stream.cluster_centers_.tobytes())
        self.assertEqual(copy.n_steps_, 10)
        self.assertLess(stream.score(X) / KMeans(3, random_state=0).fit(X).score(X), 1.05)
        np.testing.assert_array_equal(stream.labels_, stream.predict(batch))  # of the last batch

    def test_waits_until_there_are_enough(self):
        stream = MiniBatchKMeans(3, random_state=0).partial_fit(PAIRS[:2])
        with self.assertRaises(NotFittedError):
            stream.predict(PAIRS)
        self.assertEqual(stream.partial_fit(PAIRS[2:]).cluster_centers_.shape, (3, 2))

    def test_begins_a_stream_where_init_says(self):
        # One step from counts of 0 moves each centre to the mean of its rows.
        stream = MiniBatchKMeans(2, init=PAIRS[[0, 2]], reassignment_ratio=0.0).partial_fit(PAIRS)
        np.testing.assert_array_equal(stream.cluster_centers_, [[0, 1], [10, 1]])

    def test_refuses_weights_in_a_stream(self):
        with self.assertRaisesRegex(ValueError, "partial_fit takes no sample_weight"):
            MiniBatchKMeans(2).partial_fit(PAIRS, sample_weight=[1, 2, 1, 1])

    def test_fits(self):
        found = MiniBatchKMeans(3, random_state=0, batch_size=100).fit(blobs())
        self.assertEqual(len(set(found.labels_.tolist())), 3)
        self.assertGreater(found.n_steps_, 1)
        self.assertFalse(hasattr(MiniBatchKMeans(3, compute_labels=False, random_state=0).fit(blobs()), "labels_"))


class TestAnyClusterer(unittest.TestCase):
    def test_every_plugin_is_a_class_that_clusters(self):
        X = blobs(rows=120, columns=3)
        self.assertGreaterEqual(set(names()), {"kmeans", "kmedoids", "dbscan", "gmm", "hdbscan"})
        for name in names():
            with self.subTest(name=name), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = clusterer(name)
                self.assertIn("Parameters\n", made.__doc__)
                labels = made(3).fit_predict(X) if "n_clusters" in made().get_params() else made().fit_predict(X)
                self.assertEqual(labels.shape, (120,))
                self.assertEqual(labels.dtype, np.int64)

    def test_names_classes_by_their_components(self):
        import shoal.cluster

        self.assertIs(shoal.cluster.KMedoids, clusterer("kmedoids"))
        self.assertIs(clusterer("clusterer/kmeans"), KMeans)
        self.assertIn("DBSCAN", dir(shoal.cluster))
        with self.assertRaisesRegex(ValueError, "there is no clusterer 'kmedoid'; there are .*kmedoids"):
            clusterer("kmedoid")
        with self.assertRaises(AttributeError):
            shoal.cluster.KMedoid

    def test_has_the_plugins_parameters_defaults_and_words(self):
        made = clusterer("kmedoids")
        self.assertEqual(str(inspect.signature(made))[:24], "(n_clusters=8, *, metric")
        self.assertEqual(made(metric="cosine").get_params()["metric"], "cosine")
        with self.assertRaisesRegex(TypeError, "KMedoids: .*'metrik'; it has n_clusters, metric"):
            made(metrik="cosine")
        with self.assertRaisesRegex(ValueError, "'metric' is 'cosinus', which is not one of euclidean"):
            made(metric="cosinus").fit(PAIRS)
        self.assertEqual(made(2, random_state=0).fit(PAIRS).inertia_, 4 + 4)  # medoids are examples: 2² for each pair

    def test_keeps_what_it_learnt_in_a_pickle(self):
        X = blobs()
        found = clusterer("kmedoids")(3, random_state=0).fit(X)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(found)).predict(X[:50]), found.predict(X[:50]))

    def test_says_noise(self):
        self.assertEqual(clusterer("dbscan")(eps=3.0, min_samples=2).fit_predict([[0.0], [1.0], [50.0]]).tolist(), [0, 0, -1])


class TestProcess(unittest.TestCase):
    def test_import_brings_neither_numpy_nor_scikit_learn_nor_torch(self):
        code = "import sys, shoal; print([m for m in ('numpy', 'sklearn', 'torch') if m in sys.modules])"
        self.assertEqual(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout, "[]\n")

    def test_other_threads_of_python_go_on_meanwhile(self):
        X = np.random.RandomState(0).rand(30000, 50)
        ticks, done = [], threading.Event()

        def tick():
            while not done.is_set():
                ticks.append(time.monotonic())
                time.sleep(0.001)

        other = threading.Thread(target=tick)
        other.start()
        begin = time.monotonic()
        KMeans(200, init="random", n_init=1, tol=0, max_iter=60, random_state=0).fit(X)
        end = time.monotonic()
        done.set()
        other.join()
        # If fit held the lock, the other would have no turn but before and after.
        inner = [t for t in ticks if begin + 0.2 * (end - begin) < t < end - 0.2 * (end - begin)]
        self.assertGreater(len(inner), 10, f"in {end - begin:.2f} s")

    def test_threads_of_python_fit_side_by_side(self):
        X = blobs(rows=5000)
        alone = [KMeans(10, random_state=seed).fit(X).labels_ for seed in range(4)]
        together = [None] * 4

        def fit(seed):
            together[seed] = KMeans(10, random_state=seed).fit(X).labels_

        fits = [threading.Thread(target=fit, args=(seed,)) for seed in range(4)]
        for one in fits:
            one.start()
        for one in fits:
            one.join()
        for one, other in zip(alone, together):
            np.testing.assert_array_equal(one, other)

    def test_a_forked_child_can_fit_after_its_parent(self):
        X = blobs()
        with shoal.threads(3):
            expected = KMeans(3, random_state=0).fit(X).labels_
            child = os.fork()
            if child == 0:
                signal.alarm(60)  # threads of the parent that are waited for would hang
                os._exit(0 if (KMeans(3, random_state=0).fit(X).labels_ == expected).all() else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_ctrl_c_stops_a_fit_and_the_next_one_works(self):
        code = """
import numpy as np
from shoal.cluster import KMeans
X = np.random.RandomState(0).rand(20000, 30)
model = KMeans(100, init='random', n_init=1000000, random_state=0)
KMeans(2).fit(X)
print('fitting', flush=True)
try:
    model.fit(X)
except KeyboardInterrupt:
    print(hasattr(model, 'labels_'), KMeans(2, random_state=0).fit([[0.], [0.], [4.], [4.]]).inertia_)
"""
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "fitting\n")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(output, "False 0.0\n")

    def test_threads_follow_a_rule(self):
        usable = len(os.sched_getaffinity(0))
        before = os.environ.pop("OMP_NUM_THREADS", None)
        try:
            self.assertEqual(shoal.get_threads(), usable)
            os.environ["OMP_NUM_THREADS"] = "1"
            self.assertEqual(shoal.get_threads(), 1)
            shoal.set_threads(3)
            self.assertEqual(shoal.get_threads(), 3)
            with shoal.threads(7):
                self.assertEqual(shoal.get_threads(), 7)
            self.assertEqual(shoal.get_threads(), 3)
            with self.assertRaisesRegex(ValueError, "at least 1, but is 0"):
                shoal.set_threads(0)
        finally:
            shoal.set_threads(None)
            os.environ.pop("OMP_NUM_THREADS", None)
            if before is not None:
                os.environ["OMP_NUM_THREADS"] = before


if __name__ == "__main__":
    unittest.main()
