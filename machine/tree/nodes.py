"""문서의 나무에서 위를 찾고, 무엇인지와 줄과 번호를 알아낸다. docutils에는 부모(parent)만 있다."""

from docutils import nodes


def ancestors(node):
    while node := node.parent:
        yield node


def is_output(node):
    """셀의 출력에 든 것인가."""
    return any("cell_output" in above.get("classes", ()) for above in ancestors(node))


def with_line(node):
    """원고의 줄(line)을 아는 것: 그 노드나, 그것을 담은 가장 가까운 노드."""
    return next((known for known in (node, *ancestors(node)) if known.line), node)


def raw_html(doctree):
    """글과 셀의 출력에 HTML로 적은 것들."""
    return [node for node in doctree.findall(nodes.raw) if "html" in node.get("format", "").split()]


def unlink(title):
    """제목의 링크를 글로 바꾼다."""
    for link in list(title.findall(nodes.reference)):
        link.parent.replace(link, link.children)


def apart(node):
    """쪽에서 떼어 낸 사본. docutils의 사본에는 쪽이 통째로 매달려 있어 함께 적힌다."""
    copy = node.deepcopy()
    for inner in copy.findall():
        inner.document = None
    return copy


def numbers(env, docname, kind):
    """쪽에 있는 그림, 식, 연습문제의 번호: {이름표: "9-1"}."""
    found = env.toc_fignumbers.get(docname, {}).get(kind, {})
    return {name: ".".join(map(str, number)) for name, number in found.items()}


def number_of(env, docname, kind, names):
    """이름표 names 가운데 하나에 달린 번호. 없으면 빈 문자열."""
    found = numbers(env, docname, kind)
    return next((found[name] for name in names if name in found), "")


def section_number(env, docname):
    """절의 번호 "9.1". 없으면 빈 문자열."""
    return ".".join(map(str, env.toc_secnumbers.get(docname, {}).get("") or ()))


def numbered_title(env, docname):
    """ "9.1 평균". 번호가 없는 쪽이면 제목만."""
    return f"{section_number(env, docname)} {env.titles[docname].astext()}".strip()


def reading_order(env):
    """책의 쪽들을 차례에 적은 대로. 이름으로 늘어놓으면 10장이 9장의 앞에 온다."""

    def from_page(docname):
        yield docname
        for child in env.toctree_includes.get(docname, ()):
            yield from from_page(child)

    return list(from_page(env.config.root_doc))


def is_coloured(node):
    """Sphinx가 색을 입히는 코드인가. parsed-literal은 글이 원고와 다르므로 아니다."""
    code = isinstance(node, (nodes.literal_block, nodes.doctest_block))
    return code and node.rawsource == node.astext()
