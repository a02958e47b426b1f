"""쪽이 제 사이트의 파일만 쓰도록 Content-Security-Policy를 적는다. HTML에 박힌 스크립트는 해시로 허락한다.

GitHub Pages에서는 HTTP 머리를 정할 수 없어 meta로 적는다. Sphinx의 쪽에 이것을 적는 패키지는 없다.
KaTeX과 브라우저의 SVG는 style 속성을 쓰므로 그것은 허락한다. 더 있어야 하는 요소는 그것을 data-policy="frame-src 'self'"처럼 적고,
그 쪽에만 허락한다.
"""
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

POLICY = ("default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
          "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'")
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
ASKED = re.compile(r'data-policy="([^"]*)"')


def write(app, exc):
    if exc or app.builder.name != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", path.read_text("utf-8"))
        hashes = "".join(f" 'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" for code in dict.fromkeys(INLINE.findall(text)))
        policy = POLICY.format(hashes=hashes)
        for directive, source in re.findall(r"([\w-]+) ([^;]+)", ";".join(ASKED.findall(text))):
            policy = policy.replace(f"{directive} ", f"{directive} {source} ") if directive in policy else f"{policy}; {directive} {source}"
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        path.write_text(re.sub(r'<meta charset="utf-8"\s*/?>', lambda charset: charset[0] + meta, text, count=1), "utf-8")


def setup(app):
    app.connect("build-finished", write, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
