# 그림의 선을 값으로도 남긴다. 쪽에서 움직이는 그림(page/moving)이 쓴다. 커널의 설정이 부른다.
KEY = "lines"  # 출력의 메타데이터에서 (run/lines.py)
DIGITS = ".6g"  # 그리고 적는 데 넉넉한 자리


def rounded(values):
    """값을 줄인다. 그릴 수 없는 값(nan, inf)은 None."""
    from math import isfinite

    numbers = [float(value) for value in values]
    return [float(format(number, DIGITS)) if isfinite(number) else None for number in numbers]


def lines_of(axes):
    return [{"x": rounded(x), "y": rounded(y)} for x, y in (line.get_data() for line in axes.lines)]


def contours_of(axes):
    """등고선은 높이마다 끊어진 조각들로 되어 있다."""
    from matplotlib.contour import ContourSet

    sets = [drawn for drawn in axes.collections if isinstance(drawn, ContourSet)]
    pieces = [
        piece
        for drawn in sets
        for path in drawn.get_paths()
        for piece in path.to_polygons(closed_only=False)
    ]
    return [{"x": rounded(piece[:, 0]), "y": rounded(piece[:, 1])} for piece in pieces]


def values_of(axes):
    return {
        "title": axes.get_title(),
        "x": rounded(axes.get_xlim()),
        "y": rounded(axes.get_ylim()),
        "lines": lines_of(axes),
        "contours": contours_of(axes),
    }


def bundle(figure):
    """출력에 더할 것과 그 메타데이터에 더할 것. 입체의 선은 보는 쪽에 따라 다르므로 뺀다."""
    flat = [axes for axes in figure.axes if axes.name == "rectilinear"]
    return {}, {KEY: [values_of(axes) for axes in flat]}


c = get_config()  # noqa: F821
c.MimeBundleFormatter.deferred_printers = {("matplotlib.figure", "Figure"): bundle}
