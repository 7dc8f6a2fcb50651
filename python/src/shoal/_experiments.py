"""Experiments, by the program: a process of its own may crash, is stopped by signals and has LibTorch to itself."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import _places
from ._errors import CheckError, Diagnostic, RunError, ShoalError

_DONE, _WRONG_INPUT, _FAILED = 0, 1, 2  # exit codes of the program


class Row:
    """One row of a run: a setting of the matrix under one seed."""

    def __init__(self, number, said, artifacts):
        self.number = number  #: from 1
        self.settings = said["settings"]  #: {path: label}
        self.seed = said["seed"]
        self.status = said["status"]  #: "done", "failed", "skipped" or "cancelled"
        self.metrics = said["metrics"]  #: {"quality.acc": 0.44, …}
        self.seconds = said["seconds"]
        self.error = said.get("error")  #: why it failed; None where it did not
        self.artifacts = Artifacts(artifacts)  #: {"groups.labels": array, "learn.encoder": {name: array}, …}

    def __repr__(self):
        return f"<row {self.number}: {self.settings} seed {self.seed}, {self.status}>"


class Artifacts(Mapping):
    """Arrays of a folder by name, each mapped read-only from its file when it is asked for: of a `.npy` an array, of a
    `.safetensors`, what was trained, a dict of them."""

    _READERS = {".npy": lambda file: _read_npy(file), ".safetensors": lambda file: _read_safetensors(file)}

    def __init__(self, folder):
        self.folder = folder

    def __getitem__(self, name):
        for ending, read in self._READERS.items():
            file = self.folder / f"{name}{ending}"
            if file.is_file():
                return read(file)
        raise KeyError(f"{name!r} is not among {list(self)}")

    def __iter__(self):
        return iter(sorted(file.stem for file in self.folder.glob("*") if file.suffix in self._READERS))

    def __len__(self):
        return sum(1 for _ in self)


def _read_npy(file):
    import numpy

    return numpy.load(file, mmap_mode="r", allow_pickle=False)


def _read_safetensors(file):
    """8 bytes of the header's length, a JSON header, the numbers."""
    import numpy

    dtypes = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U8": "u1"}
    data = numpy.memmap(file, dtype=numpy.uint8, mode="r")
    begin = 8 + int(data[:8].view("<u8")[0])
    header = json.loads(bytes(data[8:begin]))
    header.pop("__metadata__", None)
    return {name: numpy.frombuffer(data[begin + said["data_offsets"][0] : begin + said["data_offsets"][1]],
                                   dtype=dtypes[said["dtype"]]).reshape(said["shape"]) for name, said in header.items()}


class Run:
    """What a run folder holds."""

    def __init__(self, folder, diagnostics=()):
        self.folder = Path(folder)
        self.results = _read_results(self.folder)  #: results.json as it is
        self.name = self.results["name"]
        artifacts, said = self.folder / "artifacts", self.results["rows"]
        one = len(said) == 1  # then its artifacts have no folder of their own
        self.rows = [Row(i + 1, row, artifacts if one else artifacts / f"row-{i + 1}") for i, row in enumerate(said)]
        self.diagnostics = list(diagnostics)  #: warnings and errors of this run; of one that was loaded, none

    def metrics(self, name):
        """One number of every row, as a list; NaN where a row has it not. Throws KeyError where no row has it."""
        known = sorted({metric for row in self.rows for metric in row.metrics})
        if name not in known:
            raise KeyError(f"no row has a metric {name!r}; there are {', '.join(known) or 'none'}")
        values = [row.metrics.get(name) for row in self.rows]
        return [float("nan") if value is None else value for value in values]

    def to_dicts(self):
        """A flat dict for each row, settings, seed, status and metrics side by side: what pandas.DataFrame takes."""
        return [{**row.settings, "seed": row.seed, "status": row.status, **row.metrics} for row in self.rows]

    def __repr__(self):
        done = sum(row.status == "done" for row in self.rows)
        return f"<shoal run {self.name}: {done} of {len(self.rows)} rows done, {self.folder}>"


@dataclass
class Checked:
    """A good experiment."""

    diagnostics: list  #: warnings and notes


def run(experiment, overrides=(), *, out=None, threads=None, device=None, quiet=True, cache=True, options=()):
    """Runs an experiment file as `shoal run` does, and returns its Run.

    overrides  {"groups.k": 20, "quality": None …} or ["groups.k=20", "~quality"]; a value of None is null
    out        the run folder, new or empty; None: runs/<name>/<date>-<time>-<word> below the current folder
    cache      False: nothing is taken from the store and nothing kept (--no-cache)
    options    further options of `shoal run`, such as ["--jobs", "2"]

    Raises CheckError where the experiment is wrong and nothing ran, RunError where rows failed (it has the run), and
    KeyboardInterrupt after Ctrl-C, when the program has ended: the next run of the same experiment goes on.
    """
    arguments = _arguments(experiment, overrides, options)
    for flag, value in (("--out", out), ("--threads", threads), ("--device", device)):
        if value is not None:
            arguments += [flag, os.fspath(value) if flag == "--out" else str(value)]
    if not cache:
        arguments.append("--no-cache")
    if quiet:
        arguments.append("--quiet")
    code, output, diagnostics, rest = _shoal(["run", *arguments], quiet)
    folder = Path(out) if out is not None else _folder_in(output)
    if code == _DONE:
        return Run(folder, diagnostics)
    if code == _WRONG_INPUT:
        raise CheckError(_text(diagnostics, rest), diagnostics)
    made = Run(folder, diagnostics) if folder is not None and (folder / "results.json").is_file() else None
    if code == _FAILED:
        raise RunError(_text(diagnostics, rest), diagnostics, made)
    raise RunError(f"the program shoal ended with {_ending(code)}\n{rest}".rstrip(), diagnostics, made)


def check(experiment, overrides=(), *, strict=False, options=()):
    """Checks all that can be checked without running, as `shoal check` does. Returns the warnings; raises CheckError
    where something is wrong, with strict=True also for warnings."""
    arguments = _arguments(experiment, overrides, options) + (["--strict"] if strict else [])
    code, _, diagnostics, rest = _shoal(["check", *arguments], quiet=True)
    if code == _DONE:
        return Checked(diagnostics)
    if code == _WRONG_INPUT:
        raise CheckError(_text(diagnostics, rest), diagnostics)
    raise ShoalError(f"the program shoal ended with {_ending(code)}\n{rest}".rstrip(), diagnostics)


def load(folder):
    """The Run of a run folder that is there, such as runs/digits/latest."""
    return Run(folder)


def _read_results(folder):
    file = folder / "results.json"
    if not file.is_file():
        raise FileNotFoundError(f"{folder} is no run folder: it has no results.json")
    with open(file, encoding="utf-8") as text:
        return json.load(text)


def _arguments(experiment, overrides, options):
    if isinstance(overrides, Mapping):
        overrides = [f"{path}={_yaml(value)}" for path, value in overrides.items()]
    elif isinstance(overrides, str):
        raise TypeError(f"overrides are a dict or a list, not the text {overrides!r}")
    return [os.fspath(experiment), *(str(change) for change in overrides), *(str(option) for option in options)]


def _yaml(value):
    """A value of Python as YAML in one line; JSON is that, but for its NaN and infinities."""
    if hasattr(value, "tolist"):  # NumPy's
        value = value.tolist()
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, float) and value != value or value in (float("inf"), float("-inf")):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[str(value)]
    if isinstance(value, float):  # 1e-05 has no point, which YAML wants
        text = repr(value)
        return text if "." in text or "e" not in text else text.replace("e", ".0e")
    return json.dumps(value, ensure_ascii=False)


def _shoal(arguments, quiet):
    """Exit code, what was printed, the diagnostics, and what else stood on stderr."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output, \
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        # A session of its own: Ctrl-C of the terminal comes here alone, and is passed on once.
        process = subprocess.Popen([str(_places.program()), *arguments, "--format", "json"], stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=errors, env=_places.environment(), start_new_session=True)
        _wait(process)
        output.seek(0)
        errors.seek(0)
        printed, lines = output.read(), errors.read().splitlines()
    found = [line for line in printed.splitlines() + lines if line.startswith('{"diagnostics":')]
    printed = "\n".join(line for line in printed.splitlines() if line not in found)
    if not quiet:
        print(printed)
    diagnostics = [Diagnostic.of_json(one) for line in found for one in json.loads(line)["diagnostics"]]
    return process.returncode, printed, diagnostics, "\n".join(line for line in lines if line not in found)


def _wait(process):
    """Until it ends. What Ctrl-C throws here goes on when it has: it still writes down what is finished, and a second
    Ctrl-C ends it at once."""
    interrupt = None
    while True:
        try:
            process.wait()
            break
        except KeyboardInterrupt as raised:
            interrupt = raised
            process.send_signal(signal.SIGINT)
        except BaseException:
            process.kill()
            process.wait()
            raise
    if interrupt is not None:
        raise interrupt


def _folder_in(output):
    lines = output.rstrip("\n").split("\n")
    return Path(lines[-1]) if lines[-1] and Path(lines[-1]).is_dir() else None


def _text(diagnostics, rest):
    errors = [str(found) for found in diagnostics if found.severity == "error"]
    return "\n".join(errors or [str(found) for found in diagnostics]) or rest or "the program said no reason"


def _ending(code):
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
