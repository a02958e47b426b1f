c = get_config()
load_subconfig("kernel_reads.py")                                           # 쪽이 읽는 파일을 적는다
load_subconfig("kernel_lines.py")                                           # 그림의 선을 값으로도 남긴다
c.HistoryManager.enabled = False
c.InlineBackend.figure_formats = {"svg", "png"}                             # png는 시험이 본다
c.InlineBackend.rc = {"svg.hashsalt": "book", "pdf.fonttype": 42}           # 늘 같은 바이트, 글자로 남는 한글
c.IPKernelApp.log_level = "ERROR"                                           # 로컬 TCP 경고를 끈다

# 실행한 날과 버전을 실행한 노트북에 남긴다(_ext/executed_with.py가 쪽에 적는다)
from datetime import date                             
from importlib.metadata import distributions          

from ipykernel.ipkernel import IPythonKernel          
from ipykernel.kernelapp import IPKernelApp           

IPythonKernel.language_info |= {"executed": date.today().isoformat(),
                                "packages": {name: package.version for name in ("numpy", "sympy", "matplotlib", "torch")
                                             for package in distributions(name=name)}}

bind = IPKernelApp.init_iopub


def bind_without_limit(app, context):
    """받는 쪽이 바빠 1000개 넘게 밀린 출력을 zmq가 조용히 버리지 않게 한다. 버리면 출력이 빈다."""
    context.sndhwm = 0
    bind(app, context)


IPKernelApp.init_iopub = bind_without_limit
