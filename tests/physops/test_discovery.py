import subprocess
import sys
import threading

import pytest

import physops
from physops import discovery, offers
from physops.errors import ClashingPluginsError, NoCardError, PluginError, UnknownOperatorError
from srf_library import AmbiguousNameError

GOOD = """
import physops

def double(bands, fill=0.0):
    return physops.get("ndvi", bands=bands, fill=fill)

def refuses(bands):
    raise ValueError("three bands are too few")

def dictionary(bands):
    return {}
"""


def operators(**values):
    return "[physops.operators]\n" + "".join(f"{n} = {v}\n" for n, v in values.items())


def info(name):
    """Return what is told of a name, which one distribution offers."""
    (found,) = [plugin for plugin in physops.plugins() if name in plugin.names]
    return found


def test_a_plugin_is_listed_and_built(distribution, others):
    distribution("their-ops", operators(theirs="their_ops:double"), {"their_ops.py": GOOD})
    assert "theirs" in physops.list()
    assert "theirs" not in physops.list(kind="index")
    assert "their_ops" not in sys.modules
    told = physops.PluginInfo("their-ops", "1.2", "operators", ("theirs",), "not loaded")
    assert others() == [told]
    assert physops.get("theirs", sensor="S2A").spec.name == "NDVI"
    assert physops.get("THEIRS", sensor="S2A", fill=-1.0).fill == -1.0
    assert info("theirs").status == "loaded"
    with pytest.raises(NoCardError, match="'theirs' is a function of the bands"):
        physops.spec("theirs")


def test_a_name_is_the_librarys_in_every_spelling(distribution):
    distribution("impostor", operators(NDVI="no_such:f", ndvi="no_such:f", bai="no_such:f"))
    assert physops.list().count("NDVI") == 1
    assert not {"ndvi", "bai"} & set(physops.list())
    for name in ("NDVI", "ndvi", "nd-vi"):
        assert physops.get(name, sensor="S2A").spec == physops.spec("NDVI")
    with pytest.raises(AmbiguousNameError, match="'bai' may mean BAI or BaI"):
        physops.get("bai", sensor="S2A")
    assert info("ndvi").names == ("NDVI", "ndvi")
    assert info("ndvi").status == info("bai").status == "shadowed"
    assert info("bai").error == "the name stands for the library's BAI or BaI"


def test_where_two_plugins_spell_a_name_differently_it_must_be_spelt_right(distribution):
    distribution("one", operators(depth="their_ops:double"), {"their_ops.py": GOOD})
    distribution("two", operators(Depth="no_such:f"))
    assert physops.get("depth", sensor="S2A").spec.name == "NDVI"
    with pytest.raises(AmbiguousNameError, match="'DEPTH' may mean Depth or depth"):
        physops.get("DEPTH", sensor="S2A")


def test_a_broken_plugin_breaks_only_its_own_name(distribution):
    values = {"broken": "no_such_module:f", "constant": "math:pi", "nonsense": "!"}
    distribution("faulty", operators(**values, fine="their_ops:double"), {"their_ops.py": GOOD})
    assert set(values) < set(physops.list())
    with pytest.raises(
        PluginError, match=r"'broken' of faulty 1\.2 \(no_such_module:f\) cannot be"
    ):
        physops.get("broken", sensor="S2A")
    with pytest.raises(PluginError, match="TypeError: it is no function of the bands"):
        physops.get("constant", sensor="S2A")
    with pytest.raises(PluginError, match="nonsense"):
        physops.get("nonsense", sensor="S2A")
    assert physops.get("fine", sensor="S2A").spec.name == "NDVI"
    assert [info(name).status for name in (*values, "fine")] == ["broken"] * 3 + ["loaded"]
    assert info("broken").error == "ModuleNotFoundError: No module named 'no_such_module'"


def test_a_plugin_that_is_mended_is_whole(distribution):
    site = distribution("mended", operators(mended="mended_ops:double"))
    with pytest.raises(PluginError):
        physops.get("mended", sensor="S2A")
    (site / "mended_ops.py").write_text(GOOD)
    physops.refresh()
    assert info("mended").status == "not loaded"
    assert physops.get("mended", sensor="S2A").spec.name == "NDVI"


def test_a_plugin_that_ends_the_program_does_not(distribution):
    files = {"leaver.py": "raise SystemExit(3)"}
    distribution("leavers", operators(leaver="leaver:f"), files)
    with pytest.raises(PluginError, match="SystemExit: 3; mend or uninstall that distribution"):
        physops.get("leaver", sensor="S2A")


def test_what_a_plugin_refuses_comes_through_and_says_whose_it_is(distribution):
    entries = operators(refuses="their_ops:refuses", other="their_ops:dictionary")
    distribution("picky", entries, {"their_ops.py": GOOD})
    with pytest.raises(ValueError, match="three bands are too few") as caught:
        physops.get("refuses", sensor="S2A")
    note = "raised by the operator 'refuses' of picky 1.2 (their_ops:refuses)"
    assert caught.value.__notes__ == [note]
    with pytest.raises(PluginError, match="TypeError: it returns dict, not an Operator"):
        physops.get("other", sensor="S2A")
    assert info("other").status == "broken"


def test_two_plugins_of_one_name_are_refused(distribution):
    distribution("one", operators(twice="no_such:f", single="no_such:f"))
    distribution("two", operators(twice="no_such:f"), version="0.3")
    message = r"'twice' is offered by one 1\.2 and two 0\.3; uninstall all but one"
    with pytest.raises(ClashingPluginsError, match=message):
        physops.get("twice", sensor="S2A")
    told = {plugin.distribution: plugin for plugin in physops.plugins() if "twice" in plugin.names}
    assert {plugin.status for plugin in told.values()} == {"clashing"}
    assert told["one"].error == "offered by two 0.3, too"
    assert info("single").status == "not loaded"


def test_a_distribution_that_clashes_with_itself_is_told_so(distribution):
    entries = operators(twice="no_such:f") + "[physops.catalogs]\nx = formulas\n"
    index = '[[index]]\nname = "twice"\nformula = "N"\nreference = "-"\n'
    distribution("one", entries, {"formulas/physops_catalog.toml": index})
    with pytest.raises(ClashingPluginsError, match=r"more than once by one 1\.2; mend or uninst"):
        physops.get("twice", sensor="S2A")


def test_another_version_of_a_distribution_is_hidden_by_the_first_on_the_path(distribution, others):
    distribution("my.plugin", operators(old="no_such:f"), version="1.0")
    distribution("my-plugin", operators(new="no_such:f"), version="2.0")
    assert [(p.version, p.names) for p in others()] == [("2.0", ("new",))]


def test_metadata_that_cannot_be_read_hides_nothing_else(distribution, others):
    distribution("garbled", "[physops.operators]\nno equals sign\n")
    distribution("foreign", "[console_scripts]\nno equals sign either\n")
    distribution("fine", operators(theirs="their_ops:double"), {"their_ops.py": GOOD})
    site = distribution("binary", "")
    (site / "binary-1.2.dist-info/entry_points.txt").write_bytes(b"\xff\xfe[physops.operators]")
    physops.refresh()
    assert [(p.distribution, p.status) for p in others()] == [
        ("fine", "not loaded"),
        ("garbled", "broken"),
    ]
    assert physops.get("theirs", sensor="S2A").spec.name == "NDVI"
    message = (
        r"'zzzz' is not known; .*; garbled 1\.2 \(entry_points\.txt\) may have it, but its ent"
    )
    with pytest.raises(UnknownOperatorError, match=message):
        physops.get("zzzz")


def test_the_programs_own_stands_before_a_plugins(distribution):
    distribution("theirs", operators(ours="no_such:f"))
    physops.register_formula("ours", "N - R", reference="-")
    try:
        assert physops.get("ours", sensor="S2A").spec.formula == "N - R"
        assert info("ours").error == "the running program has registered another of this name"
    finally:
        physops.unregister("ours")
    assert info("ours").status == "not loaded"


def test_plugins_can_be_switched_off(distribution, monkeypatch):
    distribution("theirs", operators(theirs="their_ops:double"), {"their_ops.py": GOOD})
    monkeypatch.setenv("PHYSOPS_PLUGINS", "0")
    physops.refresh()
    assert physops.plugins() == []
    assert "theirs" not in physops.list()
    with pytest.raises(UnknownOperatorError, match=r"switched off \(PHYSOPS_PLUGINS=0\)"):
        physops.get("theirs", sensor="S2A")
    monkeypatch.setenv("PHYSOPS_PLUGINS", "1")
    physops.refresh()
    assert "theirs" in physops.list()


def test_the_scan_is_made_once_and_by_one_thread(distribution, monkeypatch):
    distribution("theirs", operators(theirs="no_such:f"))
    scans = []
    barrier = threading.Barrier(4)

    def counted():
        scans.append(threading.get_ident())
        return offers.scan()

    def look():
        barrier.wait()
        physops.list()

    monkeypatch.setattr(discovery, "scan", counted)
    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(scans) == 1
    physops.refresh()
    physops.plugins()
    assert len(scans) == 2


@pytest.mark.parametrize("name", ["NDVI", "ndvi", "srf"])
def test_what_is_the_librarys_is_found_without_a_scan(monkeypatch, name):
    physops.refresh()
    monkeypatch.setattr(discovery, "scan", lambda: pytest.fail("the plugins were looked for"))
    image = {"sensor": "S2A", "bands": physops.Bands.at(range(400, 2501, 10))}
    given = image if name == "srf" else {"sensor": "S2A"}
    assert physops.get(name, **given).spec == physops.spec(name)


def test_looking_for_plugins_imports_none_of_them(distribution):
    shout = "print('imported'); raise RuntimeError('imported')"
    files = {
        "loud/__init__.py": shout,
        "loud/formulas/__init__.py": shout,
        "loud/formulas/physops_catalog.toml": (
            '[[index]]\nname = "Quiet"\nformula = "(N - R520) / (N + R520)"\nreference = "-"\n'
        ),
    }
    entries = operators(loud="loud:f") + "[physops.catalogs]\nx = loud.formulas\n"
    site = distribution("loud", entries, files)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import physops\n"
        "assert {'loud', 'Quiet'} <= set(physops.list())\n"
        "assert physops.search('R520')[-1] == 'Quiet', physops.search('R520')\n"
        "others = [p for p in physops.plugins() if p.distribution != 'anyband']\n"
        "assert [p.status for p in others] == ['loaded', 'not loaded']\n"
        "assert physops.get('quiet').evaluate({'N': 0.3, 'R520': 0.1})\n"
        "assert not [name for name in sys.modules if name.startswith('loud')]\n"
        "try: physops.get('loud', sensor='S2A')\n"
        "except physops.PhysopsError as error: print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(
        "imported\nthe operator 'loud' of loud 1.2 (loud:f) cannot be used"
    )
