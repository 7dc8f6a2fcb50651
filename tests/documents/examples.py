"""Holds that what the documents show is so: every YAML block is good to `shoal check --strict`, every `shoal …` names
commands and options that there are, and what stands under a `$` line is what comes out.

Usage: examples.py SHOAL ROOT DOCUMENT…

A comment before a fenced block says what it is:
  <!-- checked: whole -->         an experiment; if its first line is "# NAME.yaml", other blocks may name it
  <!-- checked: over NAME -->     laid over that one
  <!-- checked: nodes, NAME -->   nodes, laid over that one's
  <!-- checked: before NAME -->   lines that stand before that one
  <!-- checked: output -->        a command and what it prints
A NAME with a folder in it is a file of the repository.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap

SHOAL, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
BLOCK = re.compile(r"^(?:<!-- checked: ([^>]*?) -->\n)?```([a-z]*)\n(.*?)^```$", re.M | re.S)


def shoal(arguments, folder):
    return subprocess.run([SHOAL, *arguments], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def lay_out(folder):
    """What the examples name beside themselves: six examples (2) of 0.0 as .npy, and a folder of plugins."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (6, 2), }"
    header += b" " * (117 - len(header)) + b"\n"
    os.makedirs(os.path.join(folder, "features"))
    os.makedirs(os.path.join(folder, "build/plugins"))
    with open(os.path.join(folder, "features/digits.npy"), "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(48))


def name_of(text):
    named = re.match(r"# ([a-z-]+\.yaml)\n", text)
    return named[1] if named else "block.yaml"


class Document:
    """The blocks of one document, checked in a folder of its own."""

    def __init__(self, name, folder):
        self.folder, self.wrong, self.checked = folder, [], 0
        self.name, self.text = name, open(os.path.join(ROOT, name), encoding="utf-8").read()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as out:
            out.write(text)
        return name

    def place_of(self, name):
        return os.path.join(ROOT if "/" in name else self.folder, name)

    def check_block(self, mark, text):
        kind, _, name = re.split(r"(,? )", mark, maxsplit=1) if " " in mark else (mark, "", "")
        if kind == "whole":
            arguments = [self.write(name_of(text), text)]
        elif kind == "over":
            arguments = [self.place_of(name), "--with", self.write("block.yaml", text)]
        elif kind == "nodes":
            nodes = "nodes:\n" + textwrap.indent(textwrap.dedent(text), "  ")
            arguments = [self.place_of(name), "--with", self.write("block.yaml", nodes)]
        elif kind == "before":
            arguments = [self.write("block.yaml", text + open(self.place_of(name), encoding="utf-8").read())]
        else:
            return f"the mark 'checked: {mark}' is not known"
        found = shoal(["check", "--strict", "--data", os.path.join(ROOT, "data"), *arguments], self.folder)
        return "" if found.returncode == 0 else found.stdout + found.stderr

    def check_output(self, text):
        command, said = text.split("\n", 1)
        words = shlex.split(command.removeprefix("$ "))
        found = shoal(words[1:], ROOT)
        printed = found.stdout + found.stderr
        return "" if printed == said else f"'{command}' prints\n{printed}"

    def check_blocks(self):
        for mark, _, text in BLOCK.findall(self.text):
            if mark == "whole":
                self.write(name_of(text), text)
        for block in BLOCK.finditer(self.text):
            mark, language, text = block.groups()
            if mark == "output":
                wrong = self.check_output(text)
            elif language == "yaml":
                wrong = self.check_block(mark, text) if mark else "a block of YAML that no mark says how to check"
            else:
                continue
            self.checked += 1
            if wrong:
                line = self.text.count("\n", 0, block.start()) + 1
                self.wrong.append(f"{self.name}:{line}: {wrong}")

    def commands(self):
        """Each `shoal …` of the document: in a line of its own, or within a sentence."""
        prose = re.sub(r"^```.*?^```$", "", self.text, flags=re.M | re.S)
        found = re.findall(r"(?<!`)`((?:shoal |--?[a-z])[^`]*)`", prose)
        for line in self.text.splitlines():
            for part in re.split(r"\s{3,}|[<>|(]|  # ", line.strip().removeprefix("$ ")):
                if re.match(r"(build/release/bin/)?shoal [a-z-]+", part):
                    found.append(part)
        return [" ".join(command.removeprefix("build/release/bin/").split()) for command in found]

    def check_commands(self, helps):
        for command in self.commands():
            words = command.split()
            options = {word.split("=")[0].rstrip(",;.)") for word in words if re.match(r"--?[a-z]", word)}
            if words[0] == "shoal" and len(words) > 1 and re.match(r"[a-z]", words[1]):
                name = next((" ".join(words[1:n]) for n in (3, 2) if " ".join(words[1:n]) in helps), None)
                known = helps[name] if name else None
            else:  # options alone: of whichever command
                known = set().union(*helps.values())
            self.checked += 1
            if known is None:
                self.wrong.append(f"{self.name}: '{command}': no such command")
            elif options - known:
                self.wrong.append(f"{self.name}: '{command}': no such option: {', '.join(sorted(options - known))}")


def options_of_commands():
    """"store prune" → {"--older", …}, for every command."""
    helps = {}

    def add(name):
        text = shoal([*name, "--help"], ROOT).stdout
        helps[" ".join(name)] = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", "".join(re.findall(r"^  -\S+", text, re.M))))
        subcommands = re.search(r"Subcommands:\n((?:  .*\n)+)", text, re.I)
        for sub in re.findall(r"^  ([a-z-]+)", subcommands[1] if subcommands else "", re.M):
            add([*name, sub])

    add([])
    return helps


def main():
    os.environ.pop("FEATURES", None)
    helps = options_of_commands()
    wrong, checked = [], 0
    for name in sys.argv[3:]:
        with tempfile.TemporaryDirectory() as folder:
            lay_out(folder)
            document = Document(name, folder)
            document.check_blocks()
            document.check_commands(helps)
            wrong += document.wrong
            checked += document.checked
    print("\n".join(wrong))
    print(f"{checked} examples, {len(wrong)} wrong")
    sys.exit(not checked or bool(wrong))


main()
