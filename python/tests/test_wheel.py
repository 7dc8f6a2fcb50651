"""The wheel of this build, installed by pip into an environment of its own: command, package, plugins, SDK.

    python test_wheel.py BUILD LIBTORCH     # LIBTORCH: the folder that the build's LibTorch lies in
"""

import base64
import csv
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

from needs import need

need("numpy", "pip", "tomllib")

import numpy

HERE = Path(__file__).resolve().parent
BUILD, LIBTORCH = Path(sys.argv[1]), Path(sys.argv[2])

EXPERIMENT = """shoal: 1
name: wheel
nodes:
  digits:  {use: dataset/mnist, with: {split: test}}
  groups:  {use: clusterer/kmeans, in: {data: digits}, with: {k: 10, max_iter: 5}}
  encoder: {use: encoder/mlp}
  embedding: {use: encoder, in: {data: digits}}
  quality: {use: metric/clustering, in: {predicted: groups, labels: digits.labels}}
report: [quality.acc]
"""


class TestWheel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory()
        cls.folder = Path(cls._folder.name)
        made = subprocess.run([sys.executable, HERE.parent / "wheel_from_build.py", BUILD, cls.folder / "dist"],
                              capture_output=True, text=True)
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        cls.wheel = Path(made.stdout.strip())
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", cls.folder / "venv"], check=True)
        cls.bin = cls.folder / "venv" / "bin"
        subprocess.run([sys.executable, "-m", "pip", "--python", cls.bin / "python", "install", "--quiet", "--no-deps",
                        "--no-index", cls.wheel], check=True)
        [packages] = (cls.folder / "venv" / "lib").glob("python*/site-packages")
        cls.package = packages / "shoal"
        # What pip would install beside it; to unpack torch takes a minute.
        (packages / "torch").symlink_to(LIBTORCH)
        for part in Path(numpy.__file__).parent.parent.glob("numpy*"):
            (packages / part.name).symlink_to(part)
        # Nothing of this build or of this user.
        cls.environment = {"PATH": f"{cls.bin}:{os.environ['PATH']}", "HOME": str(cls.folder),
                           "SHOAL_STORE": str(cls.folder / "store")}

    @classmethod
    def tearDownClass(cls):
        cls._folder.cleanup()

    def do(self, *command, folder=None):
        done = subprocess.run([str(part) for part in command], cwd=folder or self.folder, env=self.environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_records_every_file_as_it_is(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            [record] = [name for name in wheel.namelist() if name.endswith("/RECORD")]
            listed = {name: (digest, size) for name, digest, size in csv.reader(wheel.read(record).decode().splitlines())}
            self.assertEqual(set(listed), set(wheel.namelist()))
            for name in sorted(set(listed) - {record}):
                data = wheel.read(name)
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
                self.assertEqual(listed[name], (f"sha256={digest}", str(len(data))), name)

    def test_nothing_looks_for_libtorch_where_it_was_built(self):
        files = [*self.package.glob("bin/*"), *self.package.glob("lib/shoal/plugins/*.so"), *self.package.glob("_shoal*.so")]
        self.assertGreater(len(files), 50)
        dynamic = self.do("readelf", "-d", *files)
        self.assertIn("$ORIGIN/../../torch/lib", dynamic)
        self.assertNotIn(str(LIBTORCH), dynamic)

    def test_the_command_runs_an_experiment(self):
        built = subprocess.run([BUILD / "bin" / "shoal", "--version"], capture_output=True, text=True).stdout
        self.assertEqual(self.do(self.bin / "shoal", "--version"), built)
        (self.folder / "wheel.yaml").write_text(EXPERIMENT)
        self.assertIn("1/1", self.do(self.bin / "shoal", "run", "wheel.yaml", "--quiet"))

    def test_the_package_clusters_and_runs(self):
        (self.folder / "package.yaml").write_text(EXPERIMENT.replace("name: wheel", "name: package"))
        code = ("import shoal, shoal.cluster\n"
                "print(shoal.cluster.KMeans(2, random_state=0).fit([[0.0], [2.0], [9.0], [9.0]]).inertia_)\n"
                "print(shoal.run('package.yaml').rows[0].status, shoal.program())\n")
        inertia, rest = self.do(self.bin / "python", "-c", code).splitlines()
        self.assertEqual((inertia, rest), ("2.0", f"done {self.package / 'bin' / 'shoal'}"))

    def test_plugins_are_built_against_it(self):
        self.do(self.bin / "shoal", "new", "encoder", "own-encoder")
        project = self.folder / "own-encoder"
        cmake_dir = self.do(self.bin / "python", "-m", "shoal", "--cmake-dir").strip()
        self.assertEqual(Path(cmake_dir), self.package / "lib" / "cmake" / "Shoal")
        self.do("cmake", "-G", "Ninja", "-S", ".", "-B", "build", f"-DShoal_DIR={cmake_dir}", "-DBUILD_TESTING=OFF", folder=project)
        self.do("cmake", "--build", "build", folder=project)
        shown = self.do(self.bin / "shoal", "plugins", "show", "encoder/own-encoder", "--plugin-path", project / "build" / "plugins")
        self.assertIn("torch tier", shown)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
