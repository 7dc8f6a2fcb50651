"""Says in plain words what a run of configs/seed/3-deepcluster.yaml measured. Usage: demo_summary.py RUN-FOLDER"""

import json
import statistics
import sys
from pathlib import Path

MEASURED = {
    "probe.accuracy": "linear probe on the encoder that DeepCluster trained, frozen; no label was seen before the probe",
    "random_probe.accuracy": "the same probe on the same encoder as it was initialised (what the labels do alone)",
    "ceiling.accuracy": "the same network trained with all labels (what is to be had)",
}


def mean_and_deviation(values: list[float]) -> str:
    """E.g. '98.81 ± 0.05 % (3 seeds)'."""
    percent = [100 * value for value in values]
    if len(percent) == 1:
        return f"{percent[0]:.2f} % (1 seed)"
    return f"{statistics.mean(percent):.2f} ± {statistics.stdev(percent):.2f} % ({len(percent)} seeds)"


def main(folder: Path) -> int:
    results = json.loads((folder / "results.json").read_text())
    rows = results["rows"]

    print("\nWhat was measured: accuracy on the 10 000 test digits, mean ± standard deviation over seeds")
    for metric, meaning in MEASURED.items():
        values = [row["metrics"][metric] for row in rows if row.get("metrics", {}).get(metric) is not None]
        if values:
            print(f"  {mean_and_deviation(values):28}  {metric:22}  {meaning}")
        else:
            print(f"  {'not measured':28}  {metric:22}  {meaning}")

    failed = [row for row in rows if row["status"] != "done"]
    if failed:
        print(f"{len(failed)} of {len(rows)} runs did not finish; {folder / 'log.txt'} says why")

    figures = sorted((folder / "figures").glob("*.svg")) or sorted((folder / "figures").glob("*.json"))
    print("Figures" if figures else "No figures were drawn")
    for figure in figures:
        print(f"  {figure}")
    print(f"Everything else (numbers, resolved experiment, log, weights) is in {folder}/")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
