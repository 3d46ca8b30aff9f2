"""How long and how large, as it is said to people."""


def duration(seconds: float) -> str:
    """Return a time in the unit that fits it.

    >>> duration(0.3), duration(42), duration(600), duration(9000)
    ('1 s', '42 s', '10 min', '2.5 h')
    """
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Return a number of bytes in the unit that fits it.

    >>> size(10), size(51_300), size(22e6), size(8.4e9), size(2.2e13)
    ('1 kB', '51 kB', '22 MB', '8.4 GB', '22.0 TB')
    """
    for unit, factor, digits in (("kB", 1e3, 0), ("MB", 1e6, 0), ("GB", 1e9, 1)):
        if count < 999.5 * factor:
            return f"{max(count / factor, 1):.{digits}f} {unit}"
    return f"{count / 1e12:.1f} TB"
