"""One epoch of the exercise's network in Shoal beside the plain PyTorch loop: same network, data, batch, optimiser, threads.

    .venv/bin/python benchmarks/compare_train.py [--epochs 1] [--repeats 3] [--batch-size 64] [--threads 2]

The two run in turn (A B A B …), each in a process of its own. PyTorch's time is that of its loop alone, with the images
in memory as float32; Shoal's is that of the node `learn` (reading bytes from the dataset, expanding them per batch,
training, the losses of every step reported, the test set predicted), so it holds a little more. Both end with the accuracy on the test set,
which must be equal within chance: they are the same training with other random numbers.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHANNELS = [1, 8, 16, 32, 16]
POOL_AFTER = [1, 3]


def images_and_labels(split):
    import torch

    prefix = "train" if split == "train" else "t10k"
    folder = ROOT / "data" / "mnist"
    images = gzip.decompress((folder / f"{prefix}-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((folder / f"{prefix}-labels-idx1-ubyte.gz").read_bytes())[8:]
    x = torch.frombuffer(bytearray(images), dtype=torch.uint8).reshape(-1, 1, 28, 28).float() / 255
    y = torch.frombuffer(bytearray(labels), dtype=torch.uint8).long()
    return x, y


def train_in_pytorch(epochs, batch_size, threads, seed):
    """What people write: nn.Sequential, DataLoader, Adam. Prints one JSON line."""
    import time

    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    layers = []
    for i, (before, after) in enumerate(zip(CHANNELS, CHANNELS[1:]), 1):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
        if i in POOL_AFTER:
            layers.append(nn.MaxPool2d(2))
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    loader = DataLoader(TensorDataset(*images_and_labels("train")), batch_size=batch_size, shuffle=True)
    start = time.perf_counter()
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    seconds = time.perf_counter() - start
    model.eval()
    x, y = images_and_labels("test")
    with torch.no_grad():
        predicted = torch.cat([model(part).argmax(1) for part in x.split(500)])
    print(json.dumps({"seconds": seconds, "accuracy": (predicted == y).double().mean().item()}))


def environment(threads):
    return os.environ | {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}


def time_pytorch(options, seed):
    command = [sys.executable, __file__, "--pytorch-only", "--seed", str(seed), "--epochs", str(options.epochs)]
    command += ["--batch-size", str(options.batch_size), "--threads", str(options.threads)]
    out = subprocess.run(command, env=environment(options.threads), capture_output=True, text=True, check=True)
    return json.loads(out.stdout.splitlines()[-1])


def time_shoal(options, seed):
    with tempfile.TemporaryDirectory() as folder:
        changes = [f"seed={seed}", f"learn.epochs={options.epochs}", f"learn.batch_size={options.batch_size}"]
        changes += ["learn.learning_rate=1e-3", "learn.schedule=constant"]
        command = [str(options.shoal), "run", str(ROOT / "configs/seed/1-supervised.yaml"), "--quiet", "--out", folder + "/run"]
        subprocess.run(command + ["--threads", str(options.threads)] + changes, env=environment(options.threads), capture_output=True, text=True, check=True)
        row = json.loads(Path(folder, "run", "results.json").read_text())["rows"][0]
    seconds = next(node["seconds"] for node in row["nodes"] if node["node"] == "learn")
    return {"seconds": seconds, "accuracy": row["metrics"]["learn.accuracy"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--shoal", type=Path, default=ROOT / "build/release/bin/shoal")
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--pytorch-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.pytorch_only:
        train_in_pytorch(options.epochs, options.batch_size, options.threads, options.seed)
        return
    ours, theirs = [], []
    for repeat in range(options.repeats):
        theirs.append(time_pytorch(options, repeat))
        ours.append(time_shoal(options, repeat))
        print(f"repeat {repeat}: PyTorch {theirs[-1]['seconds']:.1f} s, Shoal {ours[-1]['seconds']:.1f} s", file=sys.stderr, flush=True)
    ratios = [a["seconds"] / b["seconds"] for a, b in zip(theirs, ours)]
    print("| | seconds, median | test accuracy, mean |")
    print("|---|---|---|")
    for name, runs in (("PyTorch, plain loop", theirs), ("Shoal", ours)):
        seconds = statistics.median(run["seconds"] for run in runs)
        print(f"| {name} | {seconds:.1f} | {statistics.mean(run['accuracy'] for run in runs):.4f} |")
    print(f"\nPyTorch / Shoal, median of {len(ratios)} pairs: {statistics.median(ratios):.2f} ({options.epochs} epochs, batch {options.batch_size}, {options.threads} threads)")


if __name__ == "__main__":
    main()
