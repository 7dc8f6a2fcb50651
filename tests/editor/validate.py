"""Holds the JSON Schema of experiments against Python's jsonschema: good files are valid, wrong ones are refused on the
line that is marked. Usage: validate.py SCHEMA wrong.txt FILE.yaml… ; exit 77 where jsonschema or PyYAML is absent."""

import json
import os
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}; scripts/setup installs it into .venv")
    sys.exit(77)


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: `no` is text and 1e-3 a number, unlike in PyYAML's own 1.1."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
]:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))
Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(loader.construct_scalar(node)))
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))


def without_tag(loader, tag, node):
    """What `!replace` and its like stand before; `!delete` stands before nothing."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) or None


Loader.add_multi_constructor("!", without_tag)


def line_of(node, path):
    """The line, from 1, of what is at `path`; of a key where the path ends in one."""
    line = node.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            key, node = next((k, v) for k, v in node.value if k.value == str(step))
            line = key.start_mark.line + 1
        else:
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def leaves(error):
    """The errors behind an error: of alternatives, that which came farthest."""
    if not error.context:
        return [error]
    return leaves(max(error.context, key=lambda e: len(e.absolute_path)))


def places(error, instance):
    path = list(error.absolute_path)
    if error.validator is None:  # a key that may not be there: jsonschema leaves it out of the path
        for step in path:
            instance = instance[step]
        return [path + [key] for key, value in instance.items() if value == error.instance]
    if error.validator != "additionalProperties":
        return [path]
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    return [path + [k] for k in error.instance if k not in known and not any(re.search(p, k) for p in patterns)]


def lines_of_errors(validator, text):
    node = yaml.compose(text, Loader)
    instance = yaml.load(text, Loader)
    return {
        line_of(node, place): leaf.message
        for error in validator.iter_errors(instance)
        for leaf in leaves(error)
        for place in places(leaf, instance)
    }


def read_wrong(file):
    for part in re.split(r"^=== ", open(file, encoding="utf-8").read(), flags=re.M)[1:]:
        title, _, text = part.partition("\n")
        yield title, text, next(i for i, line in enumerate(text.split("\n"), 1) if "# wrong" in line)


kFirstLine = "# yaml-language-server: $schema="


def names_schema(file, text):
    """Whether the first line tells editors where the schema lies."""
    first = text.partition("\n")[0]
    named = os.path.join(os.path.dirname(file), first.removeprefix(kFirstLine))
    return first.startswith(kFirstLine) and os.path.realpath(named) == os.path.realpath(sys.argv[1])


def main():
    schema = json.load(open(sys.argv[1], encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failed = 0
    for file in sys.argv[3:]:
        text = open(file, encoding="utf-8").read()
        found = lines_of_errors(validator, text)
        if not names_schema(file, text):
            found[1] = f"wants as its first line: {kFirstLine}{os.path.relpath(sys.argv[1], os.path.dirname(file))}"
        for line, message in found.items():
            print(f"{file}:{line}: {message}")
        failed += bool(found)
    wrong = list(read_wrong(sys.argv[2]))
    for title, text, line in wrong:
        found = lines_of_errors(validator, text)
        if set(found) != {line}:
            print(f"{title}: wanted line {line}, got {found or 'no error'}")
            failed += 1
    print(f"{len(sys.argv) - 3} good files, {len(wrong)} wrong ones, {failed} judged otherwise")
    sys.exit(failed > 0 or len(wrong) < 30)


main()
