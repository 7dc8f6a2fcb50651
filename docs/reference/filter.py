"""A header of the SDK as Doxygen is to see it (its INPUT_FILTER). Lines keep their numbers.

What our comments mean and Doxygen does not know:
  * a comment holds for all declarations under it, up to a blank line: `min` and `max` share one. It is repeated
  * a comment behind `Index row, to;` is of both, and one behind an enumeration is of all of it
  * a struct without a comment is what its members say; a constructor without one makes what the class is, from these
What every class repeats, and no reader asks about, is left out: destructors, copies that are defaulted or deleted, the
names that bind a class to its C table.
"""

import re
import sys

REPEATED = re.compile(
    r"\s*(static constexpr const char\* k(Kind|Id) =.*|using Interfaces =.*|(virtual )?~\w+\(\).*[;}]"
    r"|(explicit )?\w+(& operator=)?\((const )?\w+&+( \w+)?\)( noexcept)? = (delete|default);)")
SEVERAL = re.compile(r"( *)((?:[\w:<>*&]|, (?=\w+>))+) (\w+(?: = [^,;()]+)?(?:, \w+(?: = [^,;()]+)?)+);(?:\s*///< (.*))?")


def indent_of(line):
    return len(line) - len(line.lstrip(" "))


def with_comment(line, comment):
    return " " * indent_of(line) + f"/** {comment} */ {line.strip()}"


def take_apart(line, comment):
    """Of `Index row, to;` two declarations, each with the comment."""
    parts = SEVERAL.fullmatch(line)
    if not parts or parts[2] in ("return", "using", "typename"):
        return line
    comment = parts[4] or comment
    if not comment:
        return line
    return parts[1] + " ".join(f"/** {comment} */ {parts[2]} {name};" for name in re.split(r", (?=\w+(?: =|,|$))", parts[3]))


class Comments:
    """Walks through a header, and knows which comment holds."""

    def __init__(self):
        self.comment, self.indent, self.fresh = [], -1, False  # fresh: it has no declaration yet
        self.before, self.classes = "", set()

    def see(self, line):
        text = line.strip()
        if text.startswith("///"):
            line = line.replace("<…>", "&lt;…&gt;")  # no tag
            if not self.before.startswith("///"):
                self.comment, self.indent = [], indent_of(line)
            self.comment.append(text.removeprefix("///").strip())
            self.fresh = True
            return line
        if not text or re.match(r"(public|protected|private):", text):
            self.comment, self.fresh = [], False
            return line
        return self.declaration(line, text)

    def declaration(self, line, text):
        begins = self.before.endswith((";", "}", "{", ":", ">")) or "//" in self.before or not self.before
        shared = " ".join(self.comment) if self.comment and indent_of(line) == self.indent else ""
        own = self.fresh and shared
        self.fresh = False
        named = re.match(r"(?:class|struct) (\w+)", text)
        if named and not text.endswith(";"):
            self.classes.add(named[1])
            if not own and not shared and text.startswith("struct"):
                return with_comment(line, "What its members say.")
        if text.startswith(("}", "//", ":", ")", "#", "if", "for", "return")) or not begins:
            return line
        apart = take_apart(line, shared)
        if apart != line:
            return apart
        listed = re.fullmatch(r"(enum class .*;)\s*///< (.*)", text)
        if listed:  # Doxygen would give it to the last enumerator
            return with_comment(listed[1], listed[2])
        if own or "///<" in text:
            return line
        made = re.match(r"(?:explicit )?(\w+)\(", text)
        if made and made[1] in self.classes and not shared:
            return with_comment(line, "Makes one from these.")
        return with_comment(line, shared.replace("*/", "")) if shared else line

    def walk(self, lines):
        for line in lines:
            yield self.see(line)
            if line.strip():
                self.before = line.strip()


def main():
    lines = open(sys.argv[1], encoding="utf-8").read().replace('[[gnu::visibility("hidden")]] ', "").split("\n")
    lines = ["" if REPEATED.fullmatch(line) else line for line in lines]
    sys.stdout.write("\n".join(Comments().walk(lines)))


main()
