"""쪽의 끝에 그 쪽을 실행한 날과 파이썬, 패키지의 버전을 적는다. 노트북에는 넣지 않는다.

커널이 실행할 때 남긴 기록(ipython_kernel_config.py)에서 읽으므로 캐시에서 온 결과에도 맞다.
watermark는 셀의 출력을 바꾼다.
"""

import re
from datetime import date

from docutils import nodes

from machine import dates
from machine.settings.conventions import setting


def add_versions(app, doctree, docname):
    record = app.env.metadata[docname].get("language_info", {})
    if app.builder.format != "html" or "executed" not in record:
        return
    code = "\n".join(block.astext() for block in doctree.findall(nodes.literal_block))
    imported = set(re.findall(r"^(?:import|from) (\w+)", code, re.M)) & set(record["packages"])
    versions = [f"파이썬 {record['version']}"]
    for name, korean in setting("book_packages").items():
        if name in imported:
            versions.append(f"{korean} {record['packages'][name].split('+')[0]}")
    ro = "으로" if versions[-1][-1] in "036" else "로"
    when = dates.korean(date.fromisoformat(record["executed"]))
    text = f"위의 코드는 {when}에 {', '.join(versions)}{ro} 실행했습니다."
    for section in [*doctree.findall(nodes.section)][:1]:
        section.append(nodes.paragraph("", text, classes=["versions"]))


def setup(app):
    app.connect("doctree-resolved", add_versions)
