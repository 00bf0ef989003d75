# Kibitz. `make` alone lists what can be done.
PYTHON ?= python3
BIN := .venv/bin
# llama.cpp without its servers, tools, image models and remote backends: quicker to build, less to attack.
LLAMA := -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_TESTS=OFF \
	-DMTMD_BUILD=OFF -DLLAVA_BUILD=OFF -DGGML_RPC=OFF
CFLAGS_HERE = $(shell requirements/llama_cflags.sh)
PIP = CFLAGS="$(CFLAGS) $(CFLAGS_HERE)" CXXFLAGS="$(CXXFLAGS) $(CFLAGS_HERE)" CMAKE_ARGS="$(LLAMA)" \
	$(BIN)/python -m pip --disable-pip-version-check

.PHONY: help try setup test test-quick fuzz editors lint vscode nvim train lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

try: setup ## Set up, then complete four real places in examples/ with the bundled model
	@$(BIN)/python -m examples.show

setup: .venv/.run ## Create .venv with the pinned dependencies (the first time builds llama.cpp: minutes)

test: .venv/.test ## Set up all that tests need, then run all of them, real editors included
	$(BIN)/python -m tests.editors.setup
	$(BIN)/python -m pytest --durations=10

test-quick: .venv/.test ## The tests that need no editor
	$(BIN)/python -m pytest -m "not editors"

fuzz: MINUTES ?= 5
fuzz: .venv/.test ## Look for what breaks, for MINUTES (5): edits, messages, sources, model files, paths, secrets
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

lint: .venv/.test ## ruff, mypy, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

vscode: setup ## Build the extension and open examples/ in a real VS Code in your browser
	vscode-client/scripts/try.sh

nvim: setup ## Open examples/ in Neovim 0.12 with Kibitz
	editors/neovim/try.sh

train: MINUTES ?= 90
train: .venv-training/.ready ## Train the bundled model for MINUTES=90 and export it (see training/README.md)
	.venv-training/bin/python -m training.corpus
	.venv-training/bin/python -m training.tokenizer
	.venv-training/bin/python -m training.train --resume --minutes $(MINUTES)
	.venv-training/bin/python -m training.export

lock: ## Pin the newest allowed dependencies again
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --python-version 3.11 -q -U -o requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml --extra test --universal --generate-hashes --no-header --no-annotate --python-version 3.11 -q -U -o requirements/test.txt

clean: ## Remove .venv, caches and build output
	rm -rf .venv .venv-training .cache build dist vscode-client/node_modules vscode-client/dist

.venv/bin/python:
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Kibitz needs Python 3.11 or newer; say make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing pinned dependencies. llama.cpp is compiled for this machine: about 5 minutes on two cores, once."
	@# pip's cache knows nothing of compiler flags: what it keeps may be a llama.cpp that ends with SIGILL here.
	$(PIP) install --quiet --progress-bar off $(if $(CFLAGS_HERE),--no-cache-dir) --require-hashes -r requirements/run.txt
	$(PIP) install --quiet --no-deps --editable .
	@touch $@

.venv/.test: requirements/test.txt .venv/.run
	$(PIP) install --quiet --progress-bar off --require-hashes -r requirements/test.txt
	@touch $@

.venv-training/.ready: training/requirements.txt requirements/run.txt
	$(PYTHON) -m venv .venv-training
	@# Samples are made by the server's own code, so training needs all that the server needs.
	$(subst $(BIN),.venv-training/bin,$(PIP)) install --quiet --progress-bar off $(if $(CFLAGS_HERE),--no-cache-dir) --require-hashes -r requirements/run.txt
	$(subst $(BIN),.venv-training/bin,$(PIP)) install --quiet -r training/requirements.txt
	@touch $@
