"""A model's card: what a person should know before using it."""

from pydantic import BaseModel


class Card(BaseModel, frozen=True, extra="forbid"):
    """What a model is, what it needs, and where it must not be trusted.

    Attributes:
        name: the name that it is asked for by.
        summary: one line.
        method: how it works, in two or three sentences.
        trained_on: data in its weights; "nothing" for a model without weights.
        needs_reflectance: whether it makes no sense on radiance or digital numbers.
        uses_support: whether it learns from the complete pixels of the scene.
        generates: whether it can make images of which nothing is known.
        limits: where it must not be trusted.
        source: author, title, year, equation.
    """

    name: str
    summary: str
    method: str
    trained_on: str = "nothing"
    needs_reflectance: bool = False
    uses_support: bool = False
    generates: bool = False
    limits: str
    source: str
