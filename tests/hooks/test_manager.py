"""Broken plugins, installed for real: none stops whoever does not choose it."""

import logging

import pytest
import sciarada_islands

from sciarada.errors import PluginError
from sciarada.hooks.manager import PluginManager

GOOD = """
    from sciarada.hooks import TaskSpec, hookimpl

    class Detector:
        pass

    @hookimpl
    def sciarada_tasks():
        return [TaskSpec(kind="detector", name="{name}", summary="A good one", factory=Detector)]
"""

BROKEN = {
    "raises-at-import": (
        "raise RuntimeError('the flux capacitor is missing')",
        "broken",
        "cannot be loaded: RuntimeError: the flux capacitor is missing",
    ),
    "exits-at-import": (
        "import sys; sys.exit('no licence')",
        "broken",
        "cannot be loaded: SystemExit: no licence",
    ),
    "syntax": ("def oops(:", "broken", "cannot be loaded: SyntaxError"),
    "misspelt": (
        """
        from sciarada.hooks import hookimpl

        @hookimpl
        def sciarada_detectors():
            return []

        @hookimpl
        def sciarada_task():
            return []
        """,
        "warning",
        "unknown hook sciarada_task; did you mean 'sciarada_tasks'?",
    ),
    "unlike-any": (
        "def sciarada_xyzzy():\n    return []",
        "warning",
        "unknown hook sciarada_xyzzy",
    ),
    "unmarked": (
        "def sciarada_tasks():\n    return []",
        "warning",
        "sciarada_tasks has no effect because it is not marked @hookimpl",
    ),
    "wrong-argument": (
        """
        from sciarada.hooks import hookimpl

        @hookimpl
        def sciarada_tasks(image):
            return []
        """,
        "broken",
        "cannot be loaded: PluginValidationError",
    ),
    "raises-in-hook": (
        """
        from sciarada.hooks import hookimpl

        @hookimpl
        def sciarada_tasks():
            raise ValueError("a bad day")
        """,
        "broken",
        "sciarada_tasks raised ValueError: a bad day",
    ),
    "wrong-type": (
        """
        from sciarada.hooks import hookimpl

        @hookimpl
        def sciarada_tasks():
            return ["a detector"]
        """,
        "broken",
        "sciarada_tasks raised TypeError: it must return a list of TaskSpec, not of 'a detector'",
    ),
    "not-a-list": (
        """
        from sciarada.hooks import TaskSpec, hookimpl

        @hookimpl
        def sciarada_tasks():
            return TaskSpec(kind="detector", name="single", summary="Alone", factory=list)
        """,
        "broken",
        "sciarada_tasks raised TypeError: it must return a list of TaskSpec",
    ),
    "bad-name": (
        """
        from sciarada.hooks import TaskSpec, hookimpl

        @hookimpl
        def sciarada_tasks():
            return [TaskSpec(kind="detector", name="Two Words", summary="x", factory=list)]
        """,
        "broken",
        "sciarada_tasks raised ValueError: the name 'Two Words' of a spec must be made of",
    ),
    "bad-requirement": (
        """
        from sciarada.hooks import TaskSpec, hookimpl

        @hookimpl
        def sciarada_tasks():
            return [
                TaskSpec(
                    kind="detector", name="needy", summary="x", factory=list, requires=("a b >",)
                )
            ]
        """,
        "broken",
        "sciarada_tasks raised ValueError: the requirement 'a b >' cannot be understood",
    ),
    "twice": (
        """
        from sciarada.hooks import TaskSpec, hookimpl

        SPEC = TaskSpec(kind="detector", name="echo", summary="x", factory=list)

        @hookimpl
        def sciarada_tasks():
            return [SPEC, SPEC]
        """,
        "broken",
        "sciarada_tasks raised ValueError: it offers the detector 'echo' twice",
    ),
}


def find_error(manager: PluginManager, name: str, kind: str = "detector") -> PluginError:
    with pytest.raises(PluginError) as caught:
        manager.find(kind, name)
    return caught.value


@pytest.fixture(params=BROKEN)
def broken(request, install_plugin):
    source, state, message = BROKEN[request.param]
    install_plugin("good", GOOD.format(name="good"))
    install_plugin(request.param, source)
    return request.param, state, message


def test_a_broken_plugin_stops_nobody_else(broken, caplog):
    name, state, message = broken
    manager = PluginManager.discover()
    spec = manager.find("detector", "good")
    assert (spec.summary, spec.owner.distribution, spec.owner.version) == (
        "A good one",
        "dist-good",
        "1.2",
    )
    manager.run_finished(object())
    rows = [row for row in manager.describe() if row.owner == f"dist-{name}/{name}"]
    assert all((row.kind, row.state) == ("plugin", state) for row in rows)
    assert any(message in row.problem for row in rows)
    assert f"plugin dist-{name}/{name}: " in caplog.text
    assert message in caplog.text


def test_choosing_a_broken_plugin_says_why(broken):
    name, state, message = broken
    error = find_error(PluginManager.discover(quiet=True), name)
    assert f"no detector is called {name!r}, and plugin dist-{name}/{name}: " in str(error)
    assert message in str(error)
    assert (error.__cause__ is not None) == (state == "broken")
    assert "\n" not in str(error)


def test_choosing_it_by_its_owner_says_why_too(install_plugin):
    install_plugin("boom", BROKEN["raises-at-import"][0])
    manager = PluginManager.discover(quiet=True)
    for name in ("dist-boom:anything", "boom:anything", "dist-boom/boom:anything"):
        assert "the flux capacitor is missing" in str(find_error(manager, name))


def test_each_misspelt_hook_is_named(install_plugin):
    install_plugin("misspelt", BROKEN["misspelt"][0])
    problems = [problem.message for problem in PluginManager.discover(quiet=True).problems]
    assert "unknown hook sciarada_task; did you mean 'sciarada_tasks'?" in problems
    assert any(text.startswith("unknown hook sciarada_detectors") for text in problems)


def test_a_plugin_may_offer_the_rest_of_what_it_has(install_plugin):
    install_plugin(
        "half",
        GOOD.format(name="half")
        + """
    @hookimpl
    def sciarada_encoders():
        raise OSError("no disk")
    """,
    )
    manager = PluginManager.discover(quiet=True)
    assert manager.find("detector", "half").name == "half"
    assert [problem.message for problem in manager.problems] == [
        "sciarada_encoders raised OSError: no disk"
    ]


def test_two_owners_of_one_name(install_plugin):
    install_plugin("one", GOOD.format(name="islet"))
    install_plugin("two", GOOD.format(name="islet"))
    manager = PluginManager.discover(quiet=True)
    error = find_error(manager, "islet")
    assert str(error) == (
        "the detector 'islet' is offered by dist-one/one and dist-two/two; "
        "choose one as dist-one:islet or dist-two:islet"
    )
    assert manager.find("detector", "dist-two:islet").owner.plugin == "two"
    assert manager.find("sciarada_tasks", "one:islet").owner.plugin == "one"
    rows = [row for row in manager.describe() if row.name == "islet"]
    assert [row.state for row in rows] == ["ambiguous", "ambiguous"]
    assert rows[0].problem == "choose it as dist-one:islet"


def test_two_plugins_of_one_distribution_are_told_apart_by_plugin(install_plugin):
    install_plugin("one", GOOD.format(name="islet"), distribution="both-1")
    install_plugin("one", GOOD.format(name="islet"), distribution="both-2")
    install_plugin("both-1", GOOD.format(name="islet"), distribution="third")
    manager = PluginManager.discover(quiet=True)
    error = find_error(manager, "islet")
    assert "both-1/one:islet or both-2:islet or third:islet" in str(error)
    assert manager.find("detector", "both-1/one:islet").owner.distribution == "both-1"


def test_one_name_in_two_kinds_is_no_quarrel(install_plugin):
    install_plugin("one", GOOD.format(name="islet"))
    install_plugin("two", GOOD.format(name="islet").replace("detector", "classifier"))
    manager = PluginManager.discover(quiet=True)
    assert manager.find("detector", "islet").owner.plugin == "one"
    assert manager.find("classifier", "islet").owner.plugin == "two"
    assert {spec.kind for spec in manager.choose("islet")} == {"detector", "classifier"}


def test_a_missing_requirement_makes_it_unavailable(install_plugin):
    needs = 'factory=Detector, requires=("no_such_module_xyz", "click>=999", "click>=8")'
    install_plugin("needy", GOOD.format(name="needy").replace("factory=Detector", needs))
    manager = PluginManager.discover()
    error = find_error(manager, "needy")
    assert str(error) == (
        "the detector 'needy' of dist-needy/needy needs no_such_module_xyz, click>=999; "
        "install it with: pip install no_such_module_xyz 'click>=999'"
    )
    (row,) = [row for row in manager.describe() if row.name == "needy"]
    assert row.state == "unavailable"
    assert "pip install no_such_module_xyz 'click>=999'" in row.problem


def test_an_unknown_name_lists_the_names_there_are(install_plugin):
    install_plugin("good", GOOD.format(name="islet"))
    manager = PluginManager.discover(quiet=True)
    assert str(find_error(manager, "islot")).startswith("no detector is called 'islot': there are ")
    assert str(find_error(manager, "islot")).endswith("; did you mean 'islet'?")
    assert "none is installed" in str(find_error(manager, "islet", kind="soothsayer"))
    with pytest.raises(PluginError, match=r"no plugin is called 'islot'.*did you mean 'islet'"):
        manager.choose("islot")


def test_a_hint_at_problem_plugins_when_a_name_is_unknown(install_plugin):
    install_plugin("boom", BROKEN["raises-at-import"][0])
    error = find_error(PluginManager.discover(quiet=True), "atlantis")
    assert "plugins with problems: dist-boom/boom; see `sciarada plugins`" in str(error)


@pytest.mark.parametrize("setting", ["boom", "dist-boom", " x , dist-boom/boom", "all"])
def test_plugins_can_be_disabled(install_plugin, monkeypatch, caplog, setting):
    module = install_plugin("boom", BROKEN["raises-at-import"][0])
    monkeypatch.setenv("SCIARADA_DISABLE_PLUGINS", setting)
    manager = PluginManager.discover()
    (row,) = [row for row in manager.describe() if row.owner == "dist-boom/boom"]
    assert (row.state, row.problem) == ("disabled", "is disabled by SCIARADA_DISABLE_PLUGINS")
    assert module not in caplog.text
    assert "disabled by SCIARADA_DISABLE_PLUGINS" in str(find_error(manager, "boom"))
    assert ("names 'x', but no plugin is called so" in caplog.text) == (" x " in setting)


def test_the_core_needs_no_plugin(monkeypatch):
    monkeypatch.setenv("SCIARADA_DISABLE_PLUGINS", "all")
    manager = PluginManager.discover()
    assert manager.specs == ()
    assert manager.versions == {}


def test_every_observer_sees_the_run(install_plugin, caplog, tmp_path):
    watching = """
        from sciarada.hooks import hookimpl

        @hookimpl
        def sciarada_run_finished(result):
            (result["out"] / "{name}").touch()
            result.clear()
            {then}
    """
    install_plugin("first", watching.format(name="first", then="raise RuntimeError('tired')"))
    install_plugin("second", watching.format(name="second", then="return 'ignored'"))
    result = {"out": tmp_path}
    manager = PluginManager.discover()
    with caplog.at_level(logging.DEBUG):
        manager.run_finished(result)
    assert (tmp_path / "first").exists()
    assert (tmp_path / "second").exists()
    assert result == {"out": tmp_path}, "each plugin gets a copy of its own"
    assert (
        "plugin dist-first/first: sciarada_run_finished raised RuntimeError: tired" in caplog.text
    )
    assert "raise RuntimeError" in caplog.text


def test_modules_need_not_be_installed():
    manager = PluginManager.of(mine=sciarada_islands)
    assert manager.find("detector", "islands").owner.module == "sciarada_islands"


def test_versions_are_those_of_the_distributions(install_plugin):
    install_plugin("good", GOOD.format(name="good"))
    versions = PluginManager.discover(quiet=True).versions
    assert versions["dist-good"] == "1.2"
    assert "sciarada" in versions


def test_an_earlier_name_of_a_spec_is_accepted_and_the_present_one_is_named(install_plugin, caplog):
    install_plugin(
        "good", GOOD.replace("summary=", 'formerly=("old",), summary=').format(name="new")
    )
    manager = PluginManager.discover()
    assert manager.find("detector", "old") is manager.find("detector", "new")
    assert manager.find("detector", "good:old").name == "new"
    assert caplog.messages == ["the detector old is now called new"] * 2
    assert [spec.name for spec in manager.called("old")] == ["new"]
    assert not any(row.name == "old" for row in manager.describe())


def test_a_present_name_has_precedence_over_an_earlier_one(install_plugin):
    install_plugin(
        "one", GOOD.replace("summary=", 'formerly=("old",), summary=').format(name="new")
    )
    install_plugin("two", GOOD.format(name="old"))
    assert PluginManager.discover().find("detector", "old").owner.plugin == "two"
