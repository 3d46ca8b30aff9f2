"""`anyband-zoo arena` as a user gives it."""


def test_a_table_a_picture_and_numbers(anyband, save, scene, tmp_path):
    save(scene((12, 8, 9)), "scene.tif")
    folder = tmp_path / "results"
    command = ["arena", "--scenes", tmp_path, "--model", "pchip", "--family", "k5", "--seeds", "1",
               "--fit", "none", "-o", folder]  # fmt: skip
    ended = anyband(*command)
    assert ended.code == 0, ended.err
    for words in ("Without support", "pchip", "CRPS", "arena.png"):
        assert words in ended.out
    assert "scene.tif, fit none, k5: linear" in ended.err
    assert max(map(len, ended.out.splitlines())) <= 100
    assert sorted(path.name for path in folder.iterdir()) == ["arena.json", "arena.md", "arena.png"]
    again = anyband(*command, "--json")
    assert again.err == "scene 1 of 1: scene.tif\n"
    assert [entry["model"] for entry in again.json["entries"]] == ["linear", "pchip"]
    assert again.json["commands"][0].startswith("anyband-zoo arena --scenes")
    assert len(again.json["files"]) == 3


def test_names_that_are_not_known(anyband, tmp_path):
    command = ["arena", "--scenes", tmp_path, "-o", tmp_path / "results"]
    assert anyband(*command, "--model", "liner").refused(4, "did you mean 'linear'?")
    assert anyband(*command).refused(3, "holds no scene")
