"""쪽에서 움직이는 그림. 셀이 그린 그림 아래에 단추를 두고, 누르면 장의 스크립트가 그 자리에 그린다.

장의 폴더에 moving/pictures.yml을 두고 {그림의 이름표: [스크립트, …]}를 적는다. 스크립트는 그 옆에
두며 moving.pictures["이름표"]에 그릴 함수를 넣는다(moving.js). 그 함수는 그림에 그린 선의 값도
받으므로(run/lines.py) 셀은 고치지 않는다. 스크립트가 없는 브라우저, 종이책, 전자책, 노트북에서는
그 그림 그대로이다.

파일로 연 쪽은 모듈을 부르지 못하므로 모두 옛 스크립트이고, 그림 하나에 드는 것은 파일 하나로
잇는다. Bokeh, Plotly, JSXGraph는 그림 하나에 수백 kB를 받는다.
"""

import re
from pathlib import Path

import yaml
from docutils.nodes import make_id
from sphinx.util import logging

from machine.page.carried import to_json
from machine.page.scripts import digest, fault, own, to_send
from machine.run.lines import lines_of

log = logging.getLogger(__name__)
HERE = Path(__file__).parent
LIST = "moving/pictures.yml"
SITE = "_static/moving"
START = own((HERE / "start.js").read_text("utf-8"))
BUTTON = (
    '<button type="button" class="move" disabled data-frame="{frame}" data-style="{style}" '
    'data-picture="{picture}">움직여 보기</button>'
)
# 브라우저는 그림의 id로 찾는다. 이름표 fig_a의 id는 fig-a이다
PICTURE = """moving.lines[{id}] = {values};
{{
{code}}}
moving.pictures[{id}] = moving.pictures[{label}];
"""
# 그림의 처음부터 캡션이나 그림의 끝까지
FIGURE = r'<figure[^>]* id="{}"[^>]*>.*?(?=<figcaption>|</figure>)'
SHAPE = "%s: {그림의 이름표: [스크립트, …]}로 적으세요. 읽은 것: %s"
NO_FIGURE = (
    "%s: 그림 %s을(를) 이 폴더의 어느 쪽도 그리지 않습니다. 셀의 mystnb.figure.name에서 고르세요"
)
NO_SCRIPT = "%s: 스크립트 %s이(가) 없습니다. 그 파일을 %s에 두거나 이름을 고치세요"
NOT_DRAWN = '%s: 스크립트가 moving.pictures["%s"]에 그릴 함수를 넣지 않습니다. 이름표를 맞추세요'
UNREADABLE = "%s: 자바스크립트의 문법이 틀려 읽을 수 없습니다: %s"


def pictures_in(folder, name):
    """{그림의 이름표: [스크립트, …]}. 잘못 적은 것은 알리고 뺀다."""
    try:
        told = yaml.safe_load((folder / LIST).read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        told = str(error).replace("\n", " ")
    if not isinstance(told, dict):
        log.warning(SHAPE, name, told)
        return {}
    right = {label: files for label, files in told.items() if is_list_of_names(files)}
    for label in [*told.keys() - right.keys()]:
        log.warning(SHAPE, name, f"{label}: {told[label]}")
    return right


def is_list_of_names(value):
    return isinstance(value, list) and value and all(isinstance(name, str) for name in value)


def joined(folder, names, told_in):
    """스크립트들을 이은 것. 하나라도 없거나 틀렸으면 알리고 None."""
    code = ""
    for name in names:
        path = folder / Path(LIST).parent / name
        if not path.is_file():
            log.warning(NO_SCRIPT, told_in, name, Path(told_in).parent)
            return None
        code += path.read_text("utf-8")
    if why := fault(code):
        log.warning(UNREADABLE, f"{Path(told_in).parent}/{', '.join(names)}", why)
        return None
    return code


def written(root, name, text):
    """사이트에 적고, 고치면 바뀌는 주소를 준다."""
    path = root / SITE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return f"{SITE}/{name}?v={digest(text.encode())}"


def folders(app):
    """{원고의 폴더: 그 쪽들}. 움직이는 그림을 둔 폴더만."""
    found = {}
    for docname in sorted(app.env.found_docs):
        folder = Path(app.env.doc2path(docname)).parent
        if (folder / LIST).is_file():
            found.setdefault(folder, []).append(docname)
    return found


def drawn_in(app, docnames):
    """{그림의 이름표: (쪽, 선의 값)}."""
    return {
        label: (docname, values)
        for docname in docnames
        for label, values in lines_of(app.env, docname).items()
    }


def put_button(html, label, addresses, up):
    """그림 아래에 단추를. 쪽에 그 그림이 없으면 그대로."""
    button = BUTTON.format(**{kind: up + address for kind, address in addresses.items()})
    figure = re.compile(FIGURE.format(re.escape(make_id(label))), re.DOTALL)
    return figure.sub(lambda found: found[0] + button, html, count=1)


def add_picture(app, pages, label, code, drawn):
    root, (docname, values) = Path(app.outdir), drawn
    names = {"id": to_json(make_id(label)), "label": to_json(label)}
    text = PICTURE.format(**names, values=to_json(values), code=to_send(code))
    frame = to_send((HERE / "moving.js").read_text("utf-8"))
    addresses = {
        "frame": written(root, "moving.js", frame),
        "style": written(root, "moving.css", (HERE / "moving.css").read_text("utf-8")),
        "picture": written(root, f"{make_id(label)}.js", text),
    }
    page = f"{docname}.html"
    pages[page] = put_button(pages[page], label, addresses, "../" * docname.count("/"))
    if START not in pages[page]:
        pages[page] = pages[page].replace("</body>", f"{START}</body>", 1)


def finish(app, pages):
    for folder, docnames in folders(app).items():
        told_in = (folder / LIST).relative_to(app.srcdir).as_posix()
        drawn = drawn_in(app, docnames)
        for label, names in pictures_in(folder, told_in).items():
            code = joined(folder, names, told_in)
            if label not in drawn:
                log.warning(NO_FIGURE, told_in, label)
            elif code and f'moving.pictures["{label}"]' not in code:
                log.warning(NOT_DRAWN, told_in, label)
            elif code:
                add_picture(app, pages, label, code, drawn[label])


def note_scripts(app, doctree):
    """스크립트를 고치면 그 폴더의 쪽만 다시 읽는다."""
    folder = Path(app.env.doc2path(app.env.docname)).parent
    for path in folder.glob(f"{Path(LIST).parent}/*"):
        app.env.note_dependency(path.relative_to(app.srcdir).as_posix())


def setup(app):
    app.connect("doctree-read", note_scripts)
    app.config.html_static_path.append(str(HERE / "move.css"))
    app.add_css_file("move.css")
