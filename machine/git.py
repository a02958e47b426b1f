"""책이 든 깃 저장소에서 읽는다. 깃이 없거나, 저장소에 든 책이 아니면 빈 글이다."""

import re
import subprocess

# https://이름:비밀번호@github.com/소유자/저장소.git, git@github.com:소유자/저장소
GITHUB = re.compile(
    r"(?:(?:https?|ssh|git|git\+ssh)://(?:[^/]*@)?(?:www\.|ssh\.)?github\.com(?::\d+)?/"
    r"|(?:[^/:]*@)?(?:ssh\.)?github\.com:/?)"
    r"([\w-]+/[\w.-]+?)(?:\.git)?/*",
    re.ASCII | re.IGNORECASE,
)


def ask(folder, *command):
    """그 폴더에서 깃이 답한 글."""
    try:
        run = subprocess.run(["git", *command], cwd=folder, capture_output=True)
    except OSError:
        return ""
    answer = run.stdout if run.returncode == 0 else b""
    return answer.decode("utf-8", "surrogateescape").rstrip("\n")


def origin(folder):
    """origin이 GitHub에 있으면 그 소유자/저장소. 주소에 적힌 이름과 비밀번호는 옮기지 않는다.

    저장소의 맨 위 폴더에 놓인 책만 그렇다. 남의 저장소 속에 둔 책의 쪽은 그 주소에 없다.
    """
    if ask(folder, "rev-parse", "--show-prefix"):
        return ""
    found = GITHUB.fullmatch(ask(folder, "remote", "get-url", "origin"))
    return found[1] if found else ""


def head(folder):
    """마지막 커밋. 앞의 커밋을 다 받지 않은(shallow) 저장소이면 빈 글."""
    answer = ask(folder, "rev-parse", "HEAD", "--is-shallow-repository")
    return answer.removesuffix("\nfalse") if answer.endswith("\nfalse") else ""
