c = get_config()
c.HistoryManager.enabled = False
c.InlineBackend.figure_formats = {"svg", "png"}                             # png는 시험이 본다
c.InlineBackend.rc = {"svg.hashsalt": "book", "pdf.fonttype": 42}           # 늘 같은 바이트, 글자로 남는 한글
c.IPKernelApp.log_level = "ERROR"                                           # 로컬 TCP 경고를 끈다
