"""What a table of times must say about where they come from."""

import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path

PEERS = ["numpy", "scikit-learn", "scikit-learn-intelex", "faiss-cpu", "geokmeans"]
FLAGS = "sse4_2 avx avx2 fma avx512f avx512_vnni avx512_bf16 avx_vnni amx_tile asimd sve".split()


def output_of(*command: str, folder: Path | None = None) -> str:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def cpu() -> str:
    fields = dict(line.split(":", 1) for line in output_of("lscpu").splitlines() if ":" in line)
    has = fields.get("Flags", "").split()
    isa = " ".join(flag for flag in FLAGS if flag in has) or platform.machine()
    caches = [(level, fields.get(f"{level} cache", "")) for level in ("L2", "L3")]
    sizes = ", ".join(f"{level} {size.split('(')[0].strip()}" for level, size in caches if size)
    name = fields.get("Model name", platform.processor()).strip()
    known = [f"{key.lower()} {fields[key].strip()}" for key in ("CPU family", "Model") if key in fields]
    return f"{name} ({', '.join([*known, f'{os.cpu_count()} CPUs', isa, sizes])})"


def peak(program: Path, threads: int) -> str:
    measured = json.loads(output_of(str(program), "1", str(threads)))
    texts = [
        f"{p['flop_per_s'] / 1e9:.0f} GFLOP/s and {p['byte_per_s'] / 1e9:.1f} GB/s read with {p['threads']} thread(s)"
        for p in measured["peaks"]
    ]
    return f"{', '.join(texts)} ({measured['instruction_set']}, float32, measured)"


def shoal_version(root: Path) -> str:
    commit = output_of("git", "rev-parse", "--short", "HEAD", folder=root) or "unknown"
    changed = output_of("git", "status", "--porcelain", "--untracked-files=no", folder=root)
    return f"Shoal {commit}{' with changes' if changed else ''}"


def describe(root: Path, peak_program: Path, threads: int) -> list[str]:
    """Lines of Markdown; the last says when and how, with the load that others put on the machine."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PEERS]
    command = shlex.join(["python", *(str(Path(a).name) if i == 0 else a for i, a in enumerate(sys.argv))])
    return [
        f"* Machine: {cpu()}. Peak: {peak(peak_program, threads)}.",
        f"* Versions: {shoal_version(root)}, {', '.join(versions)}, Python {platform.python_version()}.",
        f"* {datetime.date.today()}, `{command}`; load average at the start {os.getloadavg()[0]:.1f}.",
    ]
