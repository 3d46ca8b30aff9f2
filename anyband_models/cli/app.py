"""The subcommands, gathered."""

from anyband_models.cli.arena import arena
from anyband_models.cli.data import app as data
from anyband_models.cli.demo import demo
from anyband_models.cli.evaluate import evaluate
from anyband_models.cli.generate import generate
from anyband_models.cli.inspect import inspect
from anyband_models.cli.models import list_command, show
from anyband_models.cli.new_app import new_app
from anyband_models.cli.repair import repair
from anyband_models.cli.reproduce import reproduce
from anyband_models.cli.train import train

app = new_app(
    name="anyband-zoo",
    help="Repair the bands of a remote-sensing image; keep everything else as it was.",
    epilog="Exit codes: 0 done, 2 usage, 3 input, 4 model, 5 memory or disk, 6 done but parts "
    "refused, 7 quality gate failed, 130 interrupted.",
)
app.command()(demo)
app.command()(repair)
app.command()(evaluate)
app.command()(arena)
app.command()(generate)
app.command()(reproduce)
app.command(name="list")(list_command)
app.command()(show)
app.command()(inspect)
app.add_typer(data)
app.command()(train)
