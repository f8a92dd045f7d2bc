# make run    serve the app on 127.0.0.1 (PORT=8501); the first time it installs everything and builds the demo company
# make setup  only install: .venv, the pinned packages, the typeface
# make test   run every test (ARGS="tests/score -k tenure" for some); installs what they need, Chromium included
# make bench  ratios of speed, each in one run (not part of the tests)
# make fuzz   a million damaged records in 2,000 files: accepted + refused = read, and no value changed
# make mutants small changes to the rules, one at a time: the share that the tests beside them catch (ARGS="--all", "--only health/access.py")
# make soak   the inbox killed 50 times at random moments, eight people writing at once: nothing is lost, nothing twice; long tests at full length
# make worlds evidence on invented companies over many seeds: useful where it should be, chance where there is nothing to find; plays too
# make lifetimes  predicted lifetimes on six invented companies, compared with the months that followed
# make crosscheck compare our survival analysis with another library, in its own environment
# make lint   style and types
# make docs   regenerate what is generated from the declarations: the tables of the README and data/templates
# make font   fetch the typeface again, where that failed
# make clean  remove everything made by the above except the warehouse

PORT ?= 8501
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

HEALTH_WAREHOUSE ?= data/warehouse.duckdb

.PHONY: run setup font test bench fuzz mutants soak worlds lifetimes crosscheck lint docs clean
.DELETE_ON_ERROR:

run: setup
	@test -e "$(HEALTH_WAREHOUSE)" || $(BIN)/python -m health demo || { rm -f "$(HEALTH_WAREHOUSE)" "$(HEALTH_WAREHOUSE).wal"; exit 1; }
	@echo "Customer health: http://127.0.0.1:$(PORT) (stop with Ctrl-C)"
	@exec $(BIN)/python -m streamlit run app.py --server.port $(PORT)

setup: .venv/installed .venv/typeface

test: .venv/installed-tests
	@$(BIN)/python -m tests.browser.chromium || $(call debian,chromium)
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

bench: .venv/installed-tests
	@$(BIN)/python -m tests.bench.rerun 2>/dev/null
	@$(BIN)/python -m tests.bench.load
	@$(BIN)/python -m tests.bench.lab 2>/dev/null
	@$(BIN)/python -m tests.bench.value

fuzz: .venv/installed-tests
	@$(BIN)/python -m tests.fuzz --files 2000 --rows 1000000

mutants: .venv/installed-tests
	@$(BIN)/python -m tests.mutants $(ARGS)

soak: .venv/installed-tests
	@$(BIN)/python -m tests.faults.inbox_killed --times 50
	@$(BIN)/python -m tests.faults.desk_writers
	@HEALTH_LONG=1 $(BIN)/python -m pytest --numprocesses auto --dist worksteal tests/intake/test_undo_machine.py tests/intake/test_effect.py \
		tests/score/test_facts.py tests/score/test_bridge.py tests/foresight/test_lookahead.py tests/browser/test_frame.py \
		tests/insight/test_lineage.py tests/insight/test_lifecycle.py tests/insight/test_against_rows.py tests/faults/test_inbox_killed.py \
		tests/warehouse/test_as_of_views.py tests/warehouse/test_migrate.py tests/intake/test_zoo.py tests/intake/test_reading.py \
		tests/score/test_worked_examples.py tests/score/test_replay.py tests/test_pages.py \
		tests/intake/test_accounting.py tests/intake/test_conversions.py tests/intake/test_propose.py tests/score/test_bridge_arithmetic.py

worlds: .venv/installed-tests
	@$(BIN)/python -m tests.worlds
	@$(BIN)/python -m tests.plays_simulated

lifetimes: .venv/installed-tests
	@$(BIN)/python -m tests.lifetimes

crosscheck: .venv/installed-tests
	@$(BIN)/python -m tests.crosscheck

lint: .venv/installed-tests
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

docs: .venv/installed-tests
	@$(BIN)/python -m tests.test_docs

clean:
	rm -rf .venv static/fonts .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$(command -v python3.11 || command -v python3) && "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed and was not found. On Debian 12: apt-get install python3 python3-venv" >&2; exit 1; }; \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null || $(call debian,python3-venv); \
	echo "Making .venv with $$python ..."; rm -rf .venv; "$$python" -m venv .venv || { rm -rf .venv; exit 1; }

.venv/installed: requirements.txt | $(BIN)/python
	@echo "Installing the pinned packages (a minute or two) ..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-tests: tests/requirements.txt .venv/installed .venv/typeface
	@$(PIP) -r requirements.txt -r tests/requirements.txt
	@touch $@

.venv/typeface: .venv/installed
	@$(MAKE) --no-print-directory font
	@touch $@

# Somebody else's file, so it is fetched, not kept here. Without it the screens use Streamlit's own: no reason to stop.
font: | .venv/installed
	@mkdir -p static/fonts
	@if $(PIP) --no-deps --upgrade --target .venv/font fontpkg-hanken-grotesk==3.13 2>/dev/null; then \
		cp '.venv/font/fontpkg_hanken_grotesk/files/HankenGrotesk[wght].ttf' static/fonts/hanken-grotesk.ttf; \
		cp .venv/font/fontpkg_hanken_grotesk/LICENSE static/fonts/OFL.txt; rm -rf .venv/font; \
	else echo "The typeface could not be fetched; the screens use Streamlit's own. To try again: make font" >&2; fi
	@if $(PIP) --no-deps --upgrade --target .venv/font manimgx-fonts==2026.9.26.post1 noto-cjk-sans-jp-regular==0.0.1 2>/dev/null; then \
		mkdir -p static/fonts/noto; cp .venv/font/manimgx_fonts/Noto*.ttf .venv/font/noto_cjk_sans_jp_regular/*.otf static/fonts/noto/; \
		cp .venv/font/manimgx_fonts-*.dist-info/licenses/LICENSE static/fonts/noto/OFL.txt; rm -rf .venv/font; \
	else echo "The typefaces for print could not be fetched; printed pages may show boxes for some scripts. To try again: make font" >&2; fi

# $(call debian,PACKAGE): installs one of Debian's packages, or says how to.
define debian
{ missing() { echo "$(1) is missing. Install it with: sudo apt-get install $(1)" >&2; exit 1; }; \
command -v apt-get >/dev/null || missing; \
if [ "$$(id -u)" = 0 ]; then as=; elif sudo -n true 2>/dev/null; then as="sudo -n"; else missing; fi; \
echo "Installing $(1) from Debian's packages ..."; export DEBIAN_FRONTEND=noninteractive; \
$$as apt-get install -y -q --no-install-recommends $(1) >/dev/null 2>&1 \
|| { $$as apt-get update -q >/dev/null && $$as apt-get install -y -q --no-install-recommends $(1) >/dev/null; } || missing; }
endef
