"""The command `shoal`, which becomes the program beside this package; `python -m shoal --cmake-dir` says where
find_package(Shoal) finds the plugin SDK."""

import os
import sys

from . import _places


def main():
    if sys.argv[1:] == ["--cmake-dir"]:
        print(_places.cmake_dir())
        return
    program = _places.program()
    os.execve(program, ["shoal", *sys.argv[1:]], _places.environment())


if __name__ == "__main__":
    main()
