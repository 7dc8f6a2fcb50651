"""shoal.run, check and load, by the program of this build."""

import math
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from needs import need

need("numpy")

import numpy as np

import shoal
from shoal.cluster import KMeans

EXPERIMENT = """shoal: 1
name: points
seed: 7
nodes:
  points: {use: dataset/npy, with: {path: points.npy}}
  kmeans: {use: clusterer/kmeans, in: {data: points}, with: {k: 4, init: random, n_init: 1}}
report: [kmeans.inertia]
"""


class TestExperiments(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.points = np.random.RandomState(0).rand(300, 3).astype(np.float32)
        np.save(self.folder / "points.npy", self.points)
        self.file = self.folder / "points.yaml"
        self.file.write_text(EXPERIMENT)
        for name, value in (("SHOAL_STORE", str(self.folder / "store")),):
            before = os.environ.get(name)
            os.environ[name] = value
            self.addCleanup(lambda: os.environ.pop(name) if before is None else os.environ.update({name: before}))

    def test_returns_rows_metrics_and_arrays(self):
        run = shoal.run(self.file, out=self.folder / "out")
        self.assertEqual((run.name, run.folder, len(run.rows)), ("points", self.folder / "out", 1))
        row = run.rows[0]
        self.assertEqual((row.number, row.seed, row.status, row.error), (1, 7, "done", None))
        self.assertEqual(row.artifacts["kmeans.labels"].shape, (300,))
        self.assertIn("kmeans.centroids", row.artifacts)
        with self.assertRaisesRegex(KeyError, "kmeans.sizes"):
            row.artifacts["kmeans.size"]
        self.assertEqual(run.metrics("kmeans.inertia"), [row.metrics["kmeans.inertia"]])
        with self.assertRaisesRegex(KeyError, "there are .*kmeans.inertia"):
            run.metrics("kmeans.inerta")
        self.assertEqual(run.to_dicts()[0]["seed"], 7)
        again = shoal.load(run.folder)
        self.assertEqual(again.to_dicts(), run.to_dicts())
        with self.assertRaisesRegex(FileNotFoundError, "no run folder"):
            shoal.load(self.folder)

    def test_an_estimator_of_the_same_seed_gives_the_same_bytes(self):
        row = shoal.run(self.file, out=self.folder / "out", cache=False).rows[0]
        model = KMeans(4, init="random", n_init=1, random_state=7).fit(self.points)
        self.assertEqual(model.labels_.tobytes(), row.artifacts["kmeans.labels"].tobytes())
        self.assertEqual(model.cluster_centers_.tobytes(), row.artifacts["kmeans.centroids"].tobytes())
        self.assertEqual(model.inertia_, row.metrics["kmeans.inertia"])

    def test_overrides_are_a_dict_or_a_list(self):
        run = shoal.run(self.file, {"kmeans.k": np.int64(2), "kmeans.tol": 1e-05, "kmeans.max_size": None,
                                    "points.path": self.folder / "points.npy"}, out=self.folder / "a")
        self.assertEqual(len(run.rows[0].artifacts["kmeans.sizes"]), 2)
        self.assertIn("tol: 1.0e-5", (run.folder / "resolved.yaml").read_text())
        run = shoal.run(self.file, ["kmeans.k=3"], options=["-m", "kmeans.init=random,k-means++"], out=self.folder / "b")
        self.assertEqual([row.settings["kmeans.init"] for row in run.rows], ["random", "k-means++"])
        with self.assertRaisesRegex(TypeError, "a dict or a list"):
            shoal.run(self.file, "kmeans.k=3")

    def test_errors_carry_all_that_was_found(self):
        with self.assertRaises(shoal.CheckError) as raised:
            shoal.run(self.file, {"kmeans.k": 0, "kmeans.toll": 1})
        errors = [found for found in raised.exception.diagnostics if found.severity == "error"]
        self.assertEqual([(found.id, found.argument) for found in errors], [("K206", "kmeans.k=0"), ("K203", "kmeans.toll=1")])
        self.assertIn("kmeans.k=0: error[K206]: 'k' must be at least 1, but is 0\n  = help: clusterer/kmeans takes k ≥ 1",
                      str(raised.exception))
        self.file.write_text(EXPERIMENT.replace("k: 4", "k: four"))
        with self.assertRaises(ValueError) as raised:
            shoal.check(self.file)
        [found] = raised.exception.diagnostics
        self.assertEqual((Path(found.file).name, found.line, found.column), ("points.yaml", 6, EXPERIMENT.splitlines()[5].index("k: 4") + 4))
        with self.assertRaises(shoal.CheckError):
            shoal.run(self.folder / "nothing.yaml")

    def test_check_returns_warnings_and_is_strict_when_asked(self):
        self.assertEqual(shoal.check(self.file).diagnostics, [])
        [found] = shoal.check(self.file, {"kmeans.k": 301}).diagnostics
        self.assertEqual((found.id, found.severity), ("P402", "warning"))
        with self.assertRaises(shoal.CheckError):
            shoal.check(self.file, {"kmeans.k": 301}, strict=True)

    def test_a_failed_row_leaves_the_run(self):
        with self.assertRaises(shoal.RunError) as raised:
            shoal.run(self.file, options=["-m", "kmeans.max_size=10,100"], out=self.folder / "out")
        self.assertEqual([row.status for row in raised.exception.run.rows], ["failed", "done"])
        self.assertIn("too many for 4 clusters of at most 10", raised.exception.run.rows[0].error)
        self.assertEqual([found.id for found in raised.exception.diagnostics], ["R601"])
        self.assertTrue(math.isnan(raised.exception.run.metrics("kmeans.inertia")[0]))

    def test_ctrl_c_stops_the_program_which_writes_what_is_finished(self):
        np.save(self.folder / "points.npy", np.random.RandomState(0).rand(20000, 30))
        code = ("import shoal\ntry:\n  shoal.run('points.yaml', {'kmeans.n_init': 1000000, 'kmeans.k': 100}, out='out')\n"
                "except KeyboardInterrupt:\n  print(shoal.load('out').rows[0].status)\n")
        process = subprocess.Popen([sys.executable, "-c", code], cwd=self.folder, stdout=subprocess.PIPE, text=True)
        log = self.folder / "out" / "log.txt"
        for _ in range(600):
            if log.is_file() and "start" in log.read_text():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate(timeout=60)[0], "cancelled\n")

    def test_reads_what_was_trained(self):
        header = b'{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"n":{"dtype":"I64","shape":[],"data_offsets":[8,16]},"b":{"dtype":"U8","shape":[2],"data_offsets":[16,18]}}'
        folder = self.folder / "artifacts"
        folder.mkdir()
        (folder / "learn.encoder.safetensors").write_bytes(
            len(header).to_bytes(8, "little") + header + np.array([1, 2], "<f4").tobytes() + np.array(3, "<i8").tobytes()
            + bytes([7, 255]))
        (self.folder / "results.json").write_text('{"name": "x", "rows": [{"settings": {}, "seed": 0, "status": "done", "metrics": {}, "seconds": 1}]}')
        found = shoal.load(self.folder).rows[0].artifacts
        self.assertEqual(list(found), ["learn.encoder"])
        self.assertEqual(found["learn.encoder"]["w"].tolist(), [[1, 2]])
        self.assertEqual(found["learn.encoder"]["n"], 3)
        self.assertEqual(found["learn.encoder"]["b"].tolist(), [7, 255])

    def test_the_command_is_the_program(self):
        ours = subprocess.run([sys.executable, "-m", "shoal", "--version"], capture_output=True, text=True)
        self.assertEqual(ours.stdout, subprocess.run([shoal.program(), "--version"], capture_output=True, text=True).stdout)
        self.assertEqual(subprocess.run([sys.executable, "-m", "shoal", "check", "nothing.yaml"], capture_output=True).returncode, 1)


if __name__ == "__main__":
    unittest.main()
