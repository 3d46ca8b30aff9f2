# Everything a newcomer needs: `make demo`, `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: help demo test test-slow lint format surrogates clean

help:
	@echo "make demo       set up, repair the default scene, write demo/ and its report"
	@echo "make test       set up, run the quick tests"
	@echo "make test-slow  set up, run the slow tests"
	@echo "make lint       set up, run ruff, mypy and import-linter"
	@echo "make surrogates set up, make the networks that stand in for PROSAIL again"

# The stamp is newer than the files that decide what is installed, or the set-up runs again.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "anyband needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[zoo,emulator,dev]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/anyband-zoo demo --output demo
	@echo "Open demo/report.html in a browser."

# A process a core, each with one thread; a module's tests stay together, and so do their fixtures.
test: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadscope

test-slow: $(VENV)/.installed
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy examples/physops-plugin
	$(BIN)/lint-imports

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

surrogates: $(VENV)/.installed
	$(BIN)/emulator-train simulate -o surrogates/simulation
	$(BIN)/emulator-train fit surrogates/simulation -o surrogates/weights
	$(BIN)/emulator-train validate surrogates/weights -o surrogates/report
	$(BIN)/emulator-train publish surrogates/weights --report surrogates/report

clean:
	rm -rf $(VENV) demo surrogates
