import json

import pytest

from emulator_training.errors import SimulationError, WeightFileError
from emulator_training.publish import publish
from emulator_training.validation.gates import GATES, GateError
from emulator_training.weights import SHIPPED, read, read_card


def report(folder, **changed):
    accuracy = {gate.operator: {} for gate in GATES}
    for gate in GATES:
        accuracy[gate.operator][gate.name] = 0.9 if "coverage" in gate.name else gate.limit
    accuracy["prosail_emulator"] |= changed
    (folder / "accuracy.json").write_text(json.dumps({"accuracy": accuracy}))
    return folder


def test_weights_are_shipped_with_their_accuracy(weights, tmp_path):
    found = publish(weights, report(tmp_path, wide_rmse=0.00212345), tmp_path / "shipped")
    assert found == ["prosail_emulator", "prosail_inverse", "prosail_manifold"]
    shipped = read("prosail_emulator", tmp_path / "shipped")
    assert shipped.card.accuracy["wide_rmse"] == 0.002123
    assert shipped.card.sha256 == read("prosail_emulator", weights).card.sha256


def test_a_missed_gate_stops_it_unless_it_is_accepted(weights, tmp_path):
    given = report(tmp_path, wide_rmse=0.5)
    wording = r"miss 1 of \d+ gates: prosail_emulator.wide_rmse; fit longer, or accept"
    with pytest.raises(GateError, match=wording):
        publish(weights, given, tmp_path / "shipped")
    assert not (tmp_path / "shipped").exists()
    assert publish(weights, given, tmp_path / "shipped", ("prosail_emulator.wide_rmse",))


def test_without_a_report_nothing_is_shipped(weights, tmp_path):
    with pytest.raises(SimulationError, match=r"holds no accuracy.json; make it with"):
        publish(weights, tmp_path, tmp_path / "shipped")


def test_weights_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(WeightFileError, match="have no card"):
        publish(tmp_path, report(tmp_path), tmp_path / "shipped")


@pytest.mark.parametrize("name", ["prosail_emulator", "prosail_inverse", "prosail_manifold"])
def test_what_is_shipped_says_how_good_it_is_and_keeps_the_gates(name):
    card = read_card(name)
    gates = [gate for gate in GATES if gate.operator == name]
    assert gates
    assert all(gate.kept({name: card.accuracy}) for gate in gates)
    assert card.data["count"] == 100_000


def test_what_is_shipped_is_small():
    assert sum(path.stat().st_size for path in SHIPPED.glob("*.safetensors")) < 8e6
