"""A table that was measured, as Markdown and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | float | None

CONVENTIONS = (
    "Paper's convention: the whole cube, observed entries among it, after min-max scaling of the "
    "judged region; peak 1.",
    "Ours: the missing entries alone; peak = range of the scene's valid values.",
)


@dataclass(frozen=True, eq=False)
class Table:
    """What was measured, beside what the paper prints.

    Attributes:
        name: as the command calls it.
        title: what it is of.
        columns: headings, units in brackets.
        rows: a method each; None where there is nothing to say.
        notes: what a reader must know, a sentence each.
        facts: seeds, hashes and settings, for JSON.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def cells(self) -> list[tuple[str, ...]]:
        """Return the rows in words."""
        return [tuple(map(as_text, row)) for row in self.rows]

    def markdown(self) -> str:
        """Return the whole page."""
        lines = [f"# {self.title}", "", _line(self.columns), _line(["---"] * len(self.columns))]
        lines += [_line(row) for row in self.cells()]
        lines += ["", *(f"- {note}" for note in self.notes)]
        lines += [f"- {key.replace('_', ' ')}: `{value}`" for key, value in self.facts.items()]
        return "\n".join(lines) + "\n"

    def told(self) -> dict[str, Any]:
        """Return everything, for JSON."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {
            "table": self.name,
            "title": self.title,
            "rows": rows,
            "notes": list(self.notes),
            **self.facts,
        }


def as_text(cell: Cell) -> str:
    """Return a cell in words.

    >>> as_text(34.21678), as_text(0.0281), as_text(None), as_text(278.0)
    ('34.22', '0.0281', '-', '278')
    """
    match cell:
        case None:
            return "-"
        case str():
            return cell
    return f"{cell:.4g}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
