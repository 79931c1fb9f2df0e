# Two commands do everything on a fresh Linux machine with Python 3.11+: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= demo

.PHONY: demo docs peers test test-fast lint install clean

install: $(VENV)/.installed

# torch first and by its version: where an index or folder offers a CPU build of it, that is taken.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable '.[local,dev]'
	touch $@

demo: install
	$(BIN)/clioscope models pull sharegpt
	$(BIN)/clioscope models pull qwen2.5-coder-1.5b
	$(BIN)/clioscope models pull all-MiniLM-L6-v2
	$(BIN)/clioscope build "$$($(BIN)/clioscope models path sharegpt)" --settings demo.toml --out $(DEMO)
	$(BIN)/clioscope show $(DEMO)
	$(BIN)/clioscope export $(DEMO) --html $(DEMO).html
	@echo
	@echo "The atlas lies in $(DEMO)/. Explore it: $(BIN)/clioscope explore $(DEMO)"
	@echo "or open $(DEMO).html in a browser. How far to trust it: $(BIN)/clioscope measure $(DEMO)"

# Two processes side by side, each with one thread for its linear algebra: with more, threads that wait for a core that
# the other process has spin, and a small build takes twice the time.
SIDE_BY_SIDE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

# The language model takes all cores, so what drives it comes alone, afterwards.
test: install
	$(SIDE_BY_SIDE) -m "not engine"
	$(BIN)/python -m pytest -m engine

# For daily work: all that needs no language model, no torch, no compiler of UMAP, and no process of its own.
test-fast: install
	$(SIDE_BY_SIDE) -m "not engine and not slow"

# The parts of docs/ that follow from the code: settings.md, and the table of stages in method.md.
docs: install
	$(BIN)/python -m clioscope.pipeline.documentation docs

# Other programs on the same vectors (benchmarks/peers.py), in an environment of its own: they pin what we do not.
.peers/.installed: pyproject.toml benchmarks/peers.txt
	$(PYTHON) -m venv .peers
	.peers/bin/python -m pip install --quiet torch==2.13.0
	.peers/bin/python -m pip install --quiet --requirement benchmarks/peers.txt --editable '.[local]'
	touch $@

peers: .peers/.installed
	.peers/bin/python benchmarks/peers.py

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) $(DEMO) $(DEMO).building $(DEMO).html
