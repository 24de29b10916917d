# Two commands do all the set-up: `make run` and `make test`. Everything lives in .venv.
PYTHON ?= $(shell for v in 3.11 3.12 3.13; do command -v python$$v && break; done || command -v python3)
BIN := .venv/bin
TESTS ?= tests

.PHONY: install run test check bench soak test-trainers lock clean

install: .venv/.installed  ## the project and what it needs
run: install  ## start Dartboard with its demo data set and print the address
	$(BIN)/dartboard serve --demo $(ARGS)

test: .venv/.installed-dev check  ## everything that must hold
	$(BIN)/python tests/browser.py
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(TESTS)

check: .venv/.installed-dev  ## style, types, rooms, dependencies, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/djlint templates --lint --quiet

bench: .venv/.installed-dev  ## measure; prints ratios against named peers
	$(BIN)/python -m tests.benchmarks $(ARGS)

soak: .venv/.installed-dev  ## the long proofs: many kills, many rows
	DARTBOARD_KILLS=200 $(BIN)/python -m pytest tests/worker/test_kills.py $(ARGS)
	DARTBOARD_EXAMPLES=100 $(BIN)/python -m pytest tests/security/test_contract.py $(ARGS)

test-trainers: .venv/.installed-dev .trainers/.installed  ## what we write, read by the trainers' own code
	DISABLE_VERSION_CHECK=1 HF_HUB_OFFLINE=1 .trainers/bin/python -m pytest --noconftest $(ARGS) tests/formats/test_real_trainers.py
	HF_HUB_OFFLINE=1 UNSLOTH_DISABLE_STATISTICS=1 .trainers/bin/python -m pytest --noconftest -W default $(ARGS) tests/formats/test_real_unsloth.py

.trainers/.installed: tests/formats/trainers.txt
	test -x .trainers/bin/python || $(BIN)/python -m venv .trainers
	$(BIN)/python -c "import site; print(site.getsitepackages()[0])" > "$$(.trainers/bin/python -c 'import site; print(site.getsitepackages()[0])')/ours.pth"
	.trainers/bin/python -m pip install --quiet --no-deps --requirement tests/formats/trainers.txt
	touch $@

lock: .venv/.installed-dev  ## write down what pyproject.toml brings, with the hash of each file
	$(BIN)/python -m pip install --quiet uv==0.13.9
	$(call locked,requirements.lock,)
	$(call locked,requirements-dev.lock,--extra dev --constraint requirements.lock)

# Without torch: which build fits, and what it brings, differs by machine.
define locked
$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header $(2) pyproject.toml -o $(1)
awk '/^[a-z]/ {kept = !/^(torch|triton|cuda-|nvidia-)/} kept' $(1) > $(1).new && mv $(1).new $(1)
endef

LOCKED := $(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement

.venv/.installed: pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(LOCKED) requirements.lock
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(LOCKED) requirements-dev.lock
	touch $@

clean:  ## forget the environments (not your data)
	rm -rf .venv .trainers
