"""The subcommands, gathered."""

import typer

from emulator_training.cli.fit import fit
from emulator_training.cli.publish import publish
from emulator_training.cli.simulate import simulate
from emulator_training.cli.validate import validate

app = typer.Typer(
    name="emulator-train",
    help="Make the networks that stand in for PROSAIL, from simulations to shipped weights.",
    epilog="Exit codes: 0 done, 2 usage, 3 input, 5 memory or disk, "
    "7 quality gate failed, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # [nm] is a unit, not markup
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(simulate)
app.command()(fit)
app.command()(validate)
app.command()(publish)
