"""책의 제목과 지은이, 장을 적은 파일이 _config.yml, _toc.yml과 맞는지.

제목은 _config.yml에 있고 다른 파일은 그대로 옮긴다. 글로만 된 파일이어서 거기서 읽어 올 수 없다.
"""

import re

import yaml


def chapters(root):
    """차례에 있는 장의 번호들."""
    toc = (root / "_toc.yml").read_text("utf-8")
    return sorted({int(number) for number in re.findall(r"file: chapters/chap(\d+)/", toc)})


def named(text):
    """글에 적은 장들: 6장, 6·7장, 6–8장."""
    numbers = set()
    for part in re.findall(r"\d+(?:[–~·, -]+\d+)*(?=장)", text):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        numbers |= {*range(ends[0], ends[-1] + 1)} if re.search("[–~-]", part) else {*ends}
    return sorted(numbers)


def expected(root):
    """(파일, 그 줄을 찾을 무늬, 거기 적혀 있을 글)들. 무늬의 괄호가 그 글의 자리이다."""
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    short = config["sphinx"]["config"]["html_title"]
    first = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))["root"]
    yield "README.md", r"^# (.+)$", config["title"]
    yield "CITATION.cff", r"""^title: ["']?(.+?)["']?$""", config["title"]
    yield "CITATION.cff", r"^  - name: (.+)$", config["author"]
    yield "LICENSE", rf"Copyright \(c\) {config['copyright']} (.+)$", config["author"]
    yield f"{first}.md", r"^# (.+)$", short


def disagreements(root):
    """고칠 곳들: "파일:줄: 적힌 글 → 적을 글"."""
    for file, pattern, right in expected(root):
        text = (root / file).read_text("utf-8")
        places = [*re.finditer(pattern, text, re.M)]
        if not places:
            yield f"{file}: 적은 곳이 없습니다: {right}"
        for found in places if file == "LICENSE" else places[:1]:
            if found[1] != right:
                yield f"{file}:{line(text, found)}: {found[1]} → {right}"
    yield from wrong_chapters(root)


def wrong_chapters(root):
    """제목의 장은 차례의 장과 같고, 맨 위 폴더의 쪽의 제목과 링크는 있는 장만 부른다."""
    here, config = chapters(root), (root / "_config.yml").read_text("utf-8")
    title = re.search(r"^title: .+$", config, re.M)
    if named(title[0]) not in ([], here):
        told = f"제목의 장은 {named(title[0])}, 차례의 장은 {here}"
        yield f"_config.yml:{line(config, title)}: {told}"
    for path in sorted(root.glob("*.md")):
        text = path.read_text("utf-8")
        for found in re.finditer(r"^#+ .+$", text, re.M):
            if path.name not in ("README.md", "CHANGELOG.md") and {*named(found[0])} - {*here}:
                yield f"{path.name}:{line(text, found)}: 차례에 없는 장입니다: {found[0]}"
        for found in re.finditer(r"\{ref\}`(\d+)장 <chap(\d+)>`", text):
            if found[1] != found[2]:
                yield f"{path.name}:{line(text, found)}: 글과 링크의 장이 다릅니다: {found[0]}"


def line(text, found):
    return text[: found.start()].count("\n") + 1
