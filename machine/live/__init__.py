"""쪽에서 실행하기. 단추를 누르면 브라우저에서 파이썬(Pyodide)이 돌아 코드 셀을 고치고 실행한다.

sphinx-thebe는 Binder의 서버를 쓰고, jupyterlite-sphinx는 쪽 대신 JupyterLab을 연다.
"""


def finish(app, pages):
    from . import button

    button.finish(app, pages)


def setup(app):
    from . import button  # 실행기(runtime)만 쓰는 곳에서는 부르지 않는다. 부르는 데 오래 걸린다

    button.setup(app)
