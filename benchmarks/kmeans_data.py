"""The data that k-means is compared on, made once and kept as .npy files."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MIXTURE_SEED = 20261125
ROWS_SEED = 0


@dataclass
class DataSet:
    name: str
    description: str
    features: Path  # (N, D) float32
    ks: list[int]
    pixels: Path | None = None  # the same as uint8, 255 times as large

    def load(self) -> np.ndarray:
        return np.load(self.features)


def read_idx_images(path: Path) -> np.ndarray:
    """(N, 784) uint8 of an idx3 file, gzipped or not."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    magic, count, height, width = np.frombuffer(content, dtype=">u4", count=4).tolist()
    if magic != 0x803 or len(content) != 16 + count * height * width:
        raise ValueError(f"{path} is no whole idx3 file of uint8")
    return np.frombuffer(content, dtype=np.uint8, offset=16).reshape(count, height * width)


def find_images(folder: Path, part: str) -> Path | None:
    for name in (f"{part}-images-idx3-ubyte.gz", f"{part}-images-idx3-ubyte"):
        if (folder / name).is_file():
            return folder / name
    return None


def pca(x: np.ndarray, components: int) -> np.ndarray:
    """The first principal components, in float64 rounded once; each component's largest entry is positive."""
    centred = x.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, ::-1][:, :components]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(components)])
    return (centred @ axes).astype(np.float32)


def mixture(n: int, d: int, k: int, seed: int = MIXTURE_SEED) -> np.ndarray:
    """k Gaussians of unit variance around places of variance 4, which overlap; shares of the rows from 1 to 3."""
    random = np.random.default_rng(seed)
    places = random.normal(scale=2, size=(k, d))
    share = random.uniform(1, 3, size=k)
    return (places[random.choice(k, size=n, p=share / share.sum())] + random.normal(size=(n, d))).astype(np.float32)


def saved(path: Path, make: object) -> Path:
    """`path`, written by make() where it is not there yet."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished.npy")
        np.save(unfinished, make())  # type: ignore[operator]
        unfinished.rename(path)
    return path


def image_sets(name: str, images: Path, folder: Path, ks: list[int]) -> list[DataSet]:
    pixels = saved(folder / f"{name}-pixels.npy", lambda: read_idx_images(images))
    raw = saved(folder / f"{name}-784.npy", lambda: np.load(pixels) / np.float32(255))
    reduced = saved(folder / f"{name}-pca50.npy", lambda: pca(np.load(raw), 50))
    return [
        DataSet(f"{name}-784", "pixels / 255", raw, ks, pixels),
        DataSet(f"{name}-pca50", "their first 50 principal components", reduced, ks),
    ]


def make_sets(folder: Path, mnist: Path, fashion: Path | None, quick: bool) -> list[DataSet]:
    """All sets. `quick`: the 10 000 test images and a small mixture."""
    part, suffix = ("t10k", "-test") if quick else ("train", "")
    ks = [10, 100] if quick else [10, 100, 1000]
    sets = []
    for name, where in (("mnist", mnist), ("fashion", fashion)):
        images = find_images(where, part) if where is not None else None
        if images is not None:
            sets += image_sets(name + suffix, images, folder, ks)
        elif name == "mnist":
            raise FileNotFoundError(f"no {part}-images-idx3-ubyte[.gz] in {where}")
    n, d, k = (10_000, 32, 20) if quick else (100_000, 32, 200)
    blobs = saved(folder / f"mixture-{n}-{d}-{k}.npy", lambda: mixture(n, d, k))
    about = f"{k} overlapping Gaussians, `numpy.random.default_rng({MIXTURE_SEED})`; nothing was tuned on it"
    return [*sets, DataSet(f"mixture-{d}", about, blobs, [k])]


def initial_rows(folder: Path, n: int, k: int) -> Path:
    """Numbers of k different rows, ascending: the initial centroids of every program."""
    rows = lambda: np.sort(np.random.RandomState(ROWS_SEED).choice(n, k, replace=False)).astype(np.int64)  # noqa: E731
    return saved(folder / f"rows-{n}-{k}.npy", rows)
