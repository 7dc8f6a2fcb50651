#!/usr/bin/env python3
"""Writes one Markdown table from the results of runs: python3 scripts/results_table.py RUN-FOLDER… > table.md

A line for each setting of each run: mean ± sample standard deviation over its seeds, none dropped; rows that failed are
counted. Numbers come from each run's results.json alone, by the names of metrics that the shipped experiments use.
"""

import json
import statistics
import sys
from pathlib import Path

# Column, and the metrics that belong in it: the first that a run has.
COLUMNS = [
    ("frozen probe", ["probe.accuracy"]),
    ("with all labels", ["learn.accuracy", "supervised.accuracy", "ceiling.accuracy"]),
    ("ACC", ["after.acc", "classes.acc", "quality.acc", "as_classes.acc"]),
    ("NMI", ["after.nmi", "classes.nmi", "quality.nmi", "as_classes.nmi"]),
]


def spread(values, digits):
    """'0.9914 ± 0.0004'; one value has no deviation, and says so by standing alone."""
    if not values:
        return ""
    mean = f"{statistics.mean(values):.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ± {statistics.stdev(values):.{digits}f}"


def value_of(row, names):
    return next((row["metrics"][name] for name in names if name in row["metrics"]), None)


def seconds_of(row):
    """Of all its nodes, also those that an earlier row had computed."""
    return sum(node["seconds"] or 0 for node in row["nodes"])


def lines_of(folder):
    results = json.loads((Path(folder) / "results.json").read_text())
    by_setting = {}
    for row in results["rows"]:
        by_setting.setdefault(tuple(sorted(row["settings"].items())), []).append(row)
    for setting, rows in by_setting.items():
        done = [row for row in rows if row["status"] == "done"]
        seeds = ", ".join(str(row["seed"]) for row in rows)
        if len(done) < len(rows):
            seeds += f" ({len(rows) - len(done)} failed)"
        cells = [results["name"], ", ".join(f"{axis} {label}" for axis, label in setting), seeds]
        for _, names in COLUMNS:
            found = [value_of(row, names) for row in done]
            cells.append(spread([value for value in found if value is not None], 4))
        cells.append(spread([seconds_of(row) for row in done], 0))
        yield "| " + " | ".join(cells) + " |"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    header = ["experiment", "setting", "seeds"] + [name for name, _ in COLUMNS] + ["seconds of its nodes"]
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for folder in sys.argv[1:]:
        for line in lines_of(folder):
            print(line)


if __name__ == "__main__":
    main()
