# make demo   set everything up, release hw1, self-check it, grade a class, build the report
# make test   set everything up and run every test
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
JOBS ?= 2
OUT ?= out
FUZZ_SECONDS ?= 60

.PHONY: demo test lint format bench fuzz clean

# The stamp is newer than what it was made from, or the environment is made again.
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/.ready
	$(BIN)/grader doctor
	$(BIN)/grader release hw1
	@echo "--- a student's self-check: something is wrong, something is not written yet"
	$(BIN)/grader check hw1 examples/submissions/hw1/bug_tags_deleted -k cleaning || true
	$(BIN)/grader --lang ko check hw1 examples/submissions/hw1/partial_text_only -k edit_distance -k vocabulary || true
	@echo "--- a class"
	rm -rf $(OUT)
	$(BIN)/grader grade hw1 examples/submissions/hw1 -o $(OUT) -j $(JOBS)
	$(BIN)/grader report $(OUT)
	@echo
	@echo "Open $(OUT)/report/hw1/index.html in a browser."

test: $(VENV)/.ready
	$(BIN)/python -m pytest
	$(BIN)/grader release hw1 --check
	$(BIN)/grader verify hw1 -j $(JOBS)

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready
	$(BIN)/python -m bench.grading
	$(BIN)/python -m bench.guest

# Broken frames by the million, steered by coverage; what was found stays in .fuzz/.
fuzz: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz.coverage_guided -max_total_time=$(FUZZ_SECONDS) -verbosity=0

clean:
	rm -rf $(VENV) $(OUT) dist .fuzz
