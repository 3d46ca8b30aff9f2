import pytest

from emulator_training.validation.gates import (
    GATES,
    Gate,
    GateError,
    UnknownGateError,
    check_labels,
    missed,
)


def test_a_gate_is_kept_on_its_side_of_the_limit():
    lower, higher = Gate("a", "rmse", "lower", 0.1), Gate("a", "r2", "higher", 0.9)
    assert lower.kept({"a": {"rmse": 0.1}})
    assert not lower.kept({"a": {"rmse": 0.11}})
    assert higher.kept({"a": {"r2": 0.9}})
    assert not higher.kept({"a": {"r2": 0.89}})


def test_what_is_not_a_number_is_not_kept():
    gate = Gate("a", "rmse", "lower", 0.1)
    assert not gate.kept({"a": {"rmse": float("nan")}})
    assert not gate.kept({"a": {}})


def test_what_is_missed_is_said():
    nothing = {gate.operator: {} for gate in GATES}
    assert len(missed(nothing)) == len(GATES)
    assert "prosail_emulator.wide_rmse (nan, not <= 0.0025)" in missed(nothing)
    assert "miss 1 of" in str(GateError(["a.b"]))


def test_no_two_gates_are_called_the_same():
    labels = [gate.label for gate in GATES]
    assert len(set(labels)) == len(labels)
    ends = [f"prosail_emulator.wide_coverage_of_90_percent.{end}" for end in ("least", "most")]
    assert set(ends) <= set(labels)


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("nonsense", "`validate` names what is missed"),
        ("prosail_emulator.wide_rsme", "did you mean prosail_emulator.wide_rmse"),
        ("prosail_inverse.wide_spectrum_coverage", "did you mean prosail_inverse.wide_spectrum_co"),
    ],
)
def test_what_is_no_gate_is_refused(label, hint):
    check_labels([gate.label for gate in GATES])
    with pytest.raises(UnknownGateError) as refusal:
        check_labels(["prosail_emulator.wide_rmse", label])
    assert str(refusal.value).startswith(f"no gate is called {label!r}; {hint}")
