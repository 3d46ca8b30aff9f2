"""What all commands have in common."""

import typer


def new_app(name: str, help: str, epilog: str) -> typer.Typer:
    """Return a command without subcommands.

    Args:
        name: what it is called by.
        help: what it is for, in a sentence.
        epilog: its exit codes.
    """
    return typer.Typer(
        name=name,
        help=help,
        epilog=epilog,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # [nm] is a unit, not markup
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
