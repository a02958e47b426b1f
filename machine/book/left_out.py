"""쪽의 무엇을 종이책과 전자책에 옮기지 않는가. 빼거나 옮기는 것은 여기 적은 것뿐이다.

whole.py가 같은 표로 나머지를 견준다.
"""

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
    'details.hide:has(> .cell_input:-soup-contains("# 그림을 그리는 코드"))': (
        "배울 코드가 아니므로 그림만 찍는다"
    ),
    "a.footnote-reference, aside.footnote > .label, aside.footnote > .backrefs": (
        "각주의 번호는 종이의 차례로 다시 매긴다"
    ),
    ".citation .fn-bracket": "참고문헌의 번호는 괄호 없이 앞에 둔다",
    "hr.footnotes": "각주를 쪽의 아래로 옮기므로 나눌 것이 없다",
    'section[id^="quiz-"] > h2 + p:-soup-contains("펼치"):not(:has(> strong))': (
        "답을 펼치라는 말. 종이에서는 답이 부록에 있다"
    ),
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
# 견주려고 적는 속성. data-added는 elements.added가 적는다
MARKS = {"data-left-out", "data-piece", "data-image", "data-added"}


def mark(art, doc, left_out, moved):
    """뺄 것에는 data-left-out, 옮길 것에는 data-piece를 적는다."""
    for selector in left_out:
        for x in art.select(selector):
            x["data-left-out"] = ""
    for selector in moved:
        for n, x in enumerate(art.select(selector)):
            x["data-piece"] = f"{doc}::{selector} {n}"


def leave_out(art):
    """뺄 것을 빼고, 그 속에 있던 이름표를 돌려준다."""
    out = art.select("[data-left-out]")
    for x in out:
        x.extract()
    return {inner["id"] for x in out for inner in [x, *x.find_all(True)] if inner.get("id")}
