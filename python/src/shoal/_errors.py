"""What goes wrong with an experiment, as exceptions that carry what the program said."""

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Diagnostic:
    """One finding of the program. `shoal explain ID` says more about it."""

    id: str  #: stable, like "K206"
    severity: str  #: "error", "warning" or "note"
    message: str
    file: Optional[str] = None  #: None: not in a file
    line: Optional[int] = None  #: from 1
    column: Optional[int] = None  #: from 1
    argument: Optional[str] = None  #: the override that it is about, such as "groups.k=0"
    notes: Tuple[str, ...] = ()  #: what would be right, or what else it has to do with

    def __str__(self):
        place = self.argument
        if self.file is not None:
            place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        lines = [f"{place}: " if place else "", f"{self.severity}[{self.id}]: {self.message}"]
        return "".join(lines) + "".join(f"\n  = help: {note}" for note in self.notes)

    @classmethod
    def of_json(cls, found):
        place = found["place"] or {}
        return cls(
            id=found["id"],
            severity=found["severity"],
            message=found["message"],
            file=place.get("file"),
            line=place.get("line"),
            column=place.get("column"),
            argument=place.get("text"),
            notes=tuple(note["text"] for note in found["notes"]),
        )


class ShoalError(Exception):
    """Something is wrong. `diagnostics` lists all that the program found."""

    def __init__(self, text, diagnostics=()):
        super().__init__(text)
        self.diagnostics = list(diagnostics)


class CheckError(ShoalError, ValueError):
    """The experiment is wrong; nothing was run."""


class RunError(ShoalError, RuntimeError):
    """Rows of a run failed. `run` is the whole run, with what was finished; None where the program said none."""

    def __init__(self, text, diagnostics=(), run=None):
        super().__init__(text, diagnostics)
        self.run = run
