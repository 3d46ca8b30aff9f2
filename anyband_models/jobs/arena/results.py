"""What the arena has found so far, kept as JSON so that an interrupted run goes on."""

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from anyband_models.errors import InputError, UsageError
from anyband_models.evaluation.evaluate import Fit
from anyband_models.evaluation.judged import Judged

DIGITS = 6  # of every number; more would say nothing
BASELINE = "linear"

Key = tuple[str, str, str, str]


class Settings(BaseModel, frozen=True, extra="forbid"):
    """What every score of one table has in common.

    Attributes:
        seeds: masks were drawn with seeds 0 to this less 1.
        reading: what was said of all scenes.
        weights_sha256: of the weights that were named; empty if those that ship were taken.
        anyband: version of this distribution.
    """

    seeds: int
    reading: dict[str, float | str] = {}
    weights_sha256: str = ""
    anyband: str


class SceneFacts(BaseModel, frozen=True, extra="forbid"):
    """A scene that was judged on.

    Attributes:
        sha256: of its values.
        shape: bands, rows and columns.
        quantity: what its values are.
        peak: of PSNR: the range of its valid entries [unit].
        note: what else is to be known.
    """

    sha256: str
    shape: tuple[int, int, int]
    quantity: str
    peak: float
    note: str = ""


class Entry(BaseModel, frozen=True, extra="forbid"):
    """A model on a scene, under one family of masks.

    Attributes:
        scene: its name in the folder.
        fit: whether the left half of the scene was given as support.
        family: of masks.
        model: a name of the zoo.
        weights: the beginning of the sha256 of its learned numbers; empty without any.
        judged: the scores; None if there are none.
        reason: why there are none.
    """

    scene: str
    fit: Fit
    family: str
    model: str
    weights: str = ""
    judged: Judged | None = None
    reason: str = ""

    @classmethod
    def of(
        cls, scene: str, fit: Fit, family: str, model: str, weights: str, judged: Judged
    ) -> "Entry":
        """Return an entry with the digits that are kept, whether it was stored or not."""
        told = rounded(judged.model_dump(exclude={"by_band"}, exclude_none=True))
        kept = Judged.model_validate(told)
        return cls(scene=scene, fit=fit, family=family, model=model, weights=weights, judged=kept)

    @property
    def key(self) -> Key:
        """What it is of."""
        return self.scene, self.fit, self.family, self.model


class Results:
    """The scores of one folder of results.

    Attributes:
        settings: that all of them have in common.
        commands: that were given.
        versions: of the last run.
        scenes: by name.
        unread: why the other scenes were not judged, by name.
        entries: by what they are of.
    """

    def __init__(self, settings: Settings, versions: dict[str, str]) -> None:
        self.settings, self.versions = settings, versions
        self.commands: list[str] = []
        self.scenes: dict[str, SceneFacts] = {}
        self.unread: dict[str, str] = {}
        self.entries: dict[Key, Entry] = {}

    def is_judged(self, key: Key) -> bool:
        """Return whether there are scores; what was refused is asked again."""
        return key in self.entries and self.entries[key].judged is not None

    def keep(self, weights: Mapping[str, str]) -> None:
        """Forget what models scored with other weights than these, by the models' names."""
        self.entries = {
            key: entry
            for key, entry in self.entries.items()
            if weights.get(entry.model, entry.weights) == entry.weights
        }

    def meet(self, name: str, facts: SceneFacts) -> None:
        """Say which scene a name stands for; if it was another, its scores are forgotten."""
        self.unread.pop(name, None)
        if name in self.scenes and self.scenes[name].sha256 != facts.sha256:
            self._forget(name)
        self.scenes[name] = facts

    def refuse(self, name: str, reason: str) -> None:
        """Say why a scene is not judged."""
        self._forget(name)
        self.unread[name] = reason

    def add(self, entries: Iterable[Entry]) -> None:
        """Keep entries."""
        self.entries.update((entry.key, entry) for entry in entries)

    def _forget(self, name: str) -> None:
        self.scenes.pop(name, None)
        self.entries = {key: entry for key, entry in self.entries.items() if key[0] != name}

    def text(self) -> str:
        """Return everything as JSON, an entry a line."""
        scenes = {
            name: facts.model_dump(exclude_defaults=True) for name, facts in self.scenes.items()
        }
        entries = [
            _lean(entry.model_dump(exclude_defaults=True)) for entry in self.entries.values()
        ]
        lines = ",\n  ".join(json.dumps(rounded(entry), allow_nan=False) for entry in entries)
        head = {
            "settings": self.settings.model_dump(),
            "commands": self.commands,
            "versions": self.versions,
            "scenes": rounded(scenes),
            "unread": self.unread,
        }
        opening = json.dumps(head, indent=1, allow_nan=False).removesuffix("\n}")
        return f'{opening},\n "entries": [\n  {lines}\n ]\n}}\n'

    @classmethod
    def read(cls, path: Path, settings: Settings, versions: dict[str, str]) -> "Results":
        """Read what was found before, with the same settings.

        Raises:
            InputError: if the file is not one of these.
            UsageError: if its settings are others.
        """
        results = cls(settings, versions)
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            before = Settings.model_validate(told["settings"])
            results.commands = [str(command) for command in told["commands"]]
            results.unread = {str(name): str(why) for name, why in told["unread"].items()}
            scenes = told["scenes"].items()
            results.scenes = {name: SceneFacts.model_validate(facts) for name, facts in scenes}
            results.add(Entry.model_validate(entry) for entry in told["entries"])
        except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
            raise InputError(
                f"{path} is not what this version of the arena writes; choose another folder, or "
                "pass --overwrite to start anew"
            ) from error
        if before != settings:
            raise UsageError(
                f"{path} was measured with {_differing(before, settings)}; choose another folder, "
                "or pass --overwrite to start anew"
            )
        return results


def _differing(before: Settings, now: Settings) -> str:
    fields = [name for name in Settings.model_fields if getattr(before, name) != getattr(now, name)]
    return ", ".join(
        f"{name} = {getattr(before, name) or 'none'} and not {getattr(now, name) or 'none'}"
        for name in fields
    )


def _lean(told: dict[str, Any]) -> dict[str, Any]:
    """Return what was told without what is None."""
    return {
        name: _lean(value) if isinstance(value, dict) else value
        for name, value in told.items()
        if value is not None
    }


def rounded(told: Any) -> Any:  # noqa: ANN401  (anything that JSON can hold)
    """Return numbers with the digits that are kept; what is not finite as its name, as text."""
    if isinstance(told, dict):
        return {key: rounded(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [rounded(value) for value in told]
    if isinstance(told, float):
        return float(f"{told:.{DIGITS}g}") if math.isfinite(told) else str(told)
    return told
