"""쪽의 무엇을 종이책과 전자책에 옮기는가. 빼거나 옮기는 것은 여기 적은 것뿐이고, whole.py가 같은 표로 나머지를 견준다."""

from machine.book.listing import parse
from machine.settings import ROOT

HTML = ROOT / "_build/html"

# {선택자: 빼는 까닭}
SCREEN_ONLY = {
    "nav.launch": "누르는 단추",
    "details.comments, details.comments + script": "다른 사이트에서 불러오는 댓글",
    "a.headerlink": "제목과 그림의 주소를 얻는 기호",
    ".toctree-wrapper": "차례가 따로 있다",
    ".sd-summary-icon, .sd-summary-state-marker": "여닫는 표시",
    ".sd-tab-set > input": "탭을 고르는 단추",
    ".only-dark": "어두운 화면에만 보이는 그림",
}
NOT_IN_PRINT = SCREEN_ONLY | {
    "details.hide > summary": "접은 셀을 펼치는 말. 종이에서는 늘 펼쳐져 있다",
    'details.hide:has(> .cell_input:-soup-contains("# 그림을 그리는 코드"))': "배울 코드가 아니므로 그림만 찍는다",
    "a.footnote-reference, aside.footnote > .label, aside.footnote > .backrefs": "각주의 번호는 종이의 차례로 다시 매긴다",
    ".citation .fn-bracket": "참고문헌의 번호는 괄호 없이 앞에 둔다",
    "hr.footnotes": "각주를 쪽의 아래로 옮기므로 나눌 것이 없다",
    'section[id^="quiz-"] > h2 + p:-soup-contains("펼치"):not(:has(> strong))': "답을 펼치라는 말. 종이에서는 답이 부록에 있다",
}
NOT_IN_EPUB = SCREEN_ONLY | {
    "details.hide .expanded": "펼쳤을 때의 말. 단말기는 펼쳤는지 알리지 않는다",
    "details.hide .collapsed": "펼치라는 말. 무엇을 접었는지만 적는다",
}
# {선택자: 종이책에서 옮기는 곳}
MOVED = {
    "aside.footnote": "부른 자리의 각주",
    ".admonition.solution": "부록의 연습문제 풀이",
    'section[id^="quiz-"] > p:has(> strong) ~ details .sd-card-body': "부록의 스스로 확인의 답",
    ".cell": "앞 절의 것과 같으면 앞 절의 쪽 번호",
}
# {옛 속성: style에 적을 것}. 테의 굵기 따위는 책의 표가 정한다
OLD_STYLES = {
    "align": "text-align: {}",
    "valign": "vertical-align: {}",
    "bgcolor": "background-color: {}",
    "nowrap": "white-space: nowrap",
    "border": "",
    "cellpadding": "",
    "cellspacing": "",
    "frame": "",
    "rules": "",
    "summary": "",
}
MARKS = {"data-left-out", "data-piece", "data-image", "data-added"}  # page와 added가 적는다
TAGS = set(
    "a abbr article aside b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd label li mark ol p pre s samp section small span strong sub summary "
    "sup table tbody td tfoot th thead tr u ul var wbr".split()
)


def page(doc, left_out, moved=()):
    """make html이 쓴 쪽의 <article>. 뺄 것에는 data-left-out, 옮길 것에는 data-piece를 적는다."""
    art = parse((HTML / f"{doc}.html").read_text("utf-8")).find("article")
    for selector in left_out:
        for x in art.select(selector):
            x["data-left-out"] = ""
    for selector in moved:
        for n, x in enumerate(art.select(selector)):
            x["data-piece"] = f"{doc}::{selector} {n}"
    restyle(art)
    for img in art.find_all("img", src=True):
        img["data-image"] = img["src"][-120:]  # 파일의 이름은 옮기면서 바뀔 수 있다
    return art


def restyle(art):
    """HTML의 옛 속성(align 따위)을 style로. 브라우저는 알지만 WeasyPrint은 보지 않고 EPUB은 허락하지 않는다."""
    for x in art.find_all(lambda x: x.name != "img" and OLD_STYLES.keys() & x.attrs.keys()):
        rules = [
            OLD_STYLES[name].format(x.attrs.pop(name)) for name in [*OLD_STYLES] if name in x.attrs
        ]
        x["style"] = "; ".join(filter(None, [*rules, x.get("style")]))


def leave_out(art):
    """뺄 것을 빼고, 그 속에 있던 이름표를 돌려준다."""
    out = art.select("[data-left-out]")
    for x in out:
        x.extract()
    return [inner["id"] for x in out for inner in [x, *x.find_all(True)] if inner.get("id")]


def added(html):
    """쪽에는 없고 책에만 적는 것. 견줄 때 세지 않는다."""
    new = parse(html)
    for x in new.find_all(True, recursive=False):
        x["data-added"] = ""
    return new


def widen_float(img):
    """글이 옆으로 흐르는 그림의 너비(%)는 그 그림이 아니라 글의 너비에서 잰다."""
    side = img.find_parent("figure", class_=["align-left", "align-right"])
    if side and "%" in img.get("style", ""):
        side["style"], img["style"] = f"{img['style']}; {side.get('style', '')}", "width: 100%"


def refused(doc, art, what):
    """책에 옮길 수 없는 요소를 쪽과 함께 알린다. 셀의 출력 하나에서는 한 줄만."""
    groups = {}
    for x in strange(art):
        groups.setdefault(id(x.find_parent(class_="cell_output") or x), []).append(x)
    return [
        f"{doc}: {what} 수 없는 요소입니다: {opening(found[0])}{f' 외 {len(found) - 1}개' if found[1:] else ''}. "
        "그림이나 글로 바꾸어 적습니다."
        for found in groups.values()
    ]


def strange(element):
    """TAGS에 없거나 스크립트를 부르는 요소. 수식의 속은 보지 않는다."""
    for x in element.find_all(True, recursive=False):
        script = any(name.startswith("on") for name in x.attrs)
        if x.name not in TAGS or script or x.name == "img" and not x.get("src"):
            yield x
        elif "katex" not in x.get("class", ()):
            yield from strange(x)


def opening(x):
    """요소가 시작하는 꼬리표. 알아볼 만큼만."""
    attributes = "".join(
        f' {name}="{value if isinstance(value, str) else " ".join(value)}"'
        for name, value in x.attrs.items()
        if not name.startswith("data-") and name != "style"
    )
    return f"<{x.name}{attributes if len(attributes) < 100 else attributes[:100] + '…'}>"
