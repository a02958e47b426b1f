"""연습문제의 확인을 실행해 보는 것: 답마다 따로, 그대로이면 한 번만. 알림은 test_messages.py에."""

import json
import subprocess

import pytest

from machine import answers
from machine.tree.exercises import PASSED, check_source

EARLIER = ["kept = []", "class Made:\n    pass"]
CHECK = check_source("assert kept == [1], f'{kept}입니다'\nassert not hasattr(Made, 'mark')")
ANSWERS = {
    "kept.append(1)": PASSED,
    "kept.append(1)\nMade.mark = 1": "✗",
    "kept.append(2)": "✗ [2]입니다",
    "1/0": "✗ []입니다",
    "kept = undefined": "✗ []입니다",
    "Made = kept = None": "✗ None입니다",
}


def job(*more):
    return json.dumps([{"earlier": EARLIER, "check": CHECK, "answers": [*ANSWERS, *more]}])


def test_answers_are_judged_apart_from_each_other(tmp_path):
    (found,) = json.loads(answers.run(str(tmp_path), job("import os\nos._exit(3)"), "{}"))
    assert [result["said"].strip() for result in found[:-1]] == [*ANSWERS.values()]
    assert found[3]["error"] == "ZeroDivisionError: division by zero"
    assert found[-1] == {"error": "끝나지 않거나 죽었습니다(3)", "said": ""}


def test_the_same_answers_run_once(tmp_path, monkeypatch):
    first = answers.run(str(tmp_path), job(), "{}")
    monkeypatch.setattr(subprocess, "run", lambda *args, **named: pytest.fail("또 실행했습니다"))
    assert answers.run(str(tmp_path), job(), "{}") == first
