"""SVG에서 책에 담을 수 없는 것과, 브라우저와 다르게 찍히는 것을 찾는다.

WeasyPrint은 모르는 것을 조용히 빼거나 다르게 그린다. 아래의 표는 같은 그림을 크로뮴과
WeasyPrint으로 그려 견준 것이다. 빌드에는 브라우저가 없으므로 이 표로만 본다.
"""

import re
from xml.etree import ElementTree

import cssselect2
import tinycss2

TEXTS = ("text", "tspan")
SHAPES = {"rect", "circle", "ellipse", "line", "polyline", "polygon", "path"}
LINK = "{http://www.w3.org/1999/xlink}href"
MOST, DEEPEST = 200_000, 100  # 그릴 요소와 글자의 수, 요소가 겹치는 수. 이만큼이면 30초쯤 걸린다
ADDRESS = re.compile(r"url\(\s*['\"]?#([^'\")]+)")
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
LENGTH = re.compile(rf"\s*({NUMBER})(?:px|pt|pc|mm|cm|in|em|ex|rem|%)?\s*", re.I)
NEVER, ZERO = "(?!)", r"0\D*"
# {속성이나 CSS의 이름: 바르게 찍히는 값}. 여기에 없는 이름은 무엇이든 된다
PRINTED = {
    "baseline-shift": f"baseline|{ZERO}",
    "clip-path": r"none|url\(.*",
    "d": r"(?!path\().*",
    "filter": r"none|url\(.*",
    "font-variant": "normal|none",
    "font-variant-caps": "normal",
    "maskContentUnits": "userSpaceOnUse",
    "mask-type": "luminance",
    "mix-blend-mode": "normal",
    "pathLength": NEVER,
    "requiredExtensions": NEVER,
    "requiredFeatures": NEVER,
    "stroke": r"(?!url).*",
    "systemLanguage": NEVER,
    "text-decoration": "none.*",
    "text-decoration-line": "none",
    "text-shadow": "none",
    "text-transform": "none",
    "word-spacing": f"normal|{ZERO}",
    "writing-mode": "lr.*|rl.*|horizontal-tb",
}
PRINTED = {
    name: re.compile(f"({values})|inherit|initial|unset") for name, values in PRINTED.items()
}
WRONG_VALUES = re.compile(r"calc\(|color-mix\(|var\(--[\w-]+")
WHITE = re.compile(
    r"none|transparent|white|#fff(fff)?|rgb\(255, ?255, ?255\)|light-dark\(\s*(#fff|white).*", re.I
)
REDRAW = (
    "스크립트와 다른 파일 없이, 글자는 윤곽선으로 바꾸어 SVG로 다시 내보내거나 PNG로 저장하세요"
)
REDRAW_BOX = 'viewBox="0 0 너비 높이"로 적거나 SVG로 다시 내보내세요'
REDRAW_SIZE = 'width="300"처럼 0보다 큰 수로 적거나 지우세요'
SAVE_UTF8 = "편집기에서 UTF-8로 다시 저장하세요"
REDRAW_PRINTED = "그것 없이 그리거나 글자를 윤곽선으로 바꾸어 다시 내보내거나 PNG로 저장하세요"
LESS = "<use>처럼 다른 것을 부르는 곳을 고치거나 PNG로 저장하세요"
ENTITY = "풀 수 없는 <!ENTITY>가 있는 SVG", "<!ENTITY> 대신 그 글을 바로 적으세요"


def drawing(data):
    """SVG의 뿌리. SVG가 아니면 None."""
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError):
        return None
    return root if local(root.tag) == "svg" else None


def local(name):
    """이름 공간을 뺀 이름."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def fault(data):
    """그 SVG를 책에 담을 수 없는 (까닭, 고치는 법). 담을 수 있으면 None."""
    if "\ufffd" in data.decode("utf-8", "replace"):
        return "UTF-8이 아닌 SVG", SAVE_UTF8
    root = drawing(data)
    if inside := unsafe(root):
        return inside, REDRAW
    if not has_size(root.get("viewBox", "")):
        return "viewBox를 읽을 수 없는 SVG", REDRAW_BOX
    for name in ("width", "height"):
        if name in root.attrib and not is_length(root.get(name)):
            return f"크기를 읽을 수 없는 SVG: {name}={root.get(name)[:20]}", REDRAW_SIZE
    if endless := too_much(root):
        return endless, LESS
    if inside := unprinted(root):
        return f"종이에 찍지 못하는 {inside}", REDRAW_PRINTED
    return None


def unsafe(root):
    """어느 책에도 옮길 수 없는 것: 실행되는 것, HTML, 다른 파일을 부르는 것."""
    for x in root.iter():
        tag = local(x.tag)
        if tag in ("script", "foreignObject"):
            return f"<{tag}>"
        if tag == "style" and re.search(r"@import|url\(\s*['\"]?(?!#|data:)", x.text or ""):
            return "<style>이 부르는 파일"
        for name, value in ((local(name), value) for name, value in x.attrib.items()):
            address = re.sub(r"[\0- ]", "", value).lower()  # 브라우저는 주소의 빈칸과 탭을 버린다
            if name.startswith("on") or address.startswith("javascript:"):
                return f"<{tag} {name}>"
            if name == "href" and tag != "a" and not re.match(r"#|data:", value.strip()):
                return f"<{tag} href={value[:40]}>"
            if re.search(r"url\(\s*['\"]?(?!#|data:)", value):
                return f"<{tag} {name}={value[:40]}>"
    return ""


def has_size(box):
    """viewBox가 없거나, 너비와 높이가 있는 네 수인가. 아니면 그려지지 않고, 종이책은 멈춘다."""
    try:
        numbers = [float(number) for number in box.replace(",", " ").split()]
    except ValueError:
        return False
    return not numbers or (len(numbers) == 4 and min(numbers[2:]) > 0)


def is_length(text):
    """너비나 높이로 그려지는 길이인가."""
    length = LENGTH.fullmatch(text)
    return text == "auto" or bool(length and float(length[1]) > 0)


# --- 그릴 것의 수


class TooMuch(Exception):
    pass


def too_much(root):
    """그리면 끝나지 않을 까닭. <use>와 marker로 부른 것은 펼치지 않고 셈만 한다."""
    named, known = {x.get("id"): x for x in root.iter() if x.get("id")}, {}

    def weight(x, above):
        if x in above or len(above) > DEEPEST:
            tag = local(x.tag)
            raise TooMuch(f"자신을 부르는 <{tag}>" if x in above else f"너무 깊은 <{tag}>")
        if x not in known:
            letters = len(x.text or "") if local(x.tag) in TEXTS else 0
            inner = sum(weight(child, (*above, x)) for child in x)
            called = [(named[name], times) for name, times in calls(x) if name in named]
            known[x] = (
                1
                + letters
                + inner
                + sum(times * weight(other, (*above, x)) for other, times in called)
            )
        return known[x]

    try:
        if (count := weight(root, ())) > MOST:
            return f"그릴 요소가 {count:,}개인 SVG"
    except TooMuch as problem:
        return str(problem)
    return ""


def calls(x):
    """요소가 부르는 (이름표, 횟수). marker는 선의 꺾인 곳마다 부른다."""
    for name, value in x.attrib.items():
        if local(name) == "href" and local(x.tag) != "a" and value.startswith("#"):
            yield value[1:], 1
        for called in ADDRESS.findall(value):
            points = x.get("d", "") + x.get("points", "")
            marker = "marker" in name or "marker" in value
            yield called, len(re.findall(NUMBER, points)) if marker else 1


# --- 종이


class Unreadable(Exception):
    pass


def unprinted(root):
    """WeasyPrint이 찍지 않거나 다르게 찍는 것. 브라우저에서는 바르게 보인다."""
    try:
        styled = list(styles(root))
    except Unreadable as problem:
        return str(problem)
    for x, own, whole in styled:
        tag = local(x.tag)
        if tag == "textPath" or re.match("fe(?!Offset|Blend|MergeNode)[A-Z]", tag):
            return f"<{tag}>"
        for name, value in own.items():
            if found := WRONG_VALUES.search(value) if "light-dark(" not in value else None:
                return found[0]
            if name in PRINTED and not PRINTED[name].fullmatch(value):
                return f"{name}: {value[:40]}"
        if found := unprinted_together(tag, own, whole):
            return found
    background = styled[0][1].get("background-color", styled[0][1].get("background", "none"))
    return "" if WHITE.fullmatch(background) else f"바탕색 {background[:40]}"


def unprinted_together(tag, own, whole):
    """다른 것과 함께일 때에만 다르게 찍히는 것. whole에는 물려받은 값도 있다."""
    order = whole.get("paint-order", "")
    both = whole.get("stroke", "none") != "none" and whole.get("fill") != "none"
    if both and order.startswith(("stroke", "markers stroke")) and tag in SHAPES | set(TEXTS):
        return f"paint-order: {order}"
    if own.get("vector-effect", "none") != "none" and re.search(
        "scale|matrix", whole["transforms"]
    ):
        return f"vector-effect: {own['vector-effect']}"
    if "transform" in own and re.search("%|[a-z]{4}", own.get("transform-origin", "")):
        return f"transform-origin: {own['transform-origin']}"
    if "transform" in own and own.get("transform-box", "view-box") != "view-box":
        return f"transform-box: {own['transform-box']}"
    if own.get("mask", "none") != "none" and tag not in SHAPES:
        return f"<{tag} mask>"
    if "clipPath" in whole["inside"] and tag == "text":
        return "<clipPath> 속의 글"
    if "clipPath" in whole["inside"] and whole.get("clip-rule") == "evenodd":
        return "clip-rule: evenodd"
    turned = re.search("rotate|skew|matrix", own.get("gradientTransform", ""))
    bounded = own.get("gradientUnits") != "userSpaceOnUse"
    if bounded and (turned or tag == "radialGradient" and "gradientTransform" in own):
        return f"<{tag} gradientTransform>"
    return ""


def styles(root):
    """(요소, {이름: 값}, {이름: 물려받은 값까지})들. 아무 요소도 고르지 않는 규칙은 보지 않는다."""
    matcher, inherited = rules(root), {}
    for wrapped in cssselect2.ElementWrapper.from_xml_root(root).iter_subtree():
        x = wrapped.etree_element
        own = {name: value.strip() for name, value in x.attrib.items() if name[:1] != "{"}
        for *_, declarations in matcher.match(wrapped):
            own |= declarations
        own |= declared(tinycss2.parse_blocks_contents(own.pop("style", "")))
        above = inherited[wrapped.parent.etree_element] if wrapped.parent else {}
        inherited[x] = above | own
        inherited[x]["inside"] = f"{above.get('inside', '')} {local(x.tag)}"
        inherited[x]["transforms"] = above.get("transforms", "") + own.get("transform", "")
        yield x, own, inherited[x]


def rules(root):
    """그림에 적힌 CSS."""
    matcher = cssselect2.Matcher()
    for style in root.iter("{http://www.w3.org/2000/svg}style"):
        if style.get("media", "all") not in ("", "all"):
            raise Unreadable(f"<style media={style.get('media')}>")
        for rule in tinycss2.parse_stylesheet(style.text or "", True, True):
            prelude = tinycss2.serialize(rule.prelude).strip() if hasattr(rule, "prelude") else ""
            if rule.type == "at-rule":
                check_at_rule(rule.lower_at_keyword, prelude)
            if rule.type != "qualified-rule":
                continue
            try:
                selectors = cssselect2.compile_selector_list(rule.prelude)
            except cssselect2.SelectorError as error:  # WeasyPrint은 그 뒤의 규칙도 버린다
                raise Unreadable(f"CSS: {prelude[:40]}") from error
            for selector in selectors:
                if not (selector.pseudo_element or selector.never_matches):
                    found = declared(tinycss2.parse_blocks_contents(rule.content))
                    matcher.add_selector(selector, found)
    return matcher


def check_at_rule(name, prelude):
    """종이에서 빼도 되는 것: 종이의 글꼴은 책의 것이고, 어두운 화면과 움직임은 종이에 없다."""
    dark = name == "media" and re.fullmatch(r"print|\(prefers-color-scheme: *dark\)", prelude)
    if not (dark or name in ("font-face", "charset", "namespace") or "keyframes" in name):
        raise Unreadable(f"CSS: @{name} {prelude[:40]}")


def declared(contents):
    """CSS의 {이름: 값}."""
    found = {}
    for item in contents:
        if item.type == "qualified-rule":
            raise Unreadable(f"CSS: 규칙 속의 {tinycss2.serialize(item.prelude).strip()[:40]}")
        if item.type == "declaration" and item.name[:1] != "-":
            found[item.lower_name] = tinycss2.serialize(item.value).strip()
    return found
