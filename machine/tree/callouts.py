"""코드의 번호 `# ---- [1]`과 그 아래 설명의 `[1]`이 서로를 가리키게 한다. 노트북에서는 글로만 남는다.

sphinx-codeautolink는 API 문서로 가는 링크만, Sphinx의 code-block은 줄 강조만 한다. 강조한 코드 안에 링크를 넣는 패키지가 없다.
"""

import re

MARK = re.compile(
    r'<span class="c1"># ---- \[(?P<code>\d+)\]</span>'
    r'|(?P<open><li><p>)?<code class="docutils literal notranslate"><span class="pre">\[(?P<text>\d+)\]</span></code>'
)


def link_callouts(app, page, template, context, doctree):
    body = context.get("body") or ""
    if app.builder.format != "html" or "# ---- [" not in body:
        return
    group, spots = 0, []  # (찾은 곳, 코드의 묶음): 번호가 되돌아가면 새 코드이다
    for found in MARK.finditer(body):
        group += found["code"] == "1"
        spots.append((found, group))
    both = {(group, found["text"]) for found, group in spots if found["open"]} & {
        (group, found["code"]) for found, group in spots
    }

    def anchor(found, group):
        number = found["code"] or found["text"]
        if (group, number) not in both:
            return found[0]
        code, text = f"code-{group}-{number}", f"callout-{group}-{number}"
        if found["code"]:
            return f'<span class="c1"># ---- <a class="callout" id="{code}" href="#{text}" aria-label="[{number}] 설명으로">[{number}]</a></span>'
        name, target = (f' id="{text}"', code) if found["open"] else ("", text)
        label = "코드로" if found["open"] else "설명으로"
        return f'{found["open"] or ""}<a class="callout"{name} href="#{target}" aria-label="[{number}] {label}">[{number}]</a>'

    places = {found.start(): anchor(found, group) for found, group in spots}
    context["body"] = MARK.sub(lambda found: places[found.start()], body)


def setup(app):
    app.connect("html-page-context", link_callouts)
