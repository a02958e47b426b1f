"""연습문제의 확인이 맞게 가리는지, 쪽의 셀과 함께 실행하여 본다(runner.py).

풀이와 맞는 답은 통과해야 하고, 답의 틀과 틀린 답은 저마다의 알림으로 통과하지 못해야 한다. 코드가
그대로이면 지난번의 결과를 쓴다.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from sphinx.util import logging

from machine import files, kept
from machine.live import cells
from machine.live.needs import MAIN
from machine.run import cache_folder, data, execute
from machine.settings import ROOT
from machine.tree.alternatives import stopped
from machine.tree.exercises import NOT_YET, PASSED, Answer, checks_in

log = logging.getLogger(__name__)
RUNNER = Path(__file__).with_name("runner.py")
FAILED = "확인이 맞는 답을 틀렸다고 합니다: {}"
LET_PASS = "확인이 {}을 맞다고 합니다. check에 이 답을 가릴 것을 적으세요"
BROKEN = "답을 실행하지 못했습니다: {}"
DIED = "앞의 본문을 실행하던 파이썬이 죽었습니다({})"
NOT_SAID = '틀린 답의 알림에 "{}"이(가) 없습니다. 나온 알림: {}'
SHARED = '"{}"은(는) 다른 답의 알림에도 나옵니다. 이 답에만 나올 말을 적으세요'
KINDS = {"starter": "답의 틀", "wrong": "틀린 답"}


def note(app, doctree, docname):
    """쪽을 쓸 때마다. 이번에 쓰지 않는 쪽의 것은 지난번에 적은 것이 남아 있다.

    실행하다 멈춘 쪽은 그것부터 알린다.
    """
    if app.builder.name == "html" and not stopped(app, docname):
        checks = checks_in(doctree)
        found = cells.read(app.env, doctree, docname) if checks else []
        noted = kept.data.setdefault("answers", {})
        noted[docname] = [*exercises(found, checks)]


def exercises(found, checks):
    """연습문제마다 (앞의 셀들, 확인, 가려야 할 답들). 앞의 셀은 앞 문제의 뒤에 온 것만 적는다."""
    codes = {cells.problem(cell): cell for cell in found if cell.kind == "answer"}
    earlier = []
    for cell in found:
        if cell.part == MAIN:
            earlier.append(cell.source)
        elif cell.kind == "check":
            label = cells.problem(cell)
            answer = Answer("answer", codes[label].source, "", codes[label].line)
            yield earlier, cell.source, [answer, *checks[label]["others"]]
            earlier = []


def finish(app, pages):
    noted = kept.data.get("answers", {})
    docs = [name.removesuffix(".html") for name in pages]
    with_checks = [doc for doc in docs if noted.get(doc)]
    if not with_checks:
        return
    cache = cache_folder(ROOT) / "answers"  # 이름을 지으려면 글꼴까지 읽으므로 한 번만 짓는다
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda doc: judged(app, cache, doc, noted[doc]), with_checks)
        for doc, results in zip(with_checks, found):
            for (_, _, answers), said in zip(noted[doc], results):
                tell(doc, answers, said)


def judged(app, cache, doc, noted):
    """연습문제마다, 답마다의 결과."""
    folder = Path(app.env.doc2path(doc)).parent
    job = [
        {"earlier": earlier, "check": check, "answers": [answer.code for answer in answers]}
        for earlier, check, answers in noted
    ]
    read = data.now(folder, data.read_by(app.env, doc))
    return results_of(cache, folder, job, read)


def results_of(cache, folder, job, read):
    """job의 결과. read는 쪽이 읽는 데이터의 지문이다. 그대로이면 cache에 둔 결과를 읽는다."""
    text = json.dumps([job, read, RUNNER.read_text("utf-8")])
    path = cache / f"{sha256(text.encode()).hexdigest()}.json"
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # 없거나 상했다
        found = run(folder, job)
        if all(result["said"] for results in found for result in results):  # 죽은 것은 다시 해 본다
            files.write(path, json.dumps(found).encode())
        return found


def run(folder, job):
    """쪽의 데이터만 있는 임시 폴더에서 실행한다."""
    with data.laid_out(folder) as place, NamedTemporaryFile() as results:
        done = subprocess.run(
            [sys.executable, str(RUNNER), results.name],
            input=json.dumps(job),
            text=True,
            cwd=place.folder,
            env=os.environ | execute.ENVIRONMENT | {"MPLBACKEND": "Agg"},
            capture_output=True,  # 코드가 파이썬을 거치지 않고 찍은 것
        )
        if done.returncode:
            nothing = {"error": DIED.format(done.returncode), "said": ""}
            return [[nothing] * len(exercise["answers"]) for exercise in job]
        return json.loads(Path(results.name).read_text("utf-8"))


def tell(doc, answers, results):
    """확인이 잘못 가린 것을 알린다(빌드가 실패한다)."""
    said = [result["said"] for result in results]
    for n, (answer, result) in enumerate(zip(answers, results)):
        others = said[:n] + said[n + 1 :]
        if wrong := fault(answer, result, others):
            log.warning(wrong, location=(doc, answer.line))


def fault(answer, result, others):
    """잘못 가렸으면 그 알림. others는 다른 답들의 알림."""
    passes = result["said"] == PASSED
    if answer.kind in ("answer", "right"):
        return None if passes else FAILED.format(result["error"] or result["said"])
    if passes:
        return LET_PASS.format(KINDS[answer.kind])
    if not result["said"].startswith(NOT_YET):
        return BROKEN.format(result["error"])
    if answer.said not in result["said"]:
        return NOT_SAID.format(answer.said, result["said"])
    if answer.kind == "wrong" and any(answer.said in text for text in others):
        return SHARED.format(answer.said)
    return None


def setup(app):
    app.connect("doctree-resolved", note, priority=100)  # live처럼, 접은 풀이가 나무에서 풀리기 앞
