"""`physops show`."""

from typing import Annotated, Any

import typer

from anyband_models.cli.options import Json
from anyband_models.cli.physops.options import SensorOption

WHY = "why it differs from its source catalogue"


def show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A name from `physops list`.", show_default=False),
    ],
    sensor: SensorOption = None,
    as_json: Json = False,
) -> None:
    """Show an operator: its formula, what it needs, and where it comes from.

    With --sensor, which of the sensor's bands it takes.
    """
    from anyband_models.cli.screen import print_json, print_words
    from anyband_models.jobs.index_cards import look_up
    from anyband_models.jobs.responses import find_sensor

    found = None if sensor is None else find_sensor(sensor)
    facts = look_up(name, found)
    if as_json:
        print_json(facts)
        return
    operands, constants = facts.pop("operands"), facts.pop("constants")
    title = facts.pop("title")
    facts[WHY] = facts.pop("reason")
    told = ("formula", "kind", "domain", "scale", "reference", WHY)
    rows = [(key, facts[key]) for key in told if facts[key]]
    if not title:
        rows = [("card", "a plugin offers it, and has it; give --sensor to build it, and see")]
    print_words(f"{facts['name']}: {title}" if title else facts["name"], ("", ""), rows)
    if operands:
        columns = ("operand", "stands for", "centre at [nm]") + (("band",) if found else ())
        print_words("Operands", columns, [_operand_row(operand) for operand in operands])
    if constants:
        print_words("Constants", ("name", "default"), [(k, f"{v:g}") for k, v in constants.items()])


def _operand_row(operand: dict[str, Any]) -> tuple[str, ...]:
    place = operand["range_nm"]
    row = (operand["name"], operand["stands_for"], f"{place[0]:g}-{place[1]:g}" if place else "")
    if "band" not in operand:
        return row
    band = operand["band"]
    return (*row, f"{band['name']} ({band['wavelength_nm']:.1f} nm)" if band else "it has none")
