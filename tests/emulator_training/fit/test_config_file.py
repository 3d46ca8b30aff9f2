import pytest

from emulator_training.errors import ConfigError
from emulator_training.fit.config_file import read_config


def test_what_is_left_out_is_as_in_the_recipe(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"emulator": {"epochs": 3}}')
    config = read_config(path)
    assert config.emulator.epochs == 3
    assert config.inverse == type(config.inverse)()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "nonsense",
            "Invalid JSON: expected ident at line 1 column 2; give for example "
            '{"emulator": {"epochs": 10}}',
        ),
        ("", "Invalid JSON: EOF"),
        ('{"forward": {}}', "forward is not known; give emulator, inverse or manifold"),
        ('{"manifold": {"widht": 3}}', "manifold.widht is not known; give size, width, epochs, "),
        (
            '{"emulator": {"epochs": 0}}',
            "emulator.epochs is 0; input should be greater than or equal to 1",
        ),
        (
            '{"inverse": {"seed": 99999999999999999999999}}',
            "the seed of prosail_inverse is 99999999999999999999999; give 0 to 9223372036854775807",
        ),
        ("[]", "Input should be an object; give for example {"),
    ],
)
def test_the_file_and_what_is_allowed_are_named(tmp_path, text, said):
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(ConfigError) as refusal:
        read_config(path)
    assert str(refusal.value).startswith(f"{path}: {said}")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none.json cannot be read: No such file or directory$"):
        read_config(tmp_path / "none.json")
