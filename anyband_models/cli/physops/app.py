"""The subcommands, gathered."""

from anyband_models.cli.new_app import new_app
from anyband_models.cli.physops.compute import compute
from anyband_models.cli.physops.list import list_command
from anyband_models.cli.physops.show import show

app = new_app(
    name="physops",
    help="Spectral indices and other operators: what they are, and images of them.",
    epilog="Exit codes: 0 done, 2 usage, 3 input, 4 plugin, 5 memory or disk, 6 done but an index "
    "has no value anywhere, 130 interrupted.",
)
app.command(name="list")(list_command)
app.command()(show)
app.command()(compute)
