"""`srf compare`."""

from anyband_models.cli.options import Json, Overwrite
from anyband_models.cli.srf.options import Plot, SensorName, Sheet, Unit


def compare(
    first: SensorName,
    second: SensorName,
    plot: Plot = None,
    sheet: Sheet = "",
    unit: Unit = "",
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Compare two sensors, band by band.

    Each band of the first is set beside the band of the second that shares most of its response;
    the overlap is the area under both curves over that under either.
    """
    from anyband_models.cli.screen import print_json, print_table
    from anyband_models.jobs import responses

    sensors = [responses.find_sensor(name, sheet, unit) for name in (first, second)]
    if plot is not None:
        responses.plot(sensors, plot, overwrite)
    pairs = responses.comparison(*sensors)
    if as_json:
        print_json(pairs)
        return
    rows = [
        (
            pair["band"],
            pair["partner"] or "none",
            f"{pair['centroid_nm']:.2f}",
            f"{pair['centroid_shift_nm']:+.2f}" if pair["partner"] else "",
            f"{pair['fwhm_change_nm']:+.2f}" if pair["partner"] else "",
            f"{100 * pair['overlap']:.1f}",
        )
        for pair in pairs
    ]
    a, b = (sensor.title for sensor in sensors)
    columns = (a, b, "centroid [nm]", "shift [nm]", "wider by [nm]", "overlap [%]")
    print_table(f"{a}, and how {b} differs", columns, rows, words=2)
