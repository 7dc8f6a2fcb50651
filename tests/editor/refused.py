"""Holds that `shoal check` refuses what the schema refuses. Usage: refused.py SHOAL wrong.txt"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor


def judge(part):
    title, _, text = part.partition("\n")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "wrong.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        found = subprocess.run([sys.argv[1], "check", file], capture_output=True, text=True)
    return title, found.returncode == 1 and "error[" in found.stderr


def main():
    parts = re.split(r"^=== ", open(sys.argv[2], encoding="utf-8").read(), flags=re.M)[1:]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(judge, parts))
    for title, refused in outcomes:
        if not refused:
            print(f"{title}: shoal check has nothing against it")
    print(f"{len(outcomes)} files, {sum(refused for _, refused in outcomes)} refused")
    sys.exit(not outcomes or not all(refused for _, refused in outcomes))


main()
