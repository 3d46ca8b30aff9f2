"""`srf show`."""

from anyband_models.cli.options import Json, Overwrite
from anyband_models.cli.srf.options import Plot, SensorName, Sheet, Unit


def show(
    sensor: SensorName,
    plot: Plot = None,
    sheet: Sheet = "",
    unit: Unit = "",
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Show a sensor: its bands, and where their responses come from."""
    from anyband_models.cli.screen import as_words, print_json, print_table, print_words
    from anyband_models.jobs import responses

    found = responses.find_sensor(sensor, sheet, unit)
    if plot is not None:
        responses.plot([found], plot, overwrite)
    facts = responses.description(found)
    if as_json:
        print_json(facts)
        return
    bands = [
        (
            band["name"],
            *(f"{band[key]:.2f}" for key in ("centroid_nm", "midpoint_nm", "fwhm_nm")),
            as_words([round(end, 1) for end in band["support_nm"]]),
        )
        for band in facts.pop("bands")
    ]
    columns = ("band", "centroid [nm]", "midpoint [nm]", "FWHM [nm]", "responds at [nm]")
    print_table(f"{facts.pop('title')} ({facts.pop('id')})", columns, bands)
    facts["edits"] = "; ".join(facts["edits"])
    facts["not_shipped"] = "; ".join(
        f"{', '.join(bands)}: {why}" for why, bands in facts["not_shipped"].items()
    )
    rows = [
        (key.replace("_nm", " [nm]").replace("_", " "), as_words(value))
        for key, value in facts.items()
        if value
    ]
    print_words("Source", ("", ""), rows)
