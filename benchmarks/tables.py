"""Measurements as Markdown."""

import argparse
import math
import statistics
from pathlib import Path
from typing import Any

Described = dict[str, tuple[int, int, str]]  # name: rows, columns, what it is


def number(value: float) -> str:
    """Three digits that count: 0.0123, 1.23, 12.3, 123."""
    if value == 0 or not math.isfinite(value):
        return str(value)
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def fit_table(fits: list[list[Any]]) -> str:
    rows = []
    for group in fits:
        ours = group[0].best()
        least = min((row.inertia for row in group if row.inertia is not None), default=None)
        for row in group:
            start = [row.data, str(row.k), row.program]
            notes = "; ".join(row.notes)
            best = row.best()
            if best is None:
                rows.append([*start, row.failure, "", "", "", "", "", "", notes])
                continue
            rows.append([
                *start,
                number(best),
                number(statistics.median(row.seconds)),
                str(len(row.seconds)),
                number(1000 * best / row.iterations) if row.iterations else "",
                str(row.iterations),
                f"{row.inertia:.9g} ({row.inertia / least - 1:+.1e})" if row.inertia is not None and least else "none",
                number(best / ours) if ours else "",
                notes,
            ])  # fmt: skip
    head = ["data", "k", "program", "s, best", "s, median", "fits", "ms an iteration", "iterations"]
    return table([*head, "inertia (over the least)", "× ours", "notes"], rows)


def fastest_peer(group: list[Any]) -> Any:
    """Of those that got as far: whose inertia is at most 0.1 % above the least. None where there is none."""
    least = min((row.inertia for row in group if row.inertia is not None), default=math.inf)
    peers = [row for row in group if not row.is_ours and row.best() is not None]
    as_far = [row for row in peers if row.inertia is not None and row.inertia <= 1.001 * least]
    return min(as_far, key=lambda row: row.best(), default=None)


def ratio_table(fits: list[list[Any]]) -> str:
    """The fastest peer over our first variant."""
    rows = []
    for group in fits:
        first, peer = group[0], fastest_peer(group)
        ours = first.best()
        cells = [first.data, str(first.k), number(ours) if ours else first.failure]
        cells += [peer.program, number(peer.best())] if peer else ["none", ""]
        if ours and peer:
            an_iteration = (peer.best() / peer.iterations) / (ours / first.iterations)
            cells += [f"**{number(peer.best() / ours)}**", number(an_iteration)]
        rows.append(cells + [""] * (7 - len(cells)))
    return table(["data", "k", "ours, s", "fastest peer", "its s", "peer ÷ ours", "the same, an iteration"], rows)


def mean_and_deviation(values: list[float]) -> str:
    if len(values) < 2:
        return number(values[0]) if values else ""
    return f"{number(statistics.mean(values))} ± {number(statistics.stdev(values))}"


def inertia_and_deviation(values: list[float]) -> str:
    mean = statistics.mean(values)
    return f"{mean:.6g}" + (f" ± {100 * statistics.stdev(values) / mean:.2f} %" if len(values) > 1 else "")


def by_seed_table(groups: list[list[dict[str, Any]]], quality: str) -> str:
    rows = []
    for group in groups:
        ours = group[0]
        for row in group:
            if row["failure"] or not row["seconds"]:
                rows.append([row["data"], str(row["k"]), row["program"], row["failure"], "", "", "", ""])
                continue
            complete = not ours["failure"] and ours["seconds"]
            ratio = number(min(row["seconds"]) / min(ours["seconds"])) if complete else ""
            rows.append([
                row["data"], str(row["k"]), row["program"], number(min(row["seconds"])),
                mean_and_deviation(row["seconds"]), ratio, inertia_and_deviation(row["inertia"]),
                str(len(row["seconds"])),
            ])  # fmt: skip
    head = ["data", "k", "program", "s, best", "s, mean ± sd", "× ours"]
    return table([*head, f"{quality}, mean ± sd", "seeds"], rows)


def comparison_page(
    head: list[str],
    described: Described,
    fits: list[list[Any]],
    verified: list[str],
    seedings: list[list[dict[str, Any]]],
    minibatches: list[list[dict[str, Any]]],
    args: argparse.Namespace,
) -> str:
    sets = [f"`{name}` ({n} × {d}: {about})" for name, (n, d, about) in described.items()]
    how = f"* {args.threads} threads, OMP_WAIT_POLICY {args.omp_wait}. Data: {', '.join(sets)}."
    parts = ["\n".join([*head, how])]
    if fits:
        parts += [
            "### The fastest peer against ours\nBest of the repeats, from the same rows to the end. Peers that end more "
            "than 0.1 % above the least inertia do not count.",
            ratio_table(fits),
            f"### Every program\ntol 0, at most {args.max_iter} iterations; fits in turn, {args.repeat} or more where "
            "ours are short. Inertia is recomputed in float64 from the centroids that came back. faiss stops where its "
            "float32 objective falls no more; geokmeans uses one thread and labels the rows once more at the end.",
            fit_table(fits),
        ]
    if verified:
        parts.append("Ours against a plain float64 Lloyd in NumPy:\n\n" + "\n".join(f"* {line}" for line in verified))
    if seedings:
        about = "`sklearn.cluster.kmeans_plusplus` and `shoal::kernels`; the potential is the inertia of the seeds."
        parts += [f"### Seeding: greedy k-means++\n{about}", by_seed_table(seedings, "potential")]
    if minibatches:
        about = "Each program's own stop rule and defaults, one start."
        parts += [f"### Mini-batches of 1024\n{about}", by_seed_table(minibatches, "inertia")]
    return "\n\n".join(parts)


def growth_page(head: list[str], measured: list[dict[str, Any]]) -> str:
    rows = []
    previous: dict[str, Any] | None = None
    for case in measured:
        start = [str(case["n"]), str(case["k"]), str(case["d"])]
        if "failure" in case:
            rows.append([case["varied"], *start, case["failure"], "", "", "", ""])
            previous = None
            continue
        best = min(case["seconds"])
        an_iteration = best / case["iterations"]
        exponent = ""
        if previous is not None and previous["varied"] == case["varied"]:
            steps = math.log(case[case["varied"]] / previous[case["varied"]])
            exponent = f"{math.log(an_iteration / (min(previous['seconds']) / previous['iterations'])) / steps:.2f}"
        rows.append([
            case["varied"], *start, number(best), str(case["iterations"]), number(1000 * an_iteration), exponent,
            number((case["peak_rss_bytes"] - case["rss_before_bytes"]) / 2**20),
        ])  # fmt: skip
        previous = case
    about = (
        "Ours alone, at most 20 iterations on a mixture of 1000 Gaussians. The exponent is the slope of the time of an "
        "iteration from the row above, log over log: 1 is proportional. Memory is what fits take beyond the data."
    )
    head_row = ["varied", "n", "k", "d", "s, best", "iterations", "ms an iteration", "exponent", "MiB"]
    return "\n\n".join(["\n".join(head), "### Growth\n" + about, table(head_row, rows)])


def growth_figure(measured: list[dict[str, Any]]) -> dict[str, Any]:
    """Vega-Lite: seconds an iteration against what is varied, log over log."""
    values = [
        {
            "varied": case["varied"],
            "size": case[case["varied"]],
            "seconds": min(case["seconds"]) / case["iterations"],
        }
        for case in measured
        if "failure" not in case
    ]
    axis = {"type": "quantitative", "scale": {"type": "log"}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "column": {"field": "varied", "type": "nominal"},
            "x": {"field": "size", **axis},
            "y": {"field": "seconds", **axis},
        },
        "resolve": {"scale": {"x": "independent"}},
    }


def markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def require_markers(page: Path, name: str) -> None:
    content = page.read_text()
    for marker in markers(name):
        if content.count(marker) != 1:
            raise ValueError(f"{page} must have '{marker}' once, but has it {content.count(marker)} times")


def write_between_markers(page: Path, name: str, text: str) -> None:
    """Puts `text` between the page's `<!-- name: begin -->` and `<!-- name: end -->`."""
    require_markers(page, name)
    begin, end = markers(name)
    before, rest = page.read_text().split(begin)
    page.write_text(f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}")
