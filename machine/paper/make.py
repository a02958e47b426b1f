"""이은 책을 _build/book.pdf로 찍는다(WeasyPrint). 실행도 번호 매기기도 다시 하지 않는다.

LaTeX은 수백 MB를 깔아야 하고, Typst는 번역기를 지녀야 하며, singlehtml 빌더는 sphinx-exercise에서
멈춘다.
"""

import logging
import re
import shutil
import sys

from pypdf import PdfReader
from weasyprint import HTML as Document
from weasyprint.text.fonts import FontConfiguration

from machine.paper.checks import foreign_fonts, overflows, pushed_figures, unprinted
from machine.paper.footnotes import restore_blocks
from machine.paper.join import WORK, Book
from machine.paper.structure import mark_formulas, mend, mend_formulas, unlink_formulas
from machine.problems import show
from machine.problems.phrases import as_problem
from machine.settings import ROOT

OUT, BAD = ROOT / "_build/book.pdf", ROOT / "_build/book.bad.pdf"
HARMLESS = re.compile(r"Ignored|Expected a media|Invalid media")  # 화면용 CSS를 건너뛴다는 말


def hear(record, problems):
    """WeasyPrint은 그림이나 글꼴을 못 읽어도 로그에만 적고 PDF를 만든다. 쪽은 화면에서만 센다."""
    message = record.getMessage()
    page = re.search(r"layout - Page (\d+)$", message)
    if record.levelno >= logging.WARNING and not HARMLESS.match(message):
        problems.append(message)
    elif page and sys.stdout.isatty():
        print(f"\r쪽을 나눕니다: {page[1]}쪽", end=" ", flush=True)


def stop_if(problems):
    """고칠 곳이 있으면 보이고 멈춘다."""
    if problems:
        if OUT.exists():
            OUT.rename(BAD)
        show("PDF를 만들지 않았습니다.", map(as_problem, problems), ROOT / "_build/book.pdf.log")
        sys.exit(1)


def listen(problems):
    """WeasyPrint의 알림은 problems에, 진행은 화면에."""
    handler = logging.Handler()
    handler.emit = lambda record: hear(record, problems)
    logging.getLogger("weasyprint").addHandler(handler)
    logging.getLogger("weasyprint.progress").setLevel(logging.INFO)


def render(html, fonts):
    source = Document(string=html, base_url=str(WORK / "book.html"))
    restore_blocks(source.etree_element)
    mark_formulas(source)
    document = source.render(font_config=fonts)
    mend_formulas(document)
    unlink_formulas(source, document)
    return source.etree_element, document


def lay_out(book, fonts):
    """쪽을 나눈다. 그림을 옮기면 뒤의 쪽이 바뀌어 다른 그림이 밀릴 수 있다."""
    root, document = render(book.html(), fonts)
    for _ in range(2):
        moved = [book.float_figure(*pushed) for pushed in pushed_figures(document)]
        if not any(moved):
            break
        root, document = render(book.html(), fonts)
    book.problems += unprinted(root, document.pages)
    return document


def add_index(book, document, fonts):
    """쪽 번호를 안 뒤에 찍는 색인. 마지막 쪽은 차례에 색인의 자리를 알린 빈 쪽이다."""
    body = document.pages[:-1]
    page_of = {name: number for number, page in enumerate(body, 1) for name in page.anchors}
    root, index = render(book.index_html(page_of, len(body) + 1), fonts)
    book.problems += unprinted(root, index.pages)
    return document.copy(body + index.pages)


def main():
    OUT.unlink(missing_ok=True)
    BAD.unlink(missing_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    print("쪽을 잇습니다.", flush=True)
    book, fonts = Book(), FontConfiguration()
    stop_if(book.problems)
    listen(book.problems)
    (WORK / "book.html").write_text(book.html(), "utf-8")  # 모양을 고칠 때 들여다본다
    print("쪽을 나눕니다.", flush=True)
    document = lay_out(book, fonts)
    if book.index:
        document = add_index(book, document, fonts)
    book.problems += overflows(document)
    print("PDF를 씁니다.", flush=True)
    document.write_pdf(OUT, pdf_variant="pdf/ua-1", finisher=mend)
    stop_if(book.problems + foreign_fonts(PdfReader(OUT)))
    shutil.copy(OUT, ROOT / "_build/html")  # 사이트에서 내려받는 것
    print(f"{OUT.relative_to(ROOT)}: {len(document.pages)}쪽")
