# Needs make and Python 3.11 or newer with pip. Everything else goes into .venv.

PY := .venv/bin/python

# Names another environment would whisper into ours. (PIP_USER fails inside a venv.)
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The stamp holds the folder it was made in. A moved folder or a vanished Python: set up anew.
$(shell { $(PY) -c "" && [ "$$(cat .venv/.ready)" = "$$(pwd)" ]; } 2>/dev/null || rm -f .venv/.ready)

.DEFAULT_GOAL := help
.PHONY: help setup spark app lab test check notebooks pictures bench wheel lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: .venv/.ready ## make .venv with everything for use and tests (pinned versions)

# `--without-pip`: Debian's bare Python has no ensurepip; its pip then installs from outside.
# The stamp goes first and comes back last, so an interrupted setup starts afresh.
.venv/.ready: requirements.lock pyproject.toml
	@set -eu; \
	set -- python3 python3.13 python3.12 python3.11 python; \
	if [ -n "$${PYTHON:-}" ]; then set -- "$$PYTHON"; fi; \
	base=; \
	for name in "$$@"; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    base=$$("$$name" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'); \
	    if [ -n "$${PYTHON:-}" ]; then base=$$PYTHON; fi; \
	    break; \
	  fi; \
	done; \
	if [ -z "$$base" ]; then \
	  echo "playbook needs Python 3.11 or newer; none found (looked for: $$*)." >&2; \
	  echo "Install one, or name it: make setup PYTHON=/path/to/python3.12" >&2; \
	  exit 1; \
	fi; \
	if [ -e .venv/.ready ]; then rm .venv/.ready; else \
	  echo "Making .venv with $$base ..."; \
	  "$$base" -m venv --clear .venv >/dev/null 2>&1 || \
	    "$$base" -m venv --clear --without-pip .venv; \
	fi; \
	if $(PY) -m pip --version >/dev/null 2>&1; then set -- $(PY) -m pip; \
	elif "$$base" -m pip --version >/dev/null 2>&1; then set -- "$$base" -m pip --python $(PY); \
	else echo "$$base has no pip. Install pip (Debian: python3-pip) and try again." >&2; exit 1; fi; \
	echo "Installing (a minute or two the first time) ..."; \
	"$$@" install --quiet --require-hashes -r requirements.lock; \
	"$$@" install --quiet --no-index --no-deps --no-build-isolation -e .; \
	pwd > .venv/.ready; \
	echo "Ready."

spark: setup ## add Spark to .venv (needs Java 17; for groups that outgrow one machine)
	@if ! $(PY) -c "import pyspark" 2>/dev/null; then \
	  echo "Installing Spark (half a gigabyte) ..."; \
	  if $(PY) -m pip --version >/dev/null 2>&1; then set -- $(PY) -m pip; \
	  else set -- python3 -m pip --python $(PY); fi; \
	  "$$@" install --quiet "pyspark>=4,<4.1"; \
	fi

app: setup ## open the kit as a web app without code
	@$(PY) -m playbook app

lab: setup ## open the course in JupyterLab
	@$(PY) -m playbook lab

test: setup ## check style and types, run all tests, re-check every notebook
	@$(PY) tests/tools/check.py

check: test ## the same as test

notebooks: setup ## make the notebooks from course/*.md, run them, keep their outputs
	@$(PY) course/build.py
	@$(PY) tests/tools/run_notebooks.py

pictures: setup ## make the pictures of the README anew (needs Chromium)
	@$(PY) tests/tools/pictures.py

bench: setup ## measure beside well-known libraries; writes benchmarks/RESULTS.md (half an hour)
	@if ! .venv-bench/bin/python -c "import polars" 2>/dev/null; then \
	  echo "Installing what is compared into .venv-bench ..."; \
	  $(PY) -m venv .venv-bench && .venv-bench/bin/python -m pip install --quiet -r benchmarks/peers.txt; \
	fi
	@$(PY) benchmarks/run.py

wheel: setup ## build the source archive and the wheel into dist/
	@$(PY) -m hatchling build

lock: setup ## choose newer versions within the bounds of pyproject.toml
	@$(PY) -m uv --version >/dev/null 2>&1 || $(PY) -m pip install --quiet uv
	@$(PY) tests/tools/lock.py

clean: ## remove .venv and everything else that make made
	@rm -rf .venv .venv-bench dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find . -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +
