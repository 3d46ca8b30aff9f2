"""`anyband-zoo inspect`."""

from anyband_models.cli.options import (
    Json,
    NoData,
    Offset,
    QuantityOption,
    Scale,
    ScenePath,
    Wavelengths,
    reading,
)


def inspect(
    scene: ScenePath,
    scale: Scale = None,
    offset: Offset = None,
    quantity: QuantityOption = None,
    nodata: NoData = None,
    wavelengths: Wavelengths = None,
    as_json: Json = False,
) -> None:
    """Say what a file holds, and which bands are empty and why."""
    from anyband_models.cli.screen import as_words, print_json, print_words, warn
    from anyband_models.jobs.inspect import look

    facts, doubts = look(scene, reading(scale, offset, quantity, nodata, wavelengths))
    warn(doubts)
    if as_json:
        print_json(facts)
        return
    damage = facts.pop("damage")
    rows = [(key.replace("_", " "), as_words(value)) for key, value in facts.items()]
    print_words(str(scene), ("", ""), rows)
    if damage is not None:
        print_words(
            "Damage",
            ("what is missing, or not to be trusted",),
            [(line,) for line in damage or ["none"]],
        )
