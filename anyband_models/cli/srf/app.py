"""The subcommands, gathered."""

from anyband_models.cli.new_app import new_app
from anyband_models.cli.srf.compare import compare
from anyband_models.cli.srf.list import list_command
from anyband_models.cli.srf.resample import resample
from anyband_models.cli.srf.show import show

app = new_app(
    name="srf",
    help="Spectral responses of sensors, with their sources; scenes resampled to them.",
    epilog="Exit codes: 0 done, 2 usage, 3 input, 5 memory or disk, 6 done but bands are not "
    "covered, 130 interrupted.",
)
app.command(name="list")(list_command)
app.command()(show)
app.command()(resample)
app.command()(compare)
