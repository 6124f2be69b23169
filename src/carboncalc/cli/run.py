"""Runs a command and turns whatever goes wrong into a sentence and an exit code."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from carboncalc.cli.group import root
from carboncalc.cli.session import Session
from carboncalc.cli.usage import told
from carboncalc.errors import ActivityDataError, CarbonCalcError, CarbonCalcWarning
from carboncalc.messages.catalogue import hint, message

DONE, PROBLEMS, USAGE = 0, 1, 2


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give the exit code (contract section 12).

    Examples
    --------
    >>> run(["no-such-command", "--json"])
    {
      "contract": 1,
      "error": {
        "code": "K-001",
        ...
    2
    """
    session = Session.of(arguments)
    try:
        with _environment(session), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", CarbonCalcWarning)
            try:
                code = root.main(
                    args=list(arguments),
                    prog_name="carboncalc",
                    obj=session,
                    standalone_mode=False,
                )
            finally:
                _speak(caught)
        sys.stdout.flush()
        return int(code or DONE)
    except Exception as error:
        return _explain(error, session)
    except KeyboardInterrupt:
        return _fail(session, PROBLEMS, "K-003", {})


@contextmanager
def _environment(session: Session) -> Iterator[None]:
    """Let texts that are asked for without a language come in that of the session."""
    before = os.environ.get("CARBONCALC_LANG")
    os.environ["CARBONCALC_LANG"] = session.lang
    try:
        yield
    finally:
        if before is None:
            del os.environ["CARBONCALC_LANG"]
        else:
            os.environ["CARBONCALC_LANG"] = before


def _speak(caught: Sequence[warnings.WarningMessage]) -> None:
    for one in dict.fromkeys(str(entry.message) for entry in caught):
        print(one, file=sys.stderr)


def _explain(error: Exception, session: Session) -> int:
    if os.environ.get("CARBONCALC_DEBUG"):
        raise error
    match error:
        case click.exceptions.NoArgsIsHelpError():
            print(error.format_message())
            return DONE
        case click.ClickException():
            return _fail(session, USAGE, "K-001", {"problem": told(error, session.lang)})
        case click.Abort():
            return _fail(session, PROBLEMS, "K-003", {})
        case BrokenPipeError():
            # The reader (head, less) has gone: nothing is wrong, and nothing can be said.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
        case CarbonCalcError():
            issues = error.issues if isinstance(error, ActivityDataError) else ()
            payload: dict[str, Any] = {"error": _record(error, session)}
            text = error.text(session.lang)
            if issues:
                from carboncalc.cli.problems import listed, records

                payload["issues"] = records(session, issues)
                if not (len(issues) == 1 and issues[0].code == error.code):
                    first = CarbonCalcError.text(error, session.lang)
                    text = "\n".join([first, *listed(session, issues)])
            return _report(session, PROBLEMS, payload, text)
        case OSError():
            where = error.filename or ""
            what = error.strerror or str(error)
            return _fail(session, PROBLEMS, "K-002", {"file": where, "problem": what})
    params = {"kind": type(error).__name__, "problem": str(error)}
    return _fail(session, PROBLEMS, "K-004", params)


def _record(error: CarbonCalcError, session: Session) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": message(error.code, error.params, session.lang),
        "hint": error.hint(session.lang),
    }


def _fail(session: Session, status: int, code: str, params: Mapping[str, object]) -> int:
    said, advice = message(code, params, session.lang), hint(code, params, session.lang)
    payload = {"error": {"code": code, "message": said, "hint": advice}}
    return _report(session, status, payload, f"[{code}] {said}" + (f"\n{advice}" if advice else ""))


def _report(session: Session, status: int, payload: dict[str, Any], text: str) -> int:
    if session.as_json:
        session.emit(payload, "")
    else:
        print(text, file=sys.stderr)
    return status
