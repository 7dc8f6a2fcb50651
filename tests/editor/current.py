"""Tells whether configs/experiment.schema.json is what `shoal schema` prints over the plugins of this build.
Usage: current.py SHOAL SCHEMA PLUGIN… ; components of the plugins named may be absent here: they are built only where
their packages are."""

import json
import subprocess
import sys


def split(schema):
    """The components, id → all that is said of it, and the rest."""
    definitions = schema["definitions"]
    components = {}
    names, _ = definitions["use"]["anyOf"]
    for name, summary in zip(names.pop("enum"), names.pop("enumDescriptions")):
        components[name] = [summary]
    conditions = definitions["node"].pop("allOf") + definitions["complete_node"]["else"]["allOf"]
    definitions["complete_node"]["else"]["allOf"] = [one for one in conditions if "if" not in one]
    for condition in conditions:
        if "if" in condition:
            components[condition["if"]["properties"]["use"]["enum"][0]].append(condition["then"])
    return components, schema


def main():
    program, file, *optional = sys.argv[1:]
    printed = subprocess.run([program, "schema"], check=True, capture_output=True, text=True).stdout
    here, rest_here = split(json.loads(printed))
    kept, rest_kept = split(json.load(open(file, encoding="utf-8")))
    wrong = [f"{name}: differs" for name in here if name in kept and here[name] != kept[name]]
    wrong += [f"{name}: is not in it" for name in here if name not in kept]
    wrong += [
        f"{name}: is in it, but in no plugin here (was everything built?)"
        for name in kept
        if name not in here and not any(name.startswith(prefix) for prefix in optional)
    ]
    if rest_here != rest_kept:
        wrong.append("what it says of the file as a whole differs")
    for one in wrong:
        print(f"{file}: {one}")
    if wrong:
        print(f"where all plugins are built: {program} schema > {file}")
    print(f"{len(here)} components here, {len(kept)} in the file")
    sys.exit(bool(wrong) or not here)


main()
