"""Laws of an operator as an object: its card, what it says of itself, and its copies."""

import copy
import pickle

from physops.operator import OperatorSpec
from physops.testing.case import Case, same


def card(case: Case) -> None:
    """It has a card that says what it is and where it is from, and survives as JSON."""
    spec = getattr(case.op, "spec", None)
    if not isinstance(spec, OperatorSpec):
        raise AssertionError(f"its spec is {spec!r}, no physops.OperatorSpec")
    for field in ("name", "title", "kind", "source"):
        if not getattr(spec, field).strip():
            raise AssertionError(f"its card has no {field}")
    if OperatorSpec.model_validate_json(spec.model_dump_json()) != spec:
        raise AssertionError("its card is another one after a round trip through JSON")
    if not repr(case.op).strip():
        raise AssertionError("its repr is empty")


def copies(case: Case) -> None:
    """Copied, pickled, or with its state loaded from another, it gives what it gave."""
    x, op = case.image(2), case.exact
    y = op(x)
    same(copy.deepcopy(op)(x), y, "a deep copy")
    same(pickle.loads(pickle.dumps(op))(x), y, "pickled and loaded")
    loaded = copy.deepcopy(op)
    loaded.load_state_dict(op.state_dict())
    same(loaded(x), y, "with its state_dict loaded")
