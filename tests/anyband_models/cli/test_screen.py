"""What a person sees."""

import json

import pytest

from anyband_models.cli.screen import as_words, print_json, print_table, print_words, step, warn


def test_json_holds_null_for_what_is_not_finite(capsys):
    print_json({"a": float("inf"), "b": [float("nan"), 1.5], "c": (float("-inf"),), "d": "x"})
    assert json.loads(capsys.readouterr().out) == {
        "a": None,
        "b": [None, 1.5],
        "c": [None],
        "d": "x",
    }


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "none"), ("", "none"), ([], "none"), (True, "yes"), (False, "no"), (3, "3"),
        (0.0001, "0.0001"), (365.910004, "365.91"), ("x", "x"),
        ([1, 2, 3, 9], "1-3, 9"), ((0.1, 2.0), "0.1 to 2"), ((0.1, 0.2, 0.3), "0.1, 0.2, 0.3"),
    ],
)  # fmt: skip
def test_values_in_words(value, words):
    assert as_words(value) == words


def test_a_unit_in_brackets_is_no_markup(capsys):
    print_table("peak [nm]", ("gap [nm]", "n"), [("[red]", "1")], note="in [nm]")
    out = capsys.readouterr().out
    for words in ("peak [nm]", "gap [nm]", "[red]", "in [nm]"):
        assert words in out


def test_words_stand_left_and_numbers_right(capsys):
    print_table("t", ("name", "number"), [("a", "1")])
    assert "│ a    │      1 │" in capsys.readouterr().out
    print_words("t", ("name", "words"), [("a", "b")])
    assert "│ a    │ b     │" in capsys.readouterr().out


def test_columns_without_names_have_no_heading(capsys):
    print_words("t", ("", ""), [("a", "b")])
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_progress_is_silent_where_stderr_is_no_terminal(capsys):
    with step("working"):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_note_is_a_line(capsys):
    warn(["one", "two"])
    assert capsys.readouterr() == ("", "note: one\nnote: two\n")
