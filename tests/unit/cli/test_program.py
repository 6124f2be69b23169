"""How the program behaves whatever the command: language, form, errors, exit codes."""

import json
import pickle
from pathlib import Path
from typing import Any

import click
import pytest

from carboncalc.cli.entry import main, rendered_help
from carboncalc.cli.group import COMMANDS, root
from carboncalc.cli.policy_flags import TEXTS, policy_of
from carboncalc.cli.session import Session, plain, table, width
from carboncalc.provenance import Policy


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def all_commands(
    group: click.Command = root, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    found = [(path, group)]
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            found += all_commands(command, (*path, name))
    return found


COMMANDS_BY_PATH = dict(all_commands())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_packaged_help_is_what_click_would_print(lang: Any) -> None:
    session = Session(lang, as_json=False)
    context = click.Context(root, info_name="carboncalc", obj=session, terminal_width=80)
    assert rendered_help(lang) == root.get_help(context) + "\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["--lang", "en", "--help"]])
def test_help_is_printed_with_exit_code_zero(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *arguments) == (0, rendered_help("en"), "")


def test_help_is_chinese_when_asked_by_flag_or_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(capsys, "--lang=zh")[1] == rendered_help("zh")
    monkeypatch.setenv("CARBONCALC_LANG", "zh_CN.UTF-8")
    assert run(capsys, "--help")[1] == rendered_help("zh")


@pytest.mark.parametrize("path", COMMANDS_BY_PATH)
def test_every_command_explains_itself_in_both_languages(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    chinese = run(capsys, *path, "--help", "--lang", "zh")
    english = run(capsys, *path, "--help", "--lang", "en")
    assert (chinese[0], english[0]) == (0, 0)
    assert any("一" <= letter <= "鿿" for letter in chinese[1])
    assert not any("一" <= letter <= "鿿" for letter in english[1].replace("天然气", ""))


@pytest.mark.parametrize("path", COMMANDS_BY_PATH)
def test_every_option_has_its_text_in_both_languages(path: tuple[str, ...]) -> None:
    for option in COMMANDS_BY_PATH[path].params:
        if isinstance(option, click.Option):
            texts = getattr(option, "texts", {})
            assert texts.get("zh"), option.name
            assert texts.get("en"), option.name


@pytest.mark.parametrize("path", COMMANDS_BY_PATH)
def test_every_command_takes_json(path: tuple[str, ...]) -> None:
    command = COMMANDS_BY_PATH[path]
    if not isinstance(command, click.Group):
        assert "--json" in {name for option in command.params for name in option.opts}


def test_the_policy_has_a_flag_and_a_text_for_each_of_its_fields() -> None:
    assert set(TEXTS) == set(Policy.model_fields)
    flags = {name for option in COMMANDS_BY_PATH["compute",].params for name in option.opts}
    assert {"--" + field.replace("_", "-") for field in Policy.model_fields} <= flags


def test_flags_that_were_not_given_leave_the_default_of_the_policy() -> None:
    assert policy_of(dict.fromkeys(Policy.model_fields)) == Policy()
    assert policy_of({"year_fallback": "latest"}) == Policy(year_fallback="latest")


def test_wrong_usage_gives_a_sentence_and_exit_code_two(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, "no-such-command")
    assert (code, out) == (2, "")
    assert err.startswith("[K-001]")
    assert "Traceback" not in err


def test_wrong_usage_is_machine_readable_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "schema", "nope", "--json", "--lang", "zh")
    document = json.loads(out)
    assert (code, document["contract"], document["error"]["code"]) == (2, 1, "K-001")
    assert "没有名为“nope”的结构" in document["error"]["message"]


def test_a_defect_inside_is_reported_as_a_sentence_not_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("made for this test")

    monkeypatch.setattr("carboncalc.cli.schema_files.names", broken)
    code, _, err = run(capsys, "schema")
    assert code == 1
    assert err.splitlines()[0].startswith("[K-004]")
    assert "made for this test" in err


def test_an_interrupted_run_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("carboncalc.cli.schema_files.names", interrupted)
    assert run(capsys, "schema")[0] == 1
    monkeypatch.undo()


def test_an_error_of_the_library_keeps_its_code_and_hint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, "methods", "show", "nope", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "M-001")
    assert error["hint"]


def test_a_file_that_is_not_there_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = run(capsys, "factors", "validate", str(tmp_path / "gone.csv"))
    assert code == 2
    assert "gone.csv" in err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from carboncalc import __version__

    assert run(capsys, "--version") == (0, f"carboncalc {__version__}\n", "")


def test_a_command_names_a_module_of_its_own() -> None:
    for name, entry in COMMANDS.items():
        assert entry.module == name
        assert entry.zh.endswith("。")
        assert entry.en.endswith(".")


def test_json_never_holds_what_json_cannot_say() -> None:
    values = {"nan": float("nan"), "inf": float("inf"), "set": {2, 1}, "path": Path("a")}
    assert plain(values) == {"nan": None, "inf": None, "set": [1, 2], "path": "a"}


def test_tables_align_chinese_and_latin_letters() -> None:
    lines = table([("天然气", 1), ("gas", 22)], ("品种", "t"))
    assert {width(line[: line.rindex(" ") + 1]) for line in lines} == {8}


def test_a_session_pickles() -> None:
    session = Session.of(["--json"])
    assert pickle.loads(pickle.dumps(session)) == session
