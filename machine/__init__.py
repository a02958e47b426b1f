"""책을 만드는 기계. _config.yml의 extensions에 machine 한 줄을 적어 켠다. 방은 README.md에 있다."""

from importlib import import_module

# 일하는 차례. 앞의 것이 고친 것을 뒤의 것이 받는다.
# 하나를 끄려면 _config.yml의 book_without에 그 이름을 적는다.
FEATURES = (
    # 쪽을 읽고 실행한다
    "run",
    "tree.markup",
    # 문서의 나무를 고친다
    "maths",  # 제목의 수식은 뒤의 것들이 글을 나누기 전에 그린다
    "tree.chapter_numbers",
    "tree.repeated_code",  # chapter_numbers가 바꾼 절의 번호와 견준다
    "tree.solution_names",  # chapter_numbers가 바꾼 번호로 이름을 짓는다
    "tree.anchors",
    "tree.index_places",
    "tree.minutes",
    "tree.cell_marks",  # 적은 글은 읽는 시간에 들지 않는다
    "tree.callouts",
    "tree.pictures",
    "tree.alternatives",
    "tree.executed_with",
    "tree.dropdowns",
    "tree.languages",  # 앞의 것들이 적은 글까지 가린다
    # 쪽을 쓴다
    "page.history",  # 실행한 날 바로 아래, launch_links의 링크 앞
    "page.narrow",
    "page.copying",  # 절의 끝에서 인용을 원고와 댓글보다 앞에 둔다
    "page.launch_links",
    "page.published",
    "page.comments",
    "page.progress",
    "page.appearance",
    # 다 쓴 쪽을 한 번 읽어 차례로 고치고 한 번 쓴다(site)
    "site.korean",
    "site.search",
    "site.link_previews",  # 쪽의 글을 다 고친 뒤, bundle이 스크립트를 묶기 앞
    "paper",  # bundle이 쓰지 않는 CSS를 버리기 전에
    "site.letters",
    "site.bundle",
    "live",  # 누른 뒤에 받을 스크립트와 CSS는 묶지 않는다
    "answers",
    "page.moving",  # 단추의 글은 찾지 않고, 누르면 받을 것은 묶지 않는다
    "site.lost_page",  # bundle은 404.html이 아직 제자리의 주소를 쓸 때 묶는다
    "site.button_words",  # 앞의 것들이 넣은 단추를 찾는다
    "site.policy",  # 앞의 것들이 쪽에 넣은 것까지 살핀다
    "site.offline",  # 다 고친 쪽을 저장한다
    # 노트북
    "notebook",
)
# 없으면 쪽이 틀리므로, 껐을 때에는 무엇이 함께 없어야 하는지 알린다
NEEDED = ("run", "tree.markup", "maths", "tree.pictures")
# 끌 수 없는 것
ALWAYS = (
    "manuscript.parser",
    "tree.page_title",
    "tree.outlines",
    "tree.dataframes",
    "tree.other_themes",
    "tree.theorems",
    "tree.exercises",
    "page",
)


def setup(app):
    settings = import_module("machine.settings")
    settings.setup(app)
    off = settings.switched_off(app.config, FEATURES)
    on = [name for name in FEATURES if name not in off]
    features = {name: import_module(f"machine.{name}") for name in on}
    for name in ALWAYS:
        import_module(f"machine.{name}").setup(app)
    for feature in features.values():
        feature.setup(app)
    for name in NEEDED:
        if name not in on:
            import_module(f"machine.{name}").without(app)
    import_module("machine.site").setup(app, features.values())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
