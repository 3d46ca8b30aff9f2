from anyband_models.jobs.reproduce.table import Table


def test_a_page_holds_rows_notes_and_facts():
    table = Table("t", "Title", ("a", "b [dB]"), (("x", 1.23456), ("y", None)), ("A note.",),
                  {"mask_seeds": [0]})  # fmt: skip
    assert table.markdown() == (
        "# Title\n\n| a | b [dB] |\n| --- | --- |\n| x | 1.235 |\n| y | - |\n\n"
        "- A note.\n- mask seeds: `[0]`\n"
    )
    assert table.told()["rows"] == [{"a": "x", "b [dB]": 1.23456}, {"a": "y", "b [dB]": None}]
    assert table.told()["mask_seeds"] == [0]
