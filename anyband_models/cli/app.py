"""The subcommands, gathered."""

import typer

from anyband_models.cli.demo import demo
from anyband_models.cli.evaluate import evaluate
from anyband_models.cli.inspect import inspect
from anyband_models.cli.models import list_command, show
from anyband_models.cli.repair import repair

app = typer.Typer(
    name="anyband-zoo",
    help="Repair the bands of a remote-sensing image; keep everything else as it was.",
    epilog="Exit codes: 0 done, 2 usage, 3 input, 4 model, 5 memory or disk, 6 done but parts "
    "refused, 7 quality gate failed, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # [nm] is a unit, not markup
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo)
app.command()(repair)
app.command()(evaluate)
app.command(name="list")(list_command)
app.command()(show)
app.command()(inspect)
