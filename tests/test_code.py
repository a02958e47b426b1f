"""코드에 색을 입히는 일의 시험: 색, 말, 번호의 링크. 책은 만들지 않고 Sphinx처럼 부른다."""

import re
import time
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from sphinx.highlighting import PygmentsBridge

import book  # noqa: F401
from machine.page.code import CodeFormatter
from machine.tree import callouts, languages


def bridge():
    highlighter = PygmentsBridge()
    highlighter.formatter = CodeFormatter
    return highlighter


def coloured(source, language="python", **options):
    return bridge().highlight_block(source, language, html_lang="en", **options)


def page_of(*parts):
    """글줄은 문단, 목록은 항목의 목록, (말, 코드)는 코드로 하는 문서."""
    document = new_document("page")
    for part in parts:
        if isinstance(part, tuple):
            language, source = part
            document += nodes.literal_block(source, source, language=language)
        elif isinstance(part, list):
            items = [nodes.list_item("", paragraph(text)) for text in part]
            document += nodes.bullet_list("", *items)
        else:
            document += paragraph(part)
    return document


def paragraph(text):
    """`…`는 코드."""
    parts = enumerate(re.split("`(.*?)`", text))
    return nodes.paragraph(
        "", "", *[nodes.literal("", t) if n % 2 else nodes.Text(t) for n, t in parts if t]
    )


def app():
    return SimpleNamespace(builder=SimpleNamespace(format="html", highlighter=bridge()))


def resolved(document):
    callouts.link_callouts(app(), document, "page")
    languages.mark(app(), document, "page")
    return document


def html_of(document):
    """쪽에 적힐 차례대로 코드와 번호의 HTML."""
    found = ""
    for node in document.findall(nodes.TextElement):
        if isinstance(node, nodes.literal_block):
            found += bridge().highlight_block(
                node.rawsource, node["language"], **node["highlight_args"]
            )
        elif isinstance(node, callouts.callout):
            found += node["html"]
    return BeautifulSoup(found, "html.parser")


def links_of(*parts):
    """[(번호, 이름표, 가리키는 곳), …]. 가리키는 곳마다 이름표가 있고 이름표는 하나뿐이다."""
    links = html_of(resolved(page_of(*parts))).select("a.callout")
    names = [a["id"] for a in links if a.has_attr("id")]
    assert len(names) == len(set(names)) and {a["href"][1:] for a in links} <= set(names)
    return [(a.get_text(), a.get("id"), a["href"]) for a in links]


def test_each_token_is_written_once():
    assert (
        coloured("def f(x):\n    return x+1  # one\n")
        == '<div class="highlight"><pre lang="en"><span></span>'
        '<span class="k">def</span> <span class="nf">f</span>(x):\n'
        '    <span class="k">return</span> x<span class="o">+</span><span class="mi">1</span>'
        '  <span class="c1"># one</span>\n</pre></div>\n'
    )


@pytest.mark.parametrize(
    "source, korean",
    [
        ('s = """하나\nplain <b> & "둘"\n셋"""\n', ['"""하나', 'plain <b> & "둘"', '셋"""']),
        ("값 = f(x)  # 값 x\n", ["값", "# 값 x"]),
        ("x = 'ㅏ' + 'a'\n", ["'ㅏ'"]),
        ("x = 1\n", []),
    ],
)
def test_hangul_is_korean(source, korean):
    soup = BeautifulSoup(coloured(source), "html.parser")
    assert soup.get_text() == source + "\n" and soup.pre["lang"] == "en"
    assert [span.get_text() for span in soup.select('[lang="ko"]')] == korean


def test_an_output_is_one_run_and_a_wrapped_line_is_its_own():
    """강조한 줄과 번호는 요소로 감싸므로, 한국어로 읽을 글이 그 경계를 넘지 않는다."""
    source = "가\nnone\n다\n"
    whole = coloured(source, "none")
    assert whole.count('<span lang="ko">') == 1
    assert f'<span lang="ko">{source}</span></pre>' in whole
    for options in ({"hl_lines": [2]}, {"linenos": "inline"}):
        soup = BeautifulSoup(coloured(source, "none", **options), "html.parser")
        assert [x.get_text() for x in soup.select('[lang="ko"]')] == ["가\n", "다\n"]
    numbered = BeautifulSoup(coloured("a\n\nb\n", "none", linenos="inline"), "html.parser")
    assert [x.get_text() for x in numbered.select(".linenos")] == ["1", "2", "3"]


def test_a_word_of_a_million_letters_is_passed_over():
    start = time.perf_counter()
    assert not languages.PHRASE.search("x" * 10**6) and time.perf_counter() - start < 5


def test_without_languages_no_language():
    html = bridge().highlight_block("x = '가'  # 가\n", "python")
    assert "lang=" not in html and "<pre><span></span>" in html


def test_a_number_on_both_sides_is_linked():
    code = ("python", "a = 1 # ---- [1]\nb = 2 # ---- [2]\nc = 3 # ---- [3]\n")
    assert links_of("`[1]` 앞", code, ["`[1]`: 하나", "둘 `[2]`", "`[3]`, `[1]`", "`[4]`"]) == [
        ("[1]", "code-1-1", "#callout-1-1"),
        ("[3]", "code-1-3", "#callout-1-3"),
        ("[1]", "callout-1-1", "#code-1-1"),
        ("[3]", "callout-1-3", "#code-1-3"),
        ("[1]", None, "#callout-1-1"),
    ]


def test_each_code_that_begins_at_one_is_a_group():
    first, second = ("python", "a = 1 # ---- [1]\n"), ("python", "b = 2 # ---- [2]\n")
    items = ["`[1]`", "`[2]`"]
    assert links_of(first, second, items, first, items) == [
        ("[1]", "code-1-1", "#callout-1-1"),
        ("[2]", "code-1-2", "#callout-1-2"),
        ("[1]", "callout-1-1", "#code-1-1"),
        ("[2]", "callout-1-2", "#code-1-2"),
        ("[1]", "code-2-1", "#callout-2-1"),
        ("[1]", "callout-2-1", "#code-2-1"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        ("python", "a = '# ---- [1]'\n"),  # 글자열
        ("python", "a = 1 # ---- [1] 설명\n"),  # 번호뿐이 아니다
        ("python", "a = 1 # ---- [1]\nb = 1 # ---- [1]\n"),  # 어느 것인지 알 수 없다
        ("none", "a = 1 # ---- [1]\n"),  # 출력
    ],
)
def test_what_is_not_a_number_stays_code(code):
    document = resolved(page_of(code, ["`[1]`"]))
    assert html_of(document).find("a") is None and "[1]" in html_of(document).get_text()
    literal = next(document.findall(nodes.literal))
    assert literal["classes"] == ["language-en"]


def test_a_line_of_a_string_that_reads_like_the_number_is_not_linked():
    text = '''x = """
# ---- [1]
"""
y = 1 # ---- [1]
'''
    assert len(links_of(("python", text), ["`[1]`"])) == 2


def test_a_comment_with_hangul_is_korean_and_unlinked():
    soup = html_of(resolved(page_of(("python", "a = 1 # ---- [1] 값\n"), ["`[1]`"])))
    assert soup.select_one('.c1 > [lang="ko"]').get_text() == "# ---- [1] 값"


def test_the_order_of_callouts_and_languages_does_not_matter():
    one, other = (page_of(("python", "a = 1 # ---- [1]\n"), ["`[1]` `x`"]) for _ in "12")
    languages.mark(app(), other, "page")
    assert html_of(resolved(one)) == html_of(resolved(other))


def test_callouts_are_still_text_to_search():
    before = page_of(("python", "a = 1 # ---- [1]\n"), ["`[1]` 하나"])
    assert resolved(before.deepcopy()).astext() == before.astext()


def test_code_without_colours_is_english_when_it_has_no_hangul():
    document = page_of("`x`, `값`")
    document += nodes.literal_block("**x**", "", nodes.strong("", "x"))  # parsed-literal
    document += nodes.raw("", "<pre>x</pre>", format="html")
    document += nodes.literal("Ctrl", "Ctrl", classes=["kbd"])
    resolved(document)
    codes = document.findall(lambda n: isinstance(n, (nodes.literal, nodes.literal_block)))
    assert [(code.astext(), code["classes"]) for code in codes] == [
        ("x", ["language-en"]),
        ("값", []),
        ("x", ["language-en"]),
        ("Ctrl", ["kbd"]),
    ]
    assert next(document.findall(nodes.raw)).astext() == '<pre lang="en">x</pre>'
