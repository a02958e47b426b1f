"""이은 책을 _build/book.pdf로, 고른 장을 _build/book-chap7.pdf로 찍는다(WeasyPrint).

실행도 번호 매기기도 다시 하지 않는다.

LaTeX은 수백 MB를 깔아야 하고, Typst는 번역기를 지녀야 하며, singlehtml 빌더는 sphinx-exercise에서
멈춘다.
"""

import gc
import logging
import os
import re
import subprocess
import sys
import tempfile

from weasyprint import HTML as Document

from machine import files
from machine.book.model import chapters
from machine.paper.checks import foreign_fonts, overflows, unprinted
from machine.paper.fill import settle
from machine.paper.fontconfig import only_book_fonts
from machine.paper.footnotes import restore_blocks
from machine.paper.join import WORK, Book
from machine.paper.structure import mark_formulas, mend, mend_formulas, unlink_formulas
from machine.paper.weasyprint_inside import (
    break_words_only_at_line_start,
    keep_references,
    settle_pages,
)
from machine.paper.wide import fit
from machine.problems import show
from machine.problems.phrases import as_problem
from machine.settings import ROOT
from machine.settings.conventions import printed

HARMLESS = re.compile(r"Ignored|Expected a media|Invalid media")  # 화면용 CSS를 건너뛴다는 말


NO_LETTER = re.compile(r'\.notdef glyph .*: "(.*)" \((U\+\w+)\)')


def hear(record, problems):
    """WeasyPrint은 그림이나 글꼴을 못 읽어도 로그에만 적고 PDF를 만든다. 쪽은 화면에서만 센다."""
    message = record.getMessage()
    page = re.search(r"layout - Page (\d+)$", message)
    if record.levelno >= logging.WARNING and not HARMLESS.match(message):
        problems.append(NO_LETTER.sub(r"책의 글꼴에 없는 글자가 찍혔습니다(\1 \2)", message))
    elif page and sys.stdout.isatty():
        print(f"\r쪽을 나눕니다: {page[1]}쪽", end=" ", flush=True)


def stop_if(problems, out):
    """고칠 곳이 있으면 보이고 멈춘다."""
    if problems:
        if out.exists():
            out.rename(out.with_suffix(".bad.pdf"))
        log = out.with_name(f"{out.name}.log")
        show("PDF를 만들지 않았습니다.", map(as_problem, problems), log)
        sys.exit(1)


def tell_screen(sentences):
    """화면에서만 맞아 종이에서 뺀 문장은 파일에 적어 둔다."""
    file = WORK / "left_out.txt"
    file.write_text("".join(f"{sentence}\n" for sentence in sentences), "utf-8")
    if sentences:
        where = file.relative_to(ROOT)
        print(f"알림: 화면에서만 맞는 문장 {len(sentences)}개를 종이에 싣지 않습니다({where}).")


def listen(problems):
    """WeasyPrint의 알림은 problems에, 진행은 화면에."""
    handler = logging.Handler()
    handler.emit = lambda record: hear(record, problems)
    logging.getLogger("weasyprint").addHandler(handler)
    logging.getLogger("weasyprint.progress").setLevel(logging.INFO)


def read(html):
    source = Document(string=html, base_url=str(WORK / "book.html"))
    restore_blocks(source.etree_element)
    mark_formulas(source)
    return source


def render(source, fonts):
    document = source.render(font_config=fonts)
    mend_formulas(document)
    unlink_formulas(source, document)
    return document


def add_index(book, document, fonts):
    """쪽 번호를 안 뒤에 찍는 색인. 마지막 쪽은 차례에 색인의 자리를 알린 빈 쪽이다."""
    body = document.pages[:-1]
    page_of = {name: number for number, page in enumerate(body, 1) for name in page.anchors}
    source = read(book.index_html(page_of, len(body) + 1))
    index = render(source, fonts)
    book.problems += unprinted(source.etree_element, index.pages)
    return document.copy(body + index.pages)


def lay_out(source, book, fonts):
    """쪽을 나눈 문서."""
    document = render(source, fonts)
    book.problems += unprinted(source.etree_element, document.pages)
    if book.index:
        document = add_index(book, document, fonts)
    book.problems += overflows(document)
    return document


def write(document, book, out):
    def finish(document, pdf):
        mend(document, pdf)
        book.problems.extend(foreign_fonts(document, pdf))

    document.write_pdf(out, pdf_variant="pdf/ua-1", finisher=finish)


def print_book(chapter):
    out = ROOT / "_build" / printed(chapter)
    out.unlink(missing_ok=True)
    out.with_suffix(".bad.pdf").unlink(missing_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    print("쪽을 잇습니다.", flush=True)
    book, fonts = Book(chapter), only_book_fonts()
    html = book.html()
    (WORK / "book.html").write_text(html, "utf-8")  # 모양을 고칠 때 들여다본다
    book.let_go()
    source = read(html)
    book.problems += fit(source, fonts)
    stop_if(book.problems, out)
    tell_screen(book.screen)
    listen(book.problems)
    gc.collect()
    print("쪽을 나눕니다.", flush=True)
    document = lay_out(source, book, fonts)
    print("PDF를 씁니다.", flush=True)
    with files.writing(out) as half:
        write(document, book, half)
    stop_if(book.problems, out)
    files.copy(out, ROOT / "_build/html" / out.name)  # 사이트에서 내려받는 것
    print(f"{out.relative_to(ROOT)}: {len(document.pages)}쪽")


def main(chapter=""):
    """책을, 장의 폴더를 고르면 그 장을, all이면 장마다 하나씩 찍는다."""
    names = chapters()
    if chapter == "all":
        command = [sys.executable, "-m", "machine", "pdf"]
        return max(subprocess.run([*command, name]).returncode for name in names)
    if chapter not in ["", *names]:
        choices = ", ".join([*names, "all(장마다 하나씩)"])
        sys.exit(
            f"그런 장이 없습니다: {chapter}. CHAPTER에는 다음 가운데 하나를 적습니다: {choices}"
        )
    settle_pages(settle)
    keep_references()
    break_words_only_at_line_start()
    # 상자는 수백만 개이고 거의 다 끝까지 쓴다. 늘 때마다 훑지 않고, 나누기 앞에만 거둔다.
    gc.disable()
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder  # WeasyPrint이 글꼴을 풀어 두는 곳
        print_book(chapter)
    sys.stdout.flush()
    os._exit(0)  # 상자를 하나씩 지우는 데 몇 초가 든다
