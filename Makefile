PYTHON ?= python3
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
# 지난번에 다 만든 책에서 바뀐 쪽만 다시 만든다. 처음부터는 make clean html. 고칠 곳은 한 화면에 보이고 나머지는 _build/*.log에 적는다.
BUILD := .venv/bin/python -m machine
# make -j4 html pdf epub도 하나씩 차례로 만든다. 따로 부른 make 둘은 machine/alone.py가 기다리게 한다.
.NOTPARALLEL:
# 라틴 1이나 C 로캘에서도 한국어로 알리고 한국어 이름의 파일을 읽는다.
export PYTHONUTF8 := 1
unexport PYTHONIOENCODING
export PYTHONDONTWRITEBYTECODE := 1
# 맷플롯립의 글꼴 목록은 설치할 때 만든다. 쪽에서 처음 만들면 그 알림(stderr) 때문에 빌드가 멈출 수 있다.
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib
# 쪽에서 실행할 Pyodide를 받을 주소나 폴더. 비워 두면 machine/live/runtime/lock.json에 적힌 곳
export PYODIDE
# 리눅스에서 torch를 그냥 설치하면 CUDA까지 2.7 GB를 받는다. $(1)은 가상 환경의 폴더.
torch = [ "$$(uname -s)" != Linux ] || $(1)/bin/python -m pip install --retries 0 --timeout 10 --no-deps --index-url $(TORCH_INDEX) $$(grep '^torch==' requirements.lock) \
  || echo "$(TORCH_INDEX)에서 CPU용 torch를 받지 못해 기본 저장소를 씁니다. CUDA까지 2.7 GB쯤 받게 될 수 있습니다. 멈추려면 Ctrl+C를 누르세요."
# 애플 실리콘의 Homebrew는 라이브러리를 찾는 곳 밖에 있고, 셸은 이 변수를 물려주지 않는다.
BREW := $(if $(wildcard /opt/homebrew/lib),DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib:/usr/local/lib:/usr/lib)
fail = || { printf '\n%s\n' "$(1)" >&2; exit 1; }

# .venv의 파이썬이 없어졌거나 PYTHON=…로 다른 파이썬을 골랐으면 .venv를 새로 만든다. 브라우저에서 쓸 pyodide는 파이썬을 가리지 않으므로 남긴다.
OTHER := $(shell .venv/bin/python -V >/dev/null 2>&1 && { [ "$(origin PYTHON)" = file ] \
  || [ "$$("$(PYTHON)" -V 2>&1)" = "$$(.venv/bin/python -V 2>&1)" ]; } || echo other-python)
RUN := $(if $(OTHER),"$(PYTHON)",.venv/bin/python)

.DEFAULT_GOAL := help
.PHONY: help html pdf pdfs epub notebooks imgs lock serve test test-live lint links colab workflows audit steady bench clean \
  other-python install new-venv packages

help:        ## 이 도움말
	@awk -F ':.*## *' '/^[a-z-]+:.*##/ { printf "%-12s %s\n", $$1, $$2 }' Makefile

html: .venv/ok fonts/NanumBarunGothic.ttf   ## 책을 만든다(바뀐 것이 없으면 그대로 둔다): _build/html/index.html. PYODIDE=폴더면 쪽에서 실행할 것을 거기서 받는다
	@$(BUILD) html

pdf: $(OTHER)   ## 책을 PDF로 찍는다: _build/book.pdf. CHAPTER=chap6이면 그 장만, CHAPTER=all이면 장마다: _build/book-chap6.pdf
	@$(BREW) $(RUN) machine/paper/pango.py
	@$(MAKE) --no-print-directory html
	$(BREW) $(BUILD) pdf $(if $(CHAPTER),"$(CHAPTER)")
	@$(BUILD) link

# make test의 것. 시험하는 동안 찍으므로 쪽에는 손대지 않고, 링크는 시험이 끝난 뒤에 넣는다.
pdfs: .venv/ok
	@$(BREW) $(RUN) machine/paper/pango.py
	@$(MAKE) --no-print-directory html
	$(BREW) $(BUILD) pdf
	$(BREW) $(BUILD) pdf all

epub: fonts/NanumMyeongjo.ttf fonts/NanumMyeongjoBold.ttf html   ## 책을 전자책으로 묶는다: _build/book.epub
	$(BUILD) epub
	@$(BUILD) link

notebooks: .venv/ok fonts/NanumBarunGothic.ttf   ## 코랩과 Binder에서 열 notebooks/와 README의 표를 다시 만든다
	@$(BUILD) notebook

imgs: .venv/ok fonts/NanumBarunGothic.ttf   ## 쪽이 저장하는 그림과 책의 표식의 그림 imgs/를 다시 만든다
	@[ ! -f mark.svg ] || $(BREW) .venv/bin/python machine/paper/pango.py
	$(BREW) SOURCE_DATE_EPOCH=1767225600 $(BUILD) imgs

# torch를 따라오는 CUDA는 쓰지 않는다. 윗줄의 torch 참고.
lock: .venv/ok   ## requirements.txt로 requirements.lock을 다시 만든다. UPGRADE=1이면 따라오는 패키지도 새것으로
	@mkdir -p _build && cp requirements.lock _build
	.venv/bin/python -m uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header $(if $(UPGRADE),--upgrade) -o _build/requirements.lock requirements.txt
	@{ echo '# make lock이 requirements.txt로 만들었다.'; grep -Ev '^(#|cuda-|nvidia-|triton)' _build/requirements.lock; } > .requirements.lock \
	  && mv .requirements.lock requirements.lock

serve: .venv/ok fonts/NanumBarunGothic.ttf   ## 미리 보기: 쪽을 저장하면 다시 만들어 보여 준다. PORT=8001처럼 고를 수 있다
	@$(BUILD) serve $(if $(PORT),"$(PORT)")

# 시험이 읽는 것을 먼저 만든다. 종이책은 책과 장마다 코어 하나로 30초쯤씩 걸리므로 시험하는 동안 찍고, 그것을 읽는 시험은 다 찍기를 기다린다.
# Pango가 없는 컴퓨터에서는 종이책의 시험을 건너뛴다(CI에서는 실패한다). 브라우저를 기다리는 때가 많아 일꾼은 코어보다 하나 많다. 넷이면 더 느리다.
PANGO = $(if $(CI),pdfs,$(shell $(BREW) .venv/bin/python machine/paper/pango.py >/dev/null 2>&1 && echo pdfs))
test: .venv/ok   ## 시험한다: 코어 둘로 10분쯤, 디스크는 .venv까지 4 GB. T=tests/test_site.py나 T="-k search"처럼 고를 수 있다
	@$(MAKE) --no-print-directory .venv/binder/ok .venv/colab/ok & $(MAKE) --no-print-directory epub; made=$$?; wait; exit $$made
	@rm -f _build/printed; { $(MAKE) --no-print-directory $(or $(PANGO),html) >_build/printing.log 2>&1; echo $$? >_build/printed; } & \
	$(BREW) PRINTING=1 .venv/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(T); tested=$$?; wait; \
	[ "$$(cat _build/printed)" = 0 ] || { cat _build/printing.log; exit 1; }; exit $$tested
	@$(BUILD) link

test-live: html   ## 쪽에서 실행할 수 있는 셀을 브라우저에서 모두 실행하여 책의 출력과 견준다: 3분쯤
	@PYTHONPATH=. .venv/bin/python tests/live_outputs.py & outputs=$$!; \
	.venv/bin/python -m pytest -m live -n 2 --dist loadfile; tested=$$?; wait $$outputs && exit $$tested

lint: .venv/ok   ## 코드의 꼴과 흔한 잘못을 살핀다. 꼴은 .venv/bin/ruff format과 .venv/bin/deno fmt로 고친다
	.venv/bin/ruff format --check --diff
	.venv/bin/ruff check
	.venv/bin/deno fmt --check
	.venv/bin/deno lint

links: .venv/ok fonts/NanumBarunGothic.ttf   ## 글에 있는 바깥 링크가 살아 있는지 살핀다
	@$(BUILD) linkcheck

colab:       ## 코랩의 이미지 안에서: 그 파이썬으로 노트북을 실행한다
	"$(PYTHON)" tests/in_colab.py

workflows: .venv/ok   ## .github/workflows의 명령을 이 컴퓨터에서 차례로 실행한다
	.venv/bin/python tests/workflows.py $(JOBS)

LIGHTHOUSE := 13.5.0
audit: html  ## 쪽의 무게, 접근성, 라이트하우스 점수를 잰다. PAGES=index.html처럼 쪽을 고를 수 있다
	@[ "$$(_build/audit/node_modules/.bin/lighthouse --version 2>/dev/null)" = $(LIGHTHOUSE) ] || { \
	  command -v npm >/dev/null $(call fail,Node.js(npm)가 없어 라이트하우스를 설치할 수 없습니다. https://nodejs.org에서 받아 설치하세요.); \
	  npm install --silent --no-audit --no-fund --prefix _build/audit lighthouse@$(LIGHTHOUSE) $(call fail,라이트하우스를 받지 못했습니다. 인터넷 연결을 확인하고 다시 실행하세요.); }
	.venv/bin/python tests/audit.py _build/html $(PAGES) --lighthouse

steady: .venv/ok   ## 바쁜 컴퓨터에서도 늘 같은 책이 되는지 본다(시험에는 들지 않는다). BUILDS=3, LOADS=4, CACHED=1처럼 고를 수 있다
	PYTHONPATH=. BUILDS=$(or $(BUILDS),10) LOADS=$(or $(LOADS),4) CACHED=$(CACHED) TARGETS="$(or $(TARGETS),html pdf epub)" .venv/bin/python tests/under_load.py

bench: .venv/ok   ## 6.6절의 엔진을 다른 도구와 견준다(시험에는 들지 않는다)
	@.venv/bin/python -m pip install -q -r bench/requirements.txt
	.venv/bin/python bench/compare.py

.PHONY: bench-scale
bench-scale: .venv/ok fonts/NanumBarunGothic.ttf   ## 장이 1, 3, 10개일 때 드는 것을 잰다(시험에는 들지 않는다). ONLY="html pdf", CHAPTERS="1 3"처럼 고를 수 있다
	@$(BREW) .venv/bin/python bench/measure.py $(if $(ONLY),--only $(ONLY)) $(if $(CHAPTERS),--chapters $(CHAPTERS))

clean:       ## 만든 것을 지운다(.venv는 남긴다)
	@[ ! -d _build ] || $(RUN) machine/alone.py find _build -mindepth 1 -maxdepth 1 ! -name .lock -exec rm -rf {} +

# 설치한 패키지의 목록을 .venv/ok에 적는다. 자물쇠의 주석만 바뀌었으면 다시 설치하지 않는다.
PINS := sed 's/[[:space:]]*\#.*//; /^$$/d' requirements.lock
.venv/ok: requirements.lock $(OTHER)
	@$(RUN) machine/alone.py $(MAKE) --no-print-directory install

install: $(if $(OTHER),new-venv)
	@[ -f .venv/ok ] && [ "$$($(PINS))" = "$$(cat .venv/ok)" ] || $(MAKE) --no-print-directory packages

other-python:
	@said=$$("$(PYTHON)" -c 'import platform, sys; print("파이썬", platform.python_version()); sys.exit(sys.version_info < (3, 11))' 2>&1) \
	  || { printf '%s\n' "" "파이썬 3.11 이상이 아니거나 실행할 수 없습니다: $(PYTHON)" "$$said" \
	    "다른 파이썬은 make html PYTHON=/경로/python3.12처럼 고릅니다." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null \
	  $(call fail,파이썬의 venv 모듈이 없습니다. Debian·Ubuntu에서는 sudo apt-get install python3-venv로 설치합니다.)
	@case "$$PWD" in *:*) false;; esac $(call fail,이름에 쌍점(:)이 있는 폴더에는 가상 환경을 만들 수 없습니다. 폴더의 이름을 바꾸세요.)

new-venv:
	@[ ! -L .venv ] || rm .venv; find .venv -mindepth 1 -maxdepth 1 ! -name pyodide -exec rm -rf {} + 2>/dev/null; "$(PYTHON)" -m venv .venv

packages:
	@echo "책을 만드는 패키지를 .venv에 설치합니다. 처음에는 몇 분 걸립니다."
	@$(call torch,.venv)
	@.venv/bin/python -m pip install -r requirements.lock $(call fail,패키지를 설치하지 못했습니다. 위의 오류와 인터넷 연결을 확인하고 다시 실행하세요.)
	@[ -z "$(NEWEST)" ] || .venv/bin/python -m pip install --upgrade --extra-index-url $(TORCH_INDEX) $(NEWEST)
	@.venv/bin/python -c 'import matplotlib.font_manager'
	@$(PINS) > .venv/ok

# 노트북만 따로 실행해 보는 환경. 만들지 못해도(파이썬에 맞는 버전이 없으면) 나머지 시험은 한다.
.venv/binder/ok: binder/requirements.txt
.venv/colab/ok: tests/colab.txt
.venv/%/ok: .venv/ok
	@LOCK=.venv/$*.lock $(RUN) machine/alone.py $(MAKE) --no-print-directory only-$* PINNED=$(filter %.txt,$^)

# 기다리는 동안 다른 make가 만들었으면 그것을 쓴다.
only-%:
	@[ .venv/$*/ok -nt $(PINNED) ] && [ .venv/$*/ok -nt .venv/ok ] || $(MAKE) --no-print-directory new-$* PINNED=$(PINNED)

new-binder new-colab: new-%:
	@echo "노트북만 따로 실행해 볼 환경을 만듭니다: .venv/$*"
	@rm -rf .venv/$* && .venv/bin/python -m venv .venv/$*
	@$(call torch,.venv/$*)
	@.venv/$*/bin/python -m pip install -q --retries 0 --timeout 10 --no-compile ipykernel -r $(PINNED) && touch .venv/$*/ok || echo ".venv/$*: 만들지 못해 이 환경에서 하는 시험은 건너뜁니다."

fonts/%.ttf:
	@echo "글꼴이 없습니다: $@. git checkout fonts로 되살리세요." >&2; exit 1
