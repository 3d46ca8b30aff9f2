"""`anyband-zoo list` and `anyband-zoo show`."""

from typing import Annotated

import typer

from anyband_models.cli.options import Json


def list_command(
    pattern: Annotated[str, typer.Argument(help="Shell-style pattern of names.")] = "*",
    as_json: Json = False,
) -> None:
    """List the models of the zoo."""
    from anyband_models.cli.screen import print_json, print_words
    from anyband_models.models.registry import get_model, list_models

    cards = [get_model(name).card for name in list_models(pattern)]
    if as_json:
        print_json([card.model_dump() for card in cards])
        return
    rows = [(card.name, card.summary) for card in cards]
    print_words("Models", ("name", "what it does"), rows)


def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", show_default=False)],
    as_json: Json = False,
) -> None:
    """Show a model's card and its settings."""
    from anyband_models.cli.screen import as_words, print_json, print_words
    from anyband_models.models.registry import create_model

    built = create_model(model)
    card, settings = built.card.model_dump(), built.config.model_dump(exclude={"kind"})
    if as_json:
        print_json({**card, "settings": settings})
        return
    rows = [(k.replace("_", " "), as_words(v)) for k, v in card.items() if k != "name"]
    print_words(model, ("", ""), rows)
    defaults = [(key, as_words(value)) for key, value in settings.items()]
    print_words("Settings", ("name", "default"), defaults)
