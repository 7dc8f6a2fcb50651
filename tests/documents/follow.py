"""Follows documents that build something: writes the files that they show, runs the commands that they show, and holds
what these print to what stands under them.

Usage: follow.py PREFIX WORK DOCUMENT…              each by itself, from its first block to its last
       follow.py --together PREFIX WORK DOCUMENT…   first all files, built as one project (CMAKE_ARGUMENTS: more for
                                                    cmake) and tried by the conformance kit, then what each runs

PREFIX is where Shoal is installed, WORK a folder that is made anew. A comment before a fenced block says what it is:
  <!-- file: PATH -->   that file
  <!-- more: PATH -->   more of it
  <!-- run -->          commands, each after "$ ", with what they print under them. "…" stands for any text in a line, a
                        line of it alone for any number of lines. `cd` holds on to the end of the document
  <!-- run: fails -->   the same, and the last one must fail
  <!-- shown: WHY -->   neither
A block without one is an error: what nobody runs is soon wrong.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

BLOCK = re.compile(r"^(?:<!-- (file|more|run|shown)(?:: ([^>]*?))? -->\n)?```([a-z]*)\n(.*?)^```$", re.M | re.S)


class Wrong(Exception):
    pass


class Document:
    def __init__(self, name, work):
        self.name, self.folder = name, work
        self.blocks = []
        text = open(name, encoding="utf-8").read()
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start(4)) + 1
            self.blocks.append((f"{name}:{line}", block[1], block[2] or "", block[4]))
        if len(self.blocks) * 2 != len(re.findall(r"^```", text, re.M)):
            raise Wrong(f"{name}: a fence that is not closed")

    def write(self, place, mark, path, text):
        path = os.path.join(self.folder, path)
        if (mark == "file") == os.path.exists(path) and path in written:
            raise Wrong(f"{place}: '{path}' is {'there already' if mark == 'file' else 'not begun'}")
        if mark == "more" and path not in written:
            raise Wrong(f"{place}: no block before this one begins '{path}'")
        written.add(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w" if mark == "file" else "a", encoding="utf-8") as out:
            out.write(text)

    def run_block(self, place, fails, text):
        """Commands go on over lines that end in "\\"; what they print is all up to the next "$ "."""
        steps = re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", text, re.M)
        if not steps or not text.startswith("$ "):
            raise Wrong(f"{place}: a block that is run begins with '$ '")
        for i, (command, expected) in enumerate(steps):
            code, printed = self.shell(command)
            if (code != 0) != (fails and i + 1 == len(steps)):
                raise Wrong(f"{place}: '{command}' ends with exit code {code}:\n{printed}")
            if expected and not re.fullmatch(pattern_of(expected), printed):
                raise Wrong(f"{place}: '{command}' prints\n{printed}")

    def shell(self, command):
        script = f'{command}\ncode=$?; pwd >"$SHOAL_FOLLOWED"; exit $code'
        kept = os.path.join(work, "folder")
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, env={**os.environ, "SHOAL_FOLLOWED": kept}, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.folder = open(kept, encoding="utf-8").read().rstrip("\n")
        return done.returncode, done.stdout

    def files(self):
        return [os.path.join(work, what) for _, mark, what, _ in self.blocks if mark == "file"]

    def write_files(self):
        for place, mark, what, text in self.blocks:
            if mark in ("file", "more"):
                self.write(place, mark, what, text)

    def run_commands(self):
        for place, mark, what, text in self.blocks:
            if mark == "run":
                self.run_block(place, what == "fails", text)

    def follow(self):
        for place, mark, what, text in self.blocks:
            if mark in ("file", "more"):
                self.write(place, mark, what, text)
            elif mark == "run":
                self.run_block(place, what == "fails", text)

    def check_marks(self):
        for place, mark, what, _ in self.blocks:
            if mark is None or (mark == "run" and what not in ("", "fails")):
                raise Wrong(f"{place}: a block that no mark says what to do with")


def pattern_of(expected):
    out = ""
    for line in expected.splitlines():
        out += "(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
    return out


def build_together(documents):
    """One project of all folders with a CMakeLists.txt: configured once, built, tested; each finds its plugin in build/."""
    for document in documents:
        document.write_files()
    folders = sorted(os.path.dirname(path) for path in written if os.path.basename(path) == "CMakeLists.txt")
    project = ["cmake_minimum_required(VERSION 3.25)", "project(all LANGUAGES C CXX)",
               "find_package(Shoal CONFIG REQUIRED COMPONENTS kernels torch)"]
    project += [f"add_subdirectory({os.path.relpath(folder, work)})" for folder in folders]
    with open(os.path.join(work, "CMakeLists.txt"), "w", encoding="utf-8") as out:
        out.write("\n".join(project) + "\n")
    build = os.path.join(work, "build")
    for folder in folders:
        os.symlink(build, os.path.join(folder, "build"))
    for step in [["cmake", "-G", "Ninja", "-S", work, "-B", build, "-DCMAKE_BUILD_TYPE=None", f"-DCMAKE_PREFIX_PATH={prefix}",
                  *shlex.split(os.environ.get("CMAKE_ARGUMENTS", ""))],
                 ["cmake", "--build", build]]:
        done = subprocess.run(step, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Wrong(f"{shlex.join(step)}\n{done.stdout}")
    return {folder: os.path.join(build, "plugins", f"lib{os.path.basename(folder)}.so") for folder in folders}


def check_conformance(plugins, documents):
    """Each plugin holds to its kind, and each case that was tried stands, with its promise, in a table of its document or
    of README.md beside it."""
    for document in documents:
        texts = open(document.name, encoding="utf-8").read()
        texts += open(os.path.join(os.path.dirname(document.name), "README.md"), encoding="utf-8").read()
        for folder, plugin in plugins.items():
            if folder not in {os.path.dirname(path) for path in document.files()}:
                continue
            done = subprocess.run([f"{prefix}/bin/shoal", "plugins", "test", plugin, "--json"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                raise Wrong(f"{document.name}: the kit says of {plugin}:\n{done.stdout}")
            for case in json.loads(done.stdout)[0]["cases"]:
                if f"| `{case['case']}` | {case['promise']} |" not in texts:
                    raise Wrong(f"{document.name}: no table has '| `{case['case']}` | {case['promise']} |'")


def main():
    global prefix, work
    together = sys.argv[1] == "--together"
    prefix, work, *names = (os.path.abspath(name) for name in sys.argv[2 if together else 1 :])
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    os.environ.update(PATH=f"{prefix}/bin:{os.environ['PATH']}", SHOAL_STORE=f"{work}/store", XDG_DATA_HOME=f"{work}/none")
    os.environ.pop("SHOAL_PLUGIN_PATH", None)
    ran = 0
    try:
        documents = [Document(name, work) for name in names]
        for document in documents:
            document.check_marks()
        if together:
            check_conformance(build_together(documents), documents)
        for document in documents:
            document.run_commands() if together else document.follow()
            ran += len(document.blocks)
    except Wrong as wrong:
        sys.exit(str(wrong))
    print(f"{ran} blocks in {len(names)} documents")
    sys.exit(ran == 0)


written = set()
main()
