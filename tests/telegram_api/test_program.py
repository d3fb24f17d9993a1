"""The runner of programs, by programs that are quickly written."""

import os
import sys

import pytest

from telegram_api import Program


def program(tmp_path, script, **environment):
    made = Program(tmp_path / "data", environment)
    made._command = [sys.executable, "-c", script]  # noqa: SLF001  # the runner, not Clipdesk
    return made


def test_what_runs_is_the_installed_program(tmp_path):
    with Program(tmp_path / "data", {}, ["--help"]) as help_page:
        assert help_page.wait(30) == 0

    assert "Usage" in help_page.output()


def test_output_and_exit_code_are_kept(tmp_path):
    script = "import sys; print('漢'); print('err', file=sys.stderr); sys.exit(3)"

    with program(tmp_path, script, PYTHONIOENCODING="utf-8") as ended:
        assert ended.wait() == 3

    assert "漢" in ended.output()
    assert "err" in ended.output()


def test_the_environment_is_clean_of_our_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIPDESK_QUOTES", "9")
    script = "import os; print({k: v for k, v in os.environ.items() if k.startswith('CLIP')})"

    with program(tmp_path, script, CLIPDESK_ENGINE="memory") as ended:
        ended.wait()

    assert ended.output() == "{'CLIPDESK_ENGINE': 'memory'}\n"


WAIT = "import time; print('up'); time.sleep(60)"


def test_a_program_is_asked_to_end_killed_or_ended_with_its_block(tmp_path):
    with program(tmp_path, WAIT) as asked:
        assert asked.terminate() == -15
    with program(tmp_path, WAIT) as killed:
        killed.kill()
        assert not killed.is_running()
    with program(tmp_path, WAIT) as left:
        pid = left.pid

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_that_goes_on_is_told(tmp_path):
    with program(tmp_path, WAIT) as slow, pytest.raises(AssertionError, match="still running"):
        slow.wait(0.01)


def test_a_program_that_is_not_started_has_no_process(tmp_path):
    with pytest.raises(RuntimeError, match="only inside its with block"):
        _ = program(tmp_path, WAIT).pid
