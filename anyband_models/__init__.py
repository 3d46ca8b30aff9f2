"""What fills a missing band: scenes, damage, models, repair, evaluation, reports.

Nothing is imported until a name is used, so that a command can answer at once.
"""

from typing import TYPE_CHECKING

from srf_library.lazy import lazy_names

if TYPE_CHECKING:
    from anyband_models.models.registry import create_model as create_model
    from anyband_models.models.registry import get_model as get_model
    from anyband_models.models.registry import list_models as list_models
    from anyband_models.repair.pipeline import repair_scene as repair_scene
    from anyband_models.scene.formats import read_scene as read_scene
    from anyband_models.scene.formats import write_scene as write_scene

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {
        "create_model": "anyband_models.models.registry",
        "get_model": "anyband_models.models.registry",
        "list_models": "anyband_models.models.registry",
        "read_scene": "anyband_models.scene.formats",
        "repair_scene": "anyband_models.repair.pipeline",
        "write_scene": "anyband_models.scene.formats",
    },
)
