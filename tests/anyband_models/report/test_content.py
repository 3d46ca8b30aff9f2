from anyband_models.report.content import Table


def test_scene_is_named_for_its_file(make_content):
    assert make_content(path="a/b/pines.hdr").scene_name == "pines.hdr"


def test_scene_without_a_file_says_so(make_content):
    assert make_content(path="").scene_name == "a scene made in memory"


def test_table_needs_no_note():
    assert Table("Scores", ("score",), ()).note == ""
