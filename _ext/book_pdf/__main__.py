"""make html이 쓴 쪽들을 이어 _build/book.pdf로 찍는다(WeasyPrint). 실행도 번호 매기기도 다시 하지 않는다.

LaTeX은 수백 MB를 깔아야 하고, Typst는 번역기를 따로 지녀야 하며, singlehtml 빌더는 sphinx-exercise에서 멈춘다.
"""
import logging
import os
import re
import sys
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import yaml
from bs4 import BeautifulSoup
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).resolve().parents[2]
HTML, WORK, OUT = ROOT / "_build/html", ROOT / "_build/print", ROOT / "_build/book.pdf"
DROP = ("script, nav.launch, a.headerlink, details.hide > summary, .katex-mathml, .fn-bracket, .fn-backref, "
        ".toctree-wrapper, .sd-summary-icon")
BOOK_FONTS = re.compile(r"Nanum|KaTeX")
HARMLESS = re.compile(r"Ignored|Expected a media|Invalid media")       # 화면용 CSS를 건너뛴다는 말
NO_PANGO = """PDF를 찍는 데 쓰는 Pango가 없습니다. 다음 명령으로 한 번만 설치하고 다시 실행하세요.
  Debian·Ubuntu·WSL: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  Fedora: sudo dnf install pango
  macOS: brew install pango"""


def slug(doc):
    return re.sub(r"\W+", "-", doc)


def pages():
    """_toc.yml의 차례대로 (문서, 제목의 깊이)."""
    toc = parse_toc_yaml(ROOT / "_toc.yml", encoding="utf-8")

    def below(doc, depth):
        for tree in toc[doc].subtrees:
            for child in tree.items:
                yield child, depth
                yield from below(child, depth + 1)

    return list(below(str(toc.root.docname), 1))


def print_drawing(svg, name):
    """Matplotlib은 글자를 윤곽선으로 그리고 그 글을 주석으로 남긴다. 한글은 PDF에서 찾을 수 있게 다시 글자로 바꾼다."""
    outline = (r'<!-- ([^\n]*[가-힣][^\n]*) -->\n( *)<g style="([^"]*)" transform="(.*?) scale\(([\d.]+) -[\d.]+\)">'
               r'.*?\n\2</g>|<!--.*?-->')

    def text(match):
        if not match[1]:
            return ""
        size = float(match[5]) * 100
        return (f'<text style="{match[3]}" font-family="NanumBarunGothic" font-size="{size:g}" '
                f'transform="{match[4]}">{escape(match[1])}</text>')

    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    (WORK / name).write_text(re.sub(outline, text, svg, flags=re.S), "utf-8")


def article(doc, depth, setup_seen):
    """한 쪽의 <article>에서 화면에만 쓰는 것을 걷고, 이름표에 쪽 이름을 붙이고, 각주를 부른 자리로 옮긴다."""
    art = BeautifulSoup((HTML / f"{doc}.html").read_text("utf-8"), "html.parser").find("article")
    for tex in art.select(".katex annotation"):
        tex.find_parent(class_="katex").attrs.update({"role": "img", "aria-label": " ".join(tex.get_text().split())})
    for x in art.select(DROP):
        x.extract()
    if setup_seen:
        for cell in art.select(".cell.tag_setup"):
            cell.replace_with(BeautifulSoup('<p class="same">준비 셀은 첫 절의 것과 같습니다.</p>', "html.parser"))
    for x in art.select("details"):
        x.name = "div"
    for x in art.select("pre"):
        x["class"] = "short" if x.get_text().count("\n") <= 12 else "long"
    seen = set()
    for x in art.find_all(id=True):
        x["id"] = f"{slug(doc)}--{x['id']}"
        if x["id"] in seen:                             # furo는 표와 식을 싸면서 id를 두 번 적는다
            del x["id"]
        seen.add(x.get("id"))
    for a in art.find_all("a", href=True):
        link(doc, a)
    notes = {x["id"]: "".join(p.decode_contents() for p in x.find_all("p")) for x in art.select("aside.footnote")}
    for x in art.select("aside.footnote-list"):
        x.extract()
    for a in art.select("a.footnote-reference"):
        a.replace_with(BeautifulSoup(f'<span class="fn">{notes[a["href"][1:]]}</span>', "html.parser"))
    for level in range(5, 0, -1):
        for h in art.find_all(f"h{level}"):
            h.name = f"h{level + depth - 1}"
    for n, img in enumerate(art.find_all("img")):
        file = HTML / normpath(join(dirname(doc), unquote(img["src"])))
        if file.suffix == ".svg":
            img["src"] = f"{slug(doc)}-{n}.svg"
            print_drawing(file.read_text("utf-8"), img["src"])
        else:
            img["src"] = os.path.relpath(file, WORK)
    art.attrs = {"id": slug(doc), "class": f"level{depth}"}
    return art


def link(doc, a):
    """책 안의 링크는 이은 문서 안을 가리키게 하고, 밖의 주소는 종이에서도 보이게 각주로 적는다."""
    href = a["href"]
    if re.match(r"[a-z]+:", href):
        if unquote(href) not in a.get_text() and a.get_text() not in href:
            a.insert_after(BeautifulSoup(f'<span class="fn"><a href="{escape(href)}">{escape(href)}</a></span>', "html.parser"))
        return
    file, _, label = href.partition("#")
    target = slug(re.sub(r"\.html$", "", normpath(join(dirname(doc), file)))) if file else slug(doc)
    a["href"] = f"#{target}--{label}" if label else f"#{target}"


def book():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    title, author = escape(config["title"]), escape(config["author"])
    contents, body, setup_seen = [], [], False
    for doc, depth in pages():
        art = article(doc, depth, setup_seen)
        setup_seen = setup_seen or bool(art.select_one(".cell.tag_setup"))
        contents.append(f'<li class="level{depth}"><a href="#{slug(doc)}">{escape(art.find(f"h{depth}").get_text())}</a></li>')
        body.append(str(art))
    sheets = (HTML / "_static/katex/katex.min.css", HTML / "_static/pygments.css", Path(__file__).with_name("print.css"))
    css = "".join(f'<link rel="stylesheet" href="{os.path.relpath(sheet, WORK)}">' for sheet in sheets)
    return (f'<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="author" content="{author}">{css}</head><body>'
            f'<div class="cover"><p class="title">{title}</p><p class="author">{author}</p></div>'
            f'<nav class="toc" role="doc-toc"><p class="toc-title">차례</p><ul>{"".join(contents)}</ul></nav>'
            f'{"".join(body)}</body></html>')


def main():
    try:
        from weasyprint import HTML as Document
    except OSError:
        sys.exit(NO_PANGO)
    if "--check" in sys.argv:
        return
    from pypdf import PdfReader
    WORK.mkdir(parents=True, exist_ok=True)
    OUT.unlink(missing_ok=True)
    source, bad = WORK / "book.html", []
    source.write_text(book(), "utf-8")
    watch = logging.Handler(logging.WARNING)            # WeasyPrint은 그림이나 글꼴을 못 읽어도 로그에만 적는다
    watch.emit = lambda record: HARMLESS.match(record.getMessage()) or bad.append(record.getMessage())
    logging.getLogger("weasyprint").addHandler(watch)
    pdf = Document(source).render()
    pdf.write_pdf(OUT, pdf_variant="pdf/ua-1")
    fonts = {str(font.get_object()["/BaseFont"]) for page in PdfReader(OUT).pages
             for font in page["/Resources"].get("/Font", {}).values()}
    bad += [f"책의 글꼴에 없는 글자가 {font}로 찍혔습니다." for font in sorted(fonts) if not BOOK_FONTS.search(font)]
    if bad:
        OUT.rename(OUT.with_suffix(".bad.pdf"))
        sys.exit("\n".join(bad))
    print(f"{OUT.relative_to(ROOT)}: {len(pdf.pages)}쪽")


if __name__ == "__main__":
    main()
