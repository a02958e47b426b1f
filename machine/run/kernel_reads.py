# 커널이 읽는 파일을 적고, 다른 컴퓨터에는 없을 파일은 없는 것으로 한다. 커널의 설정이 부른다.
# 책의 폴더에는 쓰지 못하게 한다.
#
# 쪽이 실행되는 폴더(HERE)의 옆에 있는 파일 read에, 읽거나 늘어놓은 것을 \0으로 나누어 적는다.
import errno
import os
import sys

HERE = os.path.realpath(os.getcwd())
REPORT = os.path.join(os.path.dirname(HERE), "read")
BOOK = os.path.dirname(os.path.dirname(os.path.realpath(os.environ["IPYTHONDIR"])))
HOME = os.path.realpath(os.path.expanduser("~"))
NOT_GIVEN = "원고 옆의 data 폴더에 없는 파일이라 다른 컴퓨터에서는 읽지 못합니다"
NOT_WRITTEN = "책의 폴더에는 쓰지 못합니다"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    *("os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"),
    *("os.truncate", "os.utime"),
}
# 파이썬과 패키지, 책의 글꼴, 이 커널의 설정과 연결. 책의 폴더에 있어도 읽는다
GIVEN = [
    HERE,
    *(os.path.join(BOOK, name) for name in ("fonts", "_build/ipython", "_build/tmp")),
    *(sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)),
    os.environ.get("MPLCONFIGDIR", HERE),
]
# 어느 컴퓨터에나 있는 것: 라이브러리, 글꼴, 시간대
OF_COMPUTER = [
    *("/bin", "/dev", "/etc", "/lib", "/lib64", "/nix", "/opt", "/proc", "/run", "/sbin", "/snap"),
    *("/sys", "/usr", "/var/cache", "/var/db", "/var/lib"),
    *("/Applications", "/Library", "/System", "/private/etc", "/private/var/db"),
]


def inside(path, folder):
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def real(folders):
    """책을 담은 폴더는 뺀다. PYTHONPATH에 책의 폴더를 적을 수 있다."""
    found = {os.path.realpath(folder) for folder in folders}
    return [folder for folder in found if not inside(BOOK, folder)]


def is_hidden(path):
    """집의 .cache나 Library처럼 프로그램이 쓰는 곳."""
    first = os.path.relpath(path, HOME).split(os.sep)[0]
    return inside(path, HOME) and (first.startswith(".") or first == "Library")


def can_read(path):
    if any(inside(path, folder) for folder in given):
        return True
    if inside(path, BOOK):
        return False
    of_computer = any(inside(path, folder) for folder in OF_COMPUTER)
    return of_computer or is_hidden(path) or os.stat(path).st_ctime_ns >= started


def note(path):
    os.write(report, os.fsencode(os.path.relpath(path, HERE)) + b"\0")


def refuse_writing(names):
    """책에 있는 것을 쓰거나 지우려 하면 멈춘다. 제 폴더와 프로그램이 쓰는 폴더는 된다."""
    for name in names:
        if isinstance(name, (str, bytes, os.PathLike)):
            path = os.path.realpath(os.fsdecode(name))
            if inside(path, BOOK) and not any(inside(path, folder) for folder in writable):
                raise PermissionError(errno.EACCES, NOT_WRITTEN, name)


def watch(event, args):
    """파이썬이 파일을 열고 폴더를 늘어놓기 앞에 부르는 것(sys.addaudithook)."""
    if event in CHANGES:
        refuse_writing(args[:2])
    if event == "open" and args[2] & WRITES:
        refuse_writing(args[:1])
    if event not in ("open", "os.listdir", "os.scandir"):
        return
    try:
        path = os.path.realpath(os.fsdecode("." if args[0] is None else args[0]))
    except TypeError:  # 이미 연 것의 번호
        return
    if event != "open":
        if inside(path, HERE):
            note(path + os.sep)
        return
    flags = args[2]
    if flags & (os.O_WRONLY | os.O_TRUNC):
        return
    if inside(path, HERE):
        note(path)
    elif os.path.isfile(path) and not can_read(path):
        raise FileNotFoundError(errno.ENOENT, NOT_GIVEN, args[0])


given = real(GIVEN)
fonts = os.path.realpath(os.path.join(BOOK, "fonts"))
writable = [folder for folder in given if folder != fonts]
if os.path.isfile(REPORT):  # 이 책의 쪽을 실행하는 커널이다
    started = os.stat(REPORT).st_mtime_ns
    report = os.open(REPORT, os.O_WRONLY | os.O_APPEND)
    sys.addaudithook(watch)
