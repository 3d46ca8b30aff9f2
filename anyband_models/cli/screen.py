"""What a person sees: tables on stdout; progress on stderr, and only where it is a terminal."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Show on stderr what is being done, while it is; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(doing):
        yield


def print_json(result: Any) -> None:  # noqa: ANN401  (anything that JSON can hold)
    """Print a result as JSON on stdout; what is not finite becomes null."""
    print(json.dumps(_finite(result), indent=2, allow_nan=False))


def print_words(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table of words on stdout."""
    print_table(title, columns, rows, words=len(columns))


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    note: str = "",
    words: int = 1,
) -> None:
    """Print a table on stdout; the first ``words`` columns hold words, the others numbers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(title),
        title_justify="left",
        caption=Text(note) if note else None,
        caption_justify="left",
        show_header=any(columns),
    )
    for number, column in enumerate(columns):
        table.add_column(
            Text(column), justify="left" if number < words else "right", overflow="fold"
        )
    for row in rows:
        table.add_row(*map(Text, row))  # Text: a name in brackets is no markup
    Console(width=None if sys.stdout.isatty() else 100).print(table)


def as_words(value: Any) -> str:  # noqa: ANN401  (anything that JSON can hold)
    """Return a value as a table shows it: units are told by the row's name.

    >>> as_words([1, 2, 3, 7]), as_words([0.25, 1.0]), as_words(None), as_words(True)
    ('1-3, 7', '0.25 to 1', 'none', 'yes')
    """
    match value:
        case None | "" | [] | ():
            return "none"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case [int(), *_]:
            from anyband_models.repair.plan import runs

            return runs(value)
        case [float() as low, float() as high]:
            return f"{low:g} to {high:g}"
        case list() | tuple():
            return ", ".join(map(as_words, value))
    return str(value)


def tell(sentence: str) -> None:
    """Print how far a long job is on stderr, terminal or not: its log is read later."""
    print(sentence, file=sys.stderr, flush=True)


def warn(sentences: Iterable[str]) -> None:
    """Print warnings on stderr, a line each."""
    for sentence in sentences:
        print(f"note: {sentence}", file=sys.stderr)


def _finite(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
