"""`anyband-zoo evaluate`: numbers for scripts, a table for people, a gate for CI."""

import pytest

SCORES = {
    "psnr_missing", "psnr_whole", "mpsnr_missing", "rmse_missing",
    "ssim", "sam", "ergas", "seconds", "crps", "coverage_50", "coverage_90", "spread_skill",
}  # fmt: skip


@pytest.fixture
def path(save, scene):
    return save(scene((12, 8, 9)))


def test_the_json_that_scripts_read(anyband, path):
    ended = anyband(
        "evaluate", "gaussian", "--scene", path, "--seeds", "2", "--json",
        "--family", "random-30", "--family", "gap-20",
    )  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    found = ended.json
    assert (found["model"], found["scene"], found["fit"]) == ("gaussian", str(path), "left")
    assert [record["family"] for record in found["records"]] == ["random-30", "gap-20"]
    for record in found["records"]:
        assert record.keys() >= SCORES
        assert record["linear"].keys() >= SCORES
        assert record.keys() - record["linear"].keys() == {"family", "linear"}
        assert all(isinstance(record[name], float) for name in SCORES)
        entries = [sum(part["entries"] for part in record[by]) for by in ("by_distance", "by_band")]
        assert entries[0] == entries[1] > 0


def test_a_person_reads_a_table(anyband, path):
    ended = anyband("evaluate", "linear", "--scene", path, "--family", "k5", "--seeds", "1")
    assert (ended.code, ended.err) == (0, "")
    for words in ("k5", "linear", "PSNR missing", "Means of 1 mask", "CRPS", "50 % holds"):
        assert words in ended.out
    assert max(map(len, ended.out.splitlines())) <= 100


def test_the_gate_ends_with_seven(anyband, path):
    command = ["evaluate", "pchip", "--scene", path, "--family", "k3", "--seeds", "1"]
    assert anyband(*command, "--gate", "100").code == 0
    ended = anyband(*command, "--gate", "-100")
    assert ended.code == 7
    assert ended.err.startswith("error: pchip is more than -100 dB below linear in k3 (")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("randm-50", "is not a family of masks"),
        ("random-0", "asks for 0 %"),
        ("without-red", "write its ends in nm, as in without-620-700"),
        ("k0", "keeps no band"),
        ("k12", "the scene has 12 good ones"),
        ("random-1", "removes nothing"),
        ("random-100", "removes all"),
    ],
)
def test_families_that_cannot_be(anyband, path, family, words):
    command = ["evaluate", "linear", "--scene", path, "--seeds", "1"]
    assert anyband(*command, "--family", family).refused(2, family, words)


def test_a_sensor_as_a_family(anyband, path):
    command = ["evaluate", "linear", "--scene", path, "--seeds", "1", "--json"]
    assert anyband(*command, "--family", "sensor-S2A").code == 0
    ended = anyband(*command, "--family", "sensor-S2X")
    assert ended.refused(2, "a sensor called 'S2X' is not known")


def test_an_unknown_model(anyband, path):
    command = ["--scene", path, "--family", "random-50"]
    assert anyband("evaluate", "liner", *command).refused(4, "did you mean 'linear'?")


def test_a_scene_that_cannot_be_halved(anyband, save, scene):
    path = save(scene((12, 8, 1)))
    command = ["evaluate", "linear", "--scene", path, "--family", "k5"]
    assert anyband(*command).refused(3, "single column")
