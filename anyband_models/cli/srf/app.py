"""The subcommands, gathered."""

import typer

from anyband_models.cli.srf.compare import compare
from anyband_models.cli.srf.list import list_command
from anyband_models.cli.srf.resample import resample
from anyband_models.cli.srf.show import show

app = typer.Typer(
    name="srf",
    help="Spectral responses of sensors, with their sources; scenes resampled to them.",
    epilog="Exit codes: 0 done, 2 usage, 3 input, 5 memory or disk, 6 done but bands are not "
    "covered, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # [nm] is a unit, not markup
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(name="list")(list_command)
app.command()(show)
app.command()(resample)
app.command()(compare)
