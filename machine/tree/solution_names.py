"""{ref}로 부른 풀이를 "풀이: 연습문제 7-1 (어려운 문제)"로 적는다. sphinx-exercise는 다른 쪽에서 부르면 "풀이:"에서 그친다."""

from sphinx_exercise.nodes import exercise_enumerable_node, exercise_subtitle

from machine.maths.words import said


def name_of(app, exercise):
    """연습문제의 이름: 번호가 있으면 번호, 제목이 있으면 괄호 안에 제목."""
    label, *rest = exercise[0].children
    numbers = (
        app.env.toc_fignumbers.get(exercise["docname"], {})
        .get("exercise", {})
        .get(exercise["ids"][0])
    )
    numbered = isinstance(exercise, exercise_enumerable_node) and numbers
    name = (
        app.config.numfig_format["exercise"] % ".".join(map(str, numbers))
        if numbered
        else label.astext()
    )
    title = next((f" ({said(part)})" for part in rest if isinstance(part, exercise_subtitle)), "")
    return name + title


def name_solutions(app, env):
    std, known = env.get_domain("std"), getattr(env, "sphinx_exercise_registry", {})
    for label, entry in known.items():
        node = entry["node"]
        exercise = known.get(node.get("target_label", label), {}).get("node")
        if (
            label.lower() in std.labels
            and exercise is not None
            and not isinstance(node, exercise_enumerable_node)
        ):
            docname, node_id, title = std.labels[label.lower()]
            name = (
                f"{title} {name_of(app, exercise)}"
                if entry["type"].startswith("solution")
                else name_of(app, exercise)
            )
            std.labels[label.lower()] = docname, node_id, name
    return []


def setup(app):
    app.connect(
        "env-get-updated", name_solutions, priority=950
    )  # chapter_numbers가 번호를 바꾼 다음
