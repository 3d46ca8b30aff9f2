"""Whatever is registered, and whatever fails, the library's own operators stay what they are."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import physops
from physops.errors import ClashingPluginsError, NameTakenError, PluginError, UnknownOperatorError

OWN = ("NDVI", "SAVI", "BAI", "mSR705", "PRI550", "srf")
OPERATORS = "[physops.operators]\nbroken = no_such_module:f\nNDVI = no_such_module:f\n"
CATALOG = "[physops.catalogs]\nformulas = formulas\n"
INDICES = """
[[index]]
name = "Faulty"
formula = "N /"
reference = "-"
[[index]]
name = "Whole"
formula = "N / G"
reference = "-"
"""
NAMES = st.sampled_from(["mine", "MINE", "m-i-n-e", "other", "Whole", "broken"])
TAKEN = st.sampled_from([*OWN, "ndvi", "N D V I", "bai", "S-R-F"])
FORMULAS = st.sampled_from(["N - R", "N / R", "(N - S1) / (N + S1)", "c * N"])


@pytest.fixture(autouse=True)
def plugins(distribution):
    """Offer what is broken, what clashes, what is shadowed, and one thing that is whole."""
    distribution("first", OPERATORS + CATALOG, {"formulas/physops_catalog.toml": INDICES})
    distribution("second", "[physops.operators]\ntwice = no_such_module:f\n")
    distribution("third", "[physops.operators]\ntwice = no_such_module:f\n")


def state_of_the_library():
    """Return what a user sees of the library's own operators."""
    built = [physops.get(name, sensor="S2A") for name in ("NDVI", "ndvi", "savi")]
    return [*map(repr, built), *map(physops.spec, OWN), physops.list(domain="snow")]


class Registry(RuleBasedStateMachine):
    """A program that registers, forgets and asks, beside a model of what it has registered."""

    def __init__(self):
        super().__init__()
        self.registered = {}

    @initialize()
    def remember(self):
        self.before = state_of_the_library()
        self.own = set(physops.list()) - {"broken", "twice", "Faulty", "Whole"}

    @rule(name=NAMES, formula=FORMULAS, overwrite=st.booleans())
    def register_formula(self, name, formula, overwrite):
        given = {"reference": "-", "overwrite": overwrite}
        given |= {"constants": {"c": 2.0}} if "c" in formula else {}
        if name in self.registered and not overwrite:
            with pytest.raises(NameTakenError, match="registered already"):
                physops.register_formula(name, formula, **given)
        else:
            physops.register_formula(name, formula, **given)
            self.registered[name] = formula

    @rule(name=NAMES, overwrite=st.booleans())
    def register_function(self, name, overwrite):
        def build(bands):
            return physops.get("GNDVI", bands=bands)

        if name in self.registered and not overwrite:
            with pytest.raises(NameTakenError, match="registered already"):
                physops.register(name, build)
        else:
            physops.register(name, build, overwrite=overwrite)
            self.registered[name] = physops.spec("GNDVI").formula

    @rule(name=NAMES)
    def unregister(self, name):
        physops.unregister(name)
        self.registered.pop(name, None)

    @rule(name=TAKEN, overwrite=st.booleans())
    def take_a_name_of_the_librarys(self, name, overwrite):
        with pytest.raises(NameTakenError, match="the library's own"):
            physops.register_formula(name, "N", reference="-", overwrite=overwrite)
        with pytest.raises(NameTakenError, match="the library's own"):
            physops.register(name, physops.Bands.of, overwrite=overwrite)
        physops.unregister(name)

    @rule(name=NAMES)
    def get(self, name):
        if name in self.registered:
            assert physops.get(name, sensor="S2A").spec.formula == self.registered[name]
        elif name == "Whole":
            assert physops.get(name, sensor="S2A").spec.formula == "N / G"
        elif name == "broken":
            with pytest.raises(PluginError, match="no_such_module"):
                physops.get(name, sensor="S2A")

    @rule()
    def get_what_is_faulty_or_unknown(self):
        with pytest.raises(ClashingPluginsError, match=r"second 1\.2 and third 1\.2"):
            physops.get("twice", sensor="S2A")
        with pytest.raises(PluginError, match="'N /' is no formula"):
            physops.get("Faulty")
        with pytest.raises(UnknownOperatorError):
            physops.get("zzzz")

    @rule()
    def refresh(self):
        physops.refresh()

    @invariant()
    def the_library_is_what_it_was(self):
        assert state_of_the_library() == self.before

    @invariant()
    def all_that_is_there_is_listed(self):
        offered = {"broken", "twice", "Faulty", "Whole"}
        assert set(physops.list()) == self.own | offered | set(self.registered)

    def teardown(self):
        for name in self.registered:
            physops.unregister(name)


TestRegistry = Registry.TestCase
TestRegistry.settings = settings(
    settings.get_profile("project"), max_examples=10, stateful_step_count=20
)
