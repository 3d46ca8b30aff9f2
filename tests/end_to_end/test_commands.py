"""The command as a newcomer meets it."""

import subprocess
import sys

import numpy as np
import pytest

COMMANDS = ["demo", "repair", "evaluate", "list", "show", "inspect"]
MAIN = "from anyband_models.cli import main; main()"


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help(anyband, command, flag):
    ended = anyband(*([command] if command else []), flag)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Usage: ")
    assert max(map(len, ended.out.splitlines())) <= 80


def test_help_keeps_the_units_in_brackets(anyband):
    assert "than this [nm];" in anyband("repair", "-h").out


def test_the_first_help_names_the_commands_and_the_codes(anyband):
    out = anyband("-h").out
    assert all(f"  {command} " in out for command in COMMANDS)
    assert "130 interrupted" in out


def test_no_arguments_are_answered_with_help(anyband):
    assert "Usage: " in "".join(map(str, (anyband().out, anyband().err)))


def test_list(anyband):
    ended = anyband("list")
    assert (ended.code, ended.err) == (0, "")
    assert [name in ended.out for name in ("gaussian", "linear", "pchip")] == [True] * 3
    assert [card["name"] for card in anyband("list", "--json").json] == [
        "anyband",
        "anyband-diff",
        "gaussian",
        "linear",
        "mixture",
        "pchip",
        "prior",
        "spatial",
    ]
    assert [card["name"] for card in anyband("list", "pc*", "--json").json] == ["pchip"]


def test_show(anyband):
    ended = anyband("show", "linear")
    assert (ended.code, ended.err) == (0, "")
    assert "max_gap_nm" in ended.out
    assert anyband("show", "linear", "--json").json["settings"] == {"max_gap_nm": 100.0}
    assert anyband("show", "liner").refused(4, "did you mean 'linear'?")


@pytest.mark.parametrize("name", ["scene.tif", "scene.hdr", "scene.img"])
def test_inspect(anyband, save, scene, tmp_path, name):
    save(scene(dead=[2, 3]), name.replace("img", "hdr"))
    ended = anyband("inspect", tmp_path / name)
    assert (ended.code, ended.err) == (0, "")
    for words in ("450 to 730", "3-4", "no data: bands 3-4 (84 entries)"):
        assert words in ended.out
    facts = anyband("inspect", tmp_path / name, "--json").json
    assert facts["empty_bands"] == [3, 4]
    assert facts["wavelengths_nm"] == [450.0, 730.0]


def test_inspect_a_file_that_is_not_there(anyband, tmp_path):
    assert anyband("inspect", tmp_path / "x.tif").refused(3, "there is no file")


def test_on_a_terminal_progress_goes_to_stderr_alone(save, scene, tmp_path):
    """Run under a pseudo-terminal on stderr, with stdout a pipe."""
    import os
    import pty

    path = save(scene(dead=[2]))
    ours, theirs = pty.openpty()
    target = str(tmp_path / "full.tif")
    arguments = ["repair", str(path), "-o", target, "--model", "linear", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments], stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    out, _ = process.communicate(timeout=60)
    err = b""
    try:
        while chunk := os.read(ours, 4096):
            err += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.returncode == 0
    assert out.startswith("{")
    assert b"repairing scene.tif" in err


def test_inspect_shows_what_it_can_of_a_file_that_is_not_ready(anyband, tmp_path):
    np.savez(tmp_path / "bare.npz", cube=np.full((3, 4, 5), 5000, dtype="i2"))
    ended = anyband("inspect", tmp_path / "bare.npz", "--json")
    assert (ended.code, ended.json["bands"], ended.json["damage"]) == (0, 5, None)
    assert "--wavelengths FILE" in ended.err
    table = tmp_path / "nm.txt"
    table.write_text("\n".join(["400", "500", "600", "700", "800"]))
    ended = anyband("inspect", tmp_path / "bare.npz", "--wavelengths", table, "--json")
    assert (ended.code, ended.json["damage"]) == (0, [])
    assert "--scale" in ended.err


def test_a_scene_that_comes_with_a_package_needs_no_file(anyband):
    told = ("--scene", "indian-pines", "--family", "k5", "--seeds", "1")
    ended = anyband("evaluate", "linear", *told, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["scene"] == "indian_pines"
    refused = anyband("evaluate", "linear", *told, "--scale", "0.1")
    assert refused.code == 2
    assert refused.err == (
        "error: indian-pines needs no scale and the like; leave these options out\n"
    )


def test_weights_are_for_models_that_have_some(anyband, tmp_path):
    told = ("--scene", "indian-pines", "--family", "k5", "--weights", str(tmp_path / "no.json"))
    refused = anyband("evaluate", "linear", *told)
    assert refused.code == 2
    assert refused.err.startswith("error: model 'linear' does not take weights = ")
    absent = anyband("evaluate", "anyband-diff", *told)
    assert absent.code == 4
    assert absent.err == (
        f"error: {tmp_path / 'no.json'} is not there; train the model again, or fetch its files "
        "anew\n"
    )
