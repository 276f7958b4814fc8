# make demo   set everything up, release, self-check, grade a class of each homework, build the report
# make test   set everything up, run every test and every proof
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
JOBS ?= 2
OUT ?= out
FUZZ_SECONDS ?= 60
ASSIGNMENTS := hw1 hw2 hw3 hw4 hw5

.PHONY: demo test lint format bench fuzz clean

# The stamp is newer than what it was made from, or the environment is made again.
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/.ready
	$(BIN)/grader doctor
	@for hw in $(ASSIGNMENTS); do $(BIN)/grader release $$hw || exit; done
	@echo "--- a student's self-check: something is wrong, something is not written yet"
	$(BIN)/grader check hw1 examples/submissions/hw1/bug_tags_deleted -k cleaning || true
	$(BIN)/grader --lang ko check hw1 examples/submissions/hw1/partial_text_only -k edit_distance -k vocabulary || true
	rm -rf $(OUT)
	@for hw in $(ASSIGNMENTS); do \
	  echo "--- a class of $$hw"; \
	  $(BIN)/grader grade $$hw examples/submissions/$$hw -o $(OUT) -j $(JOBS) || exit; \
	done
	$(BIN)/grader report $(OUT)
	@echo
	@for hw in $(ASSIGNMENTS); do echo "Open $(OUT)/report/$$hw/index.html in a browser."; done

test: $(VENV)/.ready
	$(BIN)/python -m pytest
	@for hw in $(ASSIGNMENTS); do $(BIN)/grader release $$hw --check || exit; done
	@for hw in $(ASSIGNMENTS); do $(BIN)/grader verify $$hw -j $(JOBS) || exit; done

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Ratios against peers. TEXT: a plain text for word2vec, drawn words without one; SIMILARITY: a file
# of WordSim-353's form, to compare the quality too.
bench: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	$(BIN)/python -m bench.guest
	$(BIN)/python -m bench.grading
	$(BIN)/python -m bench.word2vec $(TEXT) $(if $(SIMILARITY),--similarity $(SIMILARITY))
	$(BIN)/python -m bench.viterbi
	$(BIN)/python -m bench.lstm
	$(BIN)/python -m bench.transformer

# Broken frames by the million, steered by coverage; what was found stays in .fuzz/.
fuzz: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz.coverage_guided -max_total_time=$(FUZZ_SECONDS) -verbosity=0

clean:
	rm -rf $(VENV) $(OUT) dist .fuzz
