"""The log of a fault of ours: where it happened, and no value of the case."""

from __future__ import annotations

from pathlib import Path

from diffuscope.cli.crash import crash_log, crash_message

SECRET = "Plant Title of a Memo"


def fails():
    try:
        {}[SECRET]
    except KeyError as error:
        raise ValueError(f"cannot read {SECRET}") from error


def caught():
    try:
        fails()
    except ValueError as error:
        return error


def test_a_log_says_where_and_what_kind_and_quotes_no_value():
    log = crash_log(caught())
    assert "ValueError" in log
    assert "from builtins.KeyError" in log
    assert "in fails" in log
    assert SECRET not in log


def test_the_message_names_the_file_that_holds_the_log():
    message = crash_message(caught())
    file = Path(message.rsplit("file ", 1)[1].removesuffix("."))
    try:
        assert file.read_text(encoding="utf-8").startswith("diffuscope ")
    finally:
        file.unlink()
