"""{ref}로 부른 풀이를 "풀이: 연습문제 7-1 (어려운 문제)"로 적는다.

sphinx-exercise는 다른 쪽에서 부르면 "풀이:"에서 그친다.
"""

from sphinx_exercise.nodes import exercise_enumerable_node, exercise_subtitle

from machine.maths.words import said
from machine.tree.nodes import number_of


def name_of(app, exercise):
    """연습문제의 이름: 번호가 있으면 번호, 제목이 있으면 괄호 안에 제목."""
    label, *rest = exercise[0].children
    number = number_of(app.env, exercise["docname"], "exercise", exercise["ids"][:1])
    name = app.config.numfig_format["exercise"] % number if number else label.astext()
    titles = [f" ({said(part)})" for part in rest if isinstance(part, exercise_subtitle)]
    return "".join([name, *titles[:1]])


def name_solutions(app, env):
    labels, known = env.get_domain("std").labels, getattr(env, "sphinx_exercise_registry", {})
    for label, entry in known.items():
        node, name = entry["node"], label.lower()
        exercise = known.get(node.get("target_label", label), {}).get("node")
        if name not in labels or not exercise or isinstance(node, exercise_enumerable_node):
            continue
        docname, node_id, title = labels[name]
        start = f"{title} " if entry["type"].startswith("solution") else ""
        labels[name] = docname, node_id, start + name_of(app, exercise)
    return []


def setup(app):
    app.connect("env-get-updated", name_solutions)
