"""All of a job's files appear, or none does."""

import errno

import pytest

from anyband_models.errors import InputError, ResourceError, UsageError
from anyband_models.files import Stage, staged


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_appear_together_at_the_end(tmp_path):
    with staged() as stage:
        stage(tmp_path / "a").write_text("1")
        stage(tmp_path / "b").write_text("2")
        assert [name[:2] for name in names(tmp_path)] == ["a.", "b."]
        assert all(name.endswith(".partial") for name in names(tmp_path))
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_after_a_fault_nothing_is_left_and_the_old_file_stands(tmp_path, fault):
    (tmp_path / "a").write_text("old")

    def job():
        with staged(overwrite=True) as stage:
            stage(tmp_path / "a").write_text("new")
            stage(tmp_path / "b").write_text("new")
            raise fault

    with pytest.raises(fault):
        job()
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_a_refusal(tmp_path, code):
    with pytest.raises(ResourceError, match=r"disk is full .*nothing was written"), staged():
        raise OSError(code, "")
    assert names(tmp_path) == []


def test_other_faults_of_the_disk_are_passed_on():
    with pytest.raises(PermissionError), staged():
        raise PermissionError(errno.EACCES, "")


def test_a_file_is_not_overwritten_unasked(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(UsageError, match=r"exists already.*--overwrite"):
        Stage(overwrite=False).check([tmp_path / "a"])
    with staged(overwrite=True) as stage:
        stage(tmp_path / "a").write_text("new")
    assert (tmp_path / "a").read_text() == "new"


def test_a_folder_must_be_there(tmp_path):
    with pytest.raises(InputError, match=r"folder .*nowhere does not exist; make it"):
        Stage(overwrite=True).check([tmp_path / "nowhere" / "a"])


def test_a_folder_is_never_replaced(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        Stage(overwrite=True).check([tmp_path / "a"])


def test_two_files_of_one_name_are_refused(tmp_path):
    with pytest.raises(UsageError, match="written twice"):
        Stage(overwrite=True).check([tmp_path / "a", tmp_path / ".." / tmp_path.name / "a"])
    with staged() as stage:
        stage(tmp_path / "a").write_text("1")
        with pytest.raises(UsageError, match="written twice"):
            stage(tmp_path / "a")


def test_what_is_read_is_never_replaced(tmp_path):
    (tmp_path / "a").write_text("input")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    for name in ("a", "link"):
        with pytest.raises(UsageError, match="is read by this command and is not replaced"):
            Stage(overwrite=True).check([tmp_path / name], [tmp_path / "a"])
    Stage(overwrite=True).check([tmp_path / "b"], [tmp_path / "a"])


def test_two_jobs_with_one_target_do_not_write_into_each_other(tmp_path):
    one, two = Stage(overwrite=True), Stage(overwrite=True)
    one(tmp_path / "a").write_text("one")
    two(tmp_path / "a").write_text("two")
    one.publish()
    assert (tmp_path / "a").read_text() == "one"
    two.publish()
    assert (tmp_path / "a").read_text() == "two"
    assert names(tmp_path) == ["a"]


def test_somebodys_own_partial_file_is_left_alone(tmp_path):
    (tmp_path / "a.partial").write_text("mine")
    with staged() as stage:
        stage(tmp_path / "a").write_text("1")
    assert (tmp_path / "a.partial").read_text() == "mine"


def test_when_one_rename_fails_everything_stands_as_before(tmp_path):
    (tmp_path / "a").write_text("old")

    def job():
        with staged(overwrite=True) as stage:
            stage(tmp_path / "a").write_text("new")
            stage(tmp_path / "b").write_text("new")
            stage(tmp_path / "c").write_text("new")
            stage.pending[tmp_path / "c"].unlink()  # so that it cannot be renamed

    with pytest.raises(FileNotFoundError):
        job()
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"
