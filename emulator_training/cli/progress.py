"""A bar on stderr, while something takes long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give what is to be told how much is done, and of how much; it shows that as a bar.

    There is none before anything is done, so that a refusal stands alone, nor when all is.
    """
    from rich.console import Console
    from rich.progress import Progress

    shown = Progress(console=Console(stderr=True))
    task = shown.add_task(title, total=None)

    def done(count: int, total: int) -> None:
        shown.start()
        shown.update(task, completed=count, total=total)
        if count >= total:
            shown.stop()

    try:
        yield done
    finally:
        if shown.live.is_started:
            shown.stop()
