import pytest

from emulator_training.errors import ReportError, WeightFileError
from emulator_training.publish import publish
from emulator_training.validation.gates import GATES, GateError, UnknownGateError
from emulator_training.validation.report_file import Report, write_report
from emulator_training.weights import SHIPPED, read, read_card


def report(folder, weights=None, **changed):
    """Write a report about weights, or about some that nobody has."""
    accuracy = {gate.operator: {} for gate in GATES}
    for gate in GATES:
        accuracy[gate.operator][gate.name] = 0.9 if "coverage" in gate.name else gate.limit
    accuracy["prosail_emulator"] |= changed
    hashes = {name: read_card(name, weights).sha256 if weights else "f" * 64 for name in accuracy}
    told = Report(canopies={}, weights=hashes, accuracy=accuracy, missed=[])
    write_report(folder, told)
    return folder


def test_weights_are_shipped_with_their_accuracy(weights, tmp_path):
    found = publish(weights, report(tmp_path, weights, wide_rmse=0.00212345), tmp_path / "shipped")
    assert found == ["prosail_emulator", "prosail_inverse", "prosail_manifold"]
    shipped = read("prosail_emulator", tmp_path / "shipped")
    assert shipped.card.accuracy["wide_rmse"] == 0.002123
    assert shipped.card.sha256 == read("prosail_emulator", weights).card.sha256


def test_a_missed_gate_stops_it_unless_it_is_accepted(weights, tmp_path):
    given = report(tmp_path, weights, wide_rmse=0.5)
    wording = r"miss 1 of \d+ gates: prosail_emulator.wide_rmse; fit longer, or accept"
    with pytest.raises(GateError, match=wording):
        publish(weights, given, tmp_path / "shipped")
    assert not (tmp_path / "shipped").exists()
    assert publish(weights, given, tmp_path / "shipped", ("prosail_emulator.wide_rmse",))


def test_weights_that_the_report_is_not_about_are_refused(weights, tmp_path):
    hashes = [read_card("prosail_emulator", weights).sha256[:12], "f" * 12]
    with pytest.raises(ReportError) as refusal:
        publish(weights, report(tmp_path), tmp_path / "shipped")
    assert str(refusal.value) == (
        f"{tmp_path / 'accuracy.json'} is not about prosail_emulator in {weights}: it measured "
        f"weights with the sha256 {hashes[1]}..., not {hashes[0]}...; run "
        f"`emulator-train validate {weights} -o {tmp_path}` again"
    )
    assert not (tmp_path / "shipped").exists()


def test_what_is_accepted_is_to_be_a_gate(weights, tmp_path):
    given = report(tmp_path, weights)
    with pytest.raises(UnknownGateError, match="no gate is called 'nonsense'"):
        publish(weights, given, tmp_path / "shipped", ("nonsense",))
    assert not (tmp_path / "shipped").exists()


def test_one_end_of_a_coverage_is_accepted_without_the_other(weights, tmp_path):
    name = "prosail_emulator.wide_coverage_of_90_percent"
    given = report(tmp_path, weights, wide_coverage_of_90_percent=0.95)
    with pytest.raises(GateError, match=rf"miss 1 of \d+ gates: {name}.most;"):
        publish(weights, given, tmp_path / "shipped", (f"{name}.least",))
    assert publish(weights, given, tmp_path / "shipped", (f"{name}.most",))


def test_nothing_is_written_if_one_file_is_corrupt(weights, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in weights.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "prosail_inverse.safetensors").write_bytes(b"")
    with pytest.raises(WeightFileError, match="prosail_inverse are corrupt"):
        publish(copy, report(tmp_path, weights), tmp_path / "shipped")
    assert not (tmp_path / "shipped").exists()


def test_without_a_report_nothing_is_shipped(weights, tmp_path):
    with pytest.raises(ReportError, match=r"holds no accuracy.json; make it with"):
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
