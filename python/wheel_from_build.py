#!/usr/bin/env python3
"""Makes the wheel of a build that is there, as scikit-build-core would, but compiles nothing.

    python3 python/wheel_from_build.py build/release [FOLDER]     # FOLDER: where to (dist)

The wheel is for the Python that the build made its module for. Needs CMake and Python 3.11 or newer.
"""

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def install(build, package):
    """What Shoal is, and then the wheel's own part, which changes where LibTorch is looked for."""
    for component in ("shoal", "shoal-dev", "wheel"):
        subprocess.run(["cmake", "--install", str(build), "--prefix", str(package), "--component", component, "--strip"],
                       check=True, stdout=subprocess.DEVNULL)


def tag_of(package):
    """cp311-cp311-linux_x86_64, of the module's own name."""
    modules = list(package.glob("_shoal.*.so"))
    if len(modules) != 1:
        raise SystemExit(f"the build has no module for Python (there are {len(modules)}): see what its configuring says of it")
    python, machine = re.fullmatch(r"_shoal\.cpython-(\d+)-(\w+)-linux-gnu\.so", modules[0].name).groups()
    return f"cp{python}-cp{python}-linux_{machine}"


def metadata(project, version):
    lines = ["Metadata-Version: 2.4", f"Name: {project['name']}", f"Version: {version}", f"Summary: {project['description']}",
             f"License-Expression: {project['license']}", f"Requires-Python: {project['requires-python']}"]
    lines += [f"Requires-Dist: {needed}" for needed in project["dependencies"]]
    for extra, needs in project["optional-dependencies"].items():
        lines += [f"Provides-Extra: {extra}"] + [f"Requires-Dist: {needed} ; extra == '{extra}'" for needed in needs]
    return "\n".join(lines) + "\n"


class Wheel:
    """A zip file with a record of what is in it; the same files give the same bytes."""

    def __init__(self, file):
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._record = []

    def add(self, name, data, mode=0o644):
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (0o100000 | mode) << 16
        self._zip.writestr(info, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        self._record.append(f"{name},sha256={digest},{len(data)}")

    def close(self, info_folder):
        record = f"{info_folder}/RECORD"
        self._record.append(f"{record},,")
        self._zip.writestr(record, "\n".join(self._record) + "\n")
        self._zip.close()


def main(build, out):
    described = tomllib.loads((HERE / "pyproject.toml").read_text())
    project, versioned = described["project"], described["tool"]["scikit-build"]["metadata"]["version"]
    version = re.search(versioned["regex"], (HERE / versioned["input"]).read_text())["value"]
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "shoal"
        install(build, package)
        tag = tag_of(package)
        files = {file.relative_to(folder): file for file in package.rglob("*") if file.is_file()}
        sources = HERE / "src"
        files |= {file.relative_to(sources): file for file in sources.rglob("*.py")}
        out.mkdir(parents=True, exist_ok=True)
        target = out / f"shoal-{version}-{tag}.whl"
        wheel = Wheel(target)
        for name in sorted(files):
            wheel.add(str(name), files[name].read_bytes(), files[name].stat().st_mode & 0o755)
    info = f"shoal-{version}.dist-info"
    wheel.add(f"{info}/METADATA", metadata(project, version).encode())
    wheel.add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: wheel_from_build\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
    scripts = "".join(f"{name} = {call}\n" for name, call in project["scripts"].items())
    wheel.add(f"{info}/entry_points.txt", f"[console_scripts]\n{scripts}".encode())
    wheel.add(f"{info}/licenses/LICENSE", (HERE.parent / "LICENSE").read_bytes())
    wheel.close(info)
    print(target)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "dist"))
