"""Holds that the tables of built-in components in docs/kinds are what `shoal plugins` says; --renew writes them.

Usage: components.py [--renew] SHOAL ROOT [OPTIONAL…]

A table stands between <!-- components: KIND --> and <!-- end -->. An OPTIONAL component may be missing from this build;
the table has it all the same.
"""

import glob
import os
import re
import subprocess
import sys

TABLE = re.compile(r"<!-- components: ([a-z]+) -->\n(.*?)<!-- end -->", re.S)


def components(shoal):
    """{"kind/name": (tier, summary)}"""
    listed = subprocess.run([shoal, "plugins"], capture_output=True, text=True, check=True).stdout
    return {id: (tier, summary) for id, tier, summary in re.findall(r"^  (\S+/\S+) +\S+ +(portable|torch) +(.+)$", listed, re.M)}


def page_of(root, id):
    """The README of the plugin that is about this component, or that names it in its first lines."""
    kind, name = id.split("/")
    pages = sorted(glob.glob(os.path.join(root, "plugins", f"{kind}s", "*", "README.md")))
    for page in pages:
        head = open(page, encoding="utf-8").read().split("\n", 1)[0]
        if re.search(rf"{re.escape(id)}(?![a-z0-9-])", head) or os.path.basename(os.path.dirname(page)) == name:
            return os.path.relpath(page, os.path.join(root, "docs/kinds"))
    return None


def table_of(root, known, kind):
    out = "| component | tier | what it is |\n|---|---|---|\n"
    for id, (tier, summary) in known.items():
        if id.startswith(kind + "/"):
            page = page_of(root, id)
            out += f"| {f'[`{id}`]({page})' if page else f'`{id}`'} | {tier} | {summary} |\n"
    return out


def main():
    renew = sys.argv[1] == "--renew"
    shoal, root, *optional = sys.argv[2 if renew else 1 :]
    known = components(shoal)
    wrong, tables = [], 0
    for name in sorted(glob.glob(os.path.join(root, "docs/kinds/*.md"))):
        text = open(name, encoding="utf-8").read()
        for kind, written in TABLE.findall(text):
            tables += 1
            right = table_of(root, known, kind)
            if renew:
                text = text.replace(f"<!-- components: {kind} -->\n{written}", f"<!-- components: {kind} -->\n{right}")
                continue
            missing = [line for line in right.splitlines() if line not in written.splitlines()]
            surplus = [line for line in written.splitlines() if line not in right.splitlines()]
            surplus = [line for line in surplus if not any(f"`{id}`" in line for id in optional if id not in known)]
            wrong += [f"{name} has not: {line}" for line in missing] + [f"{name} has, wrongly: {line}" for line in surplus]
        if renew:
            open(name, "w", encoding="utf-8").write(text)
    kinds = {id.split("/")[0] for id in known}
    if tables != len(kinds):
        wrong.append(f"{tables} tables for {len(kinds)} kinds: {', '.join(sorted(kinds))}")
    print("\n".join(wrong) if wrong else f"{tables} tables of {len(known)} components")
    if wrong:
        sys.exit(f"python3 tests/documents/components.py --renew {shoal} {root}")


main()
