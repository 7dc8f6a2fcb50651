"""A run folder as a matrix of 200 rows with 10⁶ logged scalars leaves it: large_run.py FOLDER. For measuring `shoal report`."""

import json
import math
import pathlib
import sys

SETTINGS, SEEDS, SERIES, STEPS = 40, 5, 10, 500

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True)
rows, tasks, planned = [], [], []
for setting in range(SETTINGS):
    for seed in range(SEEDS):
        number = len(rows)
        names = {"learn.learning_rate": f"{10 ** (-4 + setting / 13):.3g}"}
        metrics = {f"learn.metric_{i}": math.sin(setting + i) + 0.01 * seed for i in range(6)}
        rows.append({"settings": names, "seed": seed, "status": "done", "metrics": metrics, "seconds": 3.0, "peak_rss_bytes": 400_000_000,
                     "nodes": [{"node": "learn", "component": "trainer/supervised", "status": "ran", "seconds": 3.0, "peak_rss_bytes": 4e8}]})
        tasks.append({"node": "learn", "use": "trainer/supervised", "key": f"{number:064x}", "row": number, "library": "supervised 0.1.0", "seed": seed,
                      "with": {"epochs": 10, "learning_rate": float(names["learn.learning_rate"])}, "in": {}})
        planned.append({"settings": names, "seed": seed, "tasks": [[number, number]]})
(folder / "results.json").write_text(json.dumps({
    "name": "large", "started": "2026-11-27T12:00:00Z", "axes": ["learn.learning_rate"], "report": ["learn.metric_0", "learn.metric_1"],
    "better": {"learn.metric_0": "higher"}, "rows": rows}, indent=2))
(folder / "plan.json").write_text(json.dumps({"format": 2, "axes": ["learn.learning_rate"], "tasks": tasks, "rows": planned}))
with open(folder / "metrics.jsonl", "w") as out:
    for number in range(len(rows)):
        for step in range(STEPS):
            for series in range(SERIES):
                value = math.exp(-step / (50 + number)) + 0.1 * math.sin(step * (series + 1) + number)
                out.write('{"row":%d,"node":"learn","name":"series_%d","step":%d,"value":%r}\n' % (number, series, step, value))
