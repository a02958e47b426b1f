"""연습문제의 확인을 실행해 보는 것: 답마다 따로, 그대로이면 한 번만. 알림은 test_messages.py에."""

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


JOB = [{"earlier": EARLIER, "check": CHECK, "answers": [*ANSWERS, "import os\nos._exit(3)"]}]


def test_answers_are_judged_apart_from_each_other(tmp_path):
    (found,) = answers.run(tmp_path, JOB)
    assert [result["said"].strip() for result in found[:-1]] == [*ANSWERS.values()]
    assert found[3]["error"] == "ZeroDivisionError: division by zero"
    assert found[-1] == {"error": "끝나지 않거나 죽었습니다(3)", "said": ""}


def test_a_page_that_kills_python_is_told(tmp_path):
    job = [{"earlier": ["import os; os._exit(3)"], "check": CHECK, "answers": ["kept = [1]"]}]
    said = {"error": "앞의 본문을 실행하던 파이썬이 죽었습니다(3)", "said": ""}
    assert answers.run(tmp_path, job) == [[said]]


def test_the_same_answers_run_once(tmp_path, monkeypatch):
    """데이터가 바뀌거나, 적어 둔 것이 상하거나, 파이썬이 죽었으면 다시 실행한다."""
    ran = []

    def count(folder, job):
        ran.append(job)
        return [[{"said": "" if len(ran) == 4 else str(len(ran))}]]

    def said(read):
        return answers.results_of(tmp_path, tmp_path, JOB, read)[0][0]["said"]

    monkeypatch.setattr(answers, "run", count)
    assert [said({}), said({}), said({"data/a.csv": "지문"})] == ["1", "1", "2"]
    for path in tmp_path.rglob("*.json"):
        path.write_text("[1", "utf-8")
    assert [said({}), said({"data/a.csv": "지문"}), said({"data/a.csv": "지문"})] == ["3", "", "5"]
