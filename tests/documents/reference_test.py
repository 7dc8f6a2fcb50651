"""Holds that docs/reference finds what is not documented, and that its filter means what our comments mean.

Usage: reference_test.py DOXYGEN ROOT
"""

import os
import subprocess
import sys
import tempfile

HEADER = """// A header.
namespace [[gnu::visibility("hidden")]] shoal {

/// A pair.
struct Pair {
  int first, second;  ///< two numbers
  /// The least allowed.
  void min(int bound);
  void max(int bound);
%s
};
enum class Sort { kUp, kDown };  ///< which comes first
}  // namespace shoal
"""


def complaints(doxygen, root, added):
    """What Doxygen says of the header with `added` in its class, and whether it fails."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "pair.h"), "w", encoding="utf-8") as out:
            out.write(HEADER % added)
        with open(os.path.join(root, "docs/reference/Doxyfile"), encoding="utf-8") as file:
            settings = file.read() + f"\nINPUT = {folder}/pair.h docs/reference/shoal.dox\n"
        done = subprocess.run([doxygen, "-"], input=settings, cwd=root, capture_output=True, text=True,
                              env={**os.environ, "SHOAL_PYTHON": sys.executable, "SHOAL_REFERENCE": folder})
        return done.returncode, done.stderr


def main():
    doxygen, root = sys.argv[1:]
    wrong = []
    for added, expected in [("", None), ("  int sum() const;  ///< of both", None), ("\n  int sum() const;", "Member sum() const"),
                            ("\n  int third, fourth;", "Member third"), ("\n  class Inner {\n   public:\n    int x();\n  };", "Inner")]:
        code, said = complaints(doxygen, root, added)
        if (code != 0) != (expected is not None) or (expected or "") not in said:
            wrong.append(f"with {added!r} it ends with {code} and says:\n{said}")
    sys.exit("\n".join(wrong) if wrong else 0)


main()
