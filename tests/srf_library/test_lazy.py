"""The names that a package offers, and the modules that they come from."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

PACKAGES = ("srf_library", "physops", "anyband_models")


def type_checked_names(package):
    """The names that a type checker sees under ``if TYPE_CHECKING``, and where each lives.

    Offered is what is imported ``as`` itself, and what an assignment gives another name.
    """
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    homes = {alias.name: (node.module, alias.name) for node in imports for alias in node.names}
    renamed = [node for node in block.body if isinstance(node, ast.Assign)]
    return {name: home for name, home in homes.items() if name in offered_as_is(imports)} | {
        node.targets[0].id: homes[node.value.id] for node in renamed
    }


def offered_as_is(imports):
    return {alias.asname for node in imports for alias in node.names}


@pytest.mark.parametrize("name", PACKAGES)
def test_type_checkers_see_the_names_that_are_offered(name):
    package = import_module(name)
    assert sorted(type_checked_names(package)) == package.__all__


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_is_the_one_that_type_checkers_see(name):
    package = import_module(name)
    for public, (module, name_there) in type_checked_names(package).items():
        assert getattr(package, public) is getattr(import_module(module), name_there)


@pytest.mark.parametrize("name", PACKAGES)
def test_dir_lists_what_is_offered(name):
    package = import_module(name)
    assert dir(package) == package.__all__


@pytest.mark.parametrize("name", PACKAGES)
def test_a_name_that_is_not_offered_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'nothing'"):
        import_module(name).nothing  # noqa: B018
