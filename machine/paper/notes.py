"""종이에만 있는 글: 부록의 제목과 스스로 확인의 답, 다른 쪽에 있다는 알림."""

import re
from copy import copy

from machine.book.elements import added, element
from machine.book.model import slug
from machine.problems import width
from machine.settings.conventions import QUIZ

LINE, GAP = 97, 8  # 본문 한 줄에 들어가는 글자 수(한글은 두 자), 고를 것의 번호와 사이의 너비


def see(before, target, after):
    """그것이 있는 쪽을 알리는 문단."""
    page = element("a", {"class": "page", "href": f"#{target}"})
    after = element("span", {"class": "whole"}, after)
    return added("p", {"class": "same"}, *before, page, after)


def heading(name, id, said, head, contents):
    """쪽에는 없는 제목. said는 책갈피에, head는 쪽의 머리글에 적는다."""
    about = {"id": id, "data-added": "", "data-said": said, "data-head": head}
    return element(name, about, *contents)


def drawn(h):
    """차례에 적을 제목: 수식은 그리고, 각주와 링크는 뺀다."""
    title = copy(h)
    for x in title.select(".fn, .fn-again"):
        x.extract()
    for x in title.find_all(["a", "span"]):
        x.attrs.pop("id", None)
    for a in title.find_all("a"):
        a.unwrap()
    return title


def move_answers(doc, art):
    """부록으로 옮길 스스로 확인의 답. 펼치지 않으면 보이지 않으므로, 고를 것은 목록으로 남긴다."""
    moved = []
    for n, quiz in enumerate(art.select(f'section[id*="--{QUIZ}"]')):
        name, h1 = f"{slug(doc)}--answers-{n}", art.h1
        contents = list(drawn(h1).contents)
        moved.append(heading("h2", name, h1["data-said"], h1["data-head"], contents))
        for question in quiz.select(":scope > p:has(> strong)"):
            if choices := choices_of(question):
                asked = added("p", {}, copy(question.strong))
                answers = leave_choices(choices)
                moved.append(element("div", {"data-doc": doc}, asked, answers))
        quiz.append(see(["답은 "], name, "에 있습니다."))
    return moved


def choices_of(question):
    """다음 물음의 앞까지에서, 답을 접어 둔 것들."""
    choices = []
    for x in question.find_next_siblings():
        if x.name == "p" and x.strong:
            break
        if x.select_one(".sd-card-body[data-piece]"):
            choices.append(x)
    return choices


def leave_choices(choices):
    """고를 것들의 이름만 목록으로 남기고, 답의 목록을 돌려준다."""
    titles, answers = element("ol", {"class": "choices"}), element("ol")
    choices[0].insert_before(titles)
    for x in choices:
        title = x.select_one(".sd-summary-text") or x.summary
        title.name, title.attrs = "li", {"id": x["id"]} if x.get("id") else {}
        titles.append(title)
        answer = x.extract().select_one(".sd-card-body")
        answer.name = "li"
        for gap in answer.find_all(string=re.compile(r"^\s+$"), recursive=False):
            gap.extract()  # 번호와 글의 사이가 그만큼 벌어진다
        answers.append(answer)
    if sum(width(title.get_text()) + GAP for title in titles) <= LINE:
        titles["class"] = "choices in-line"
    return answers
