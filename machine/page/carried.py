"""값을 둔 스크립트. 쪽에서는 carried.js의 carriedBy가 읽는다.

파일로 연 책에서 브라우저는 JSON과 노트북을 읽지 못하게 하지만 스크립트는 받는다.
"""

import json
from pathlib import Path

BEFORE, AFTER = "document.currentScript.data=", ";\n"
READER = Path(__file__).with_name("carried.js")


def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def carrying(value):
    return f"{BEFORE}{to_json(value)}{AFTER}"


def carried(script):
    return json.loads(script.removeprefix(BEFORE).removesuffix(AFTER))


def setup(app):
    app.config.html_static_path.append(str(READER))
    app.add_js_file(READER.name, loading_method="defer")
