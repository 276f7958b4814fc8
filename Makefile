# make demo   set everything up, release, self-check, grade a class of each homework, build the report
# make test   set everything up, run every test and every proof
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
JOBS ?= 2
TESTERS ?= $(shell expr $(JOBS) + 1)# a quarter of their time tests wait for something
OUT ?= out
CLASSES := $(OUT)/classes
FUZZ_SECONDS ?= 60
ASSIGNMENTS := hw1 hw2 hw3 hw4 hw5

# The demo grades the whole class of hw1, and of the others these; `make test` grades them all.
DEMO_hw2 := 한글_주석_서연 bug_no_edges partial_corpus_only uses_gensim untouched_template
DEMO_hw3 := 한글_주석_윤서연 bug_batchify_by_rows partial_counting_only syntax_error untouched_template
DEMO_hw4 := 한글_주석_윤하늘 bug_ties partial_reading_and_estimation uses_hmmlearn untouched_template
DEMO_hw5 := 한글_주석_정하늘 bug_no_root_of_d attention_and_seq2seq_only untouched_template
grade = $(BIN)/grader grade $(1) $(CLASSES)/$(1) -o $(OUT) -j $(JOBS) \
  $(addprefix --only ,$(DEMO_$(1)))

.PHONY: compiled demo test lint format bench fuzz clean

# The stamp is newer than what it was made from, or the environment is made again.
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

# Each process that student code is forked from starts anew, and writes no bytecode.
compiled: $(VENV)/.ready
	$(BIN)/python -m compileall -q grader

demo: compiled
	$(BIN)/grader doctor
	@for hw in $(ASSIGNMENTS); do $(BIN)/grader release $$hw || exit; done
	rm -rf $(OUT)
	@for hw in $(ASSIGNMENTS); do $(BIN)/python -m demo.build $$hw $(CLASSES)/$$hw || exit; done
	@echo "--- a student's self-check: something is wrong, something is not written yet"
	$(BIN)/grader check hw1 $(CLASSES)/hw1/bug_tags_deleted -k cleaning || true
	$(BIN)/grader --lang ko check hw1 $(CLASSES)/hw1/partial_text_only -k edit_distance -k vocabulary || true
	$(BIN)/grader check hw2 $(CLASSES)/hw2/bug_no_edges -k windows || true
	$(BIN)/grader check hw3 $(CLASSES)/hw3/bug_batchify_by_rows -k data || true
	$(BIN)/grader check hw4 $(CLASSES)/hw4/bug_ties -k viterbi || true
	$(BIN)/grader --lang ko check hw5 $(CLASSES)/hw5/bug_no_root_of_d -k scaled_attention || true
	@$(foreach hw,$(ASSIGNMENTS),echo "--- a class of $(hw)" && $(call grade,$(hw)) &&) true
	$(BIN)/grader report $(OUT)
	@echo
	@for hw in $(ASSIGNMENTS); do echo "Open $(OUT)/report/$$hw/index.html in a browser."; done

test: compiled
	$(BIN)/python -m pytest --numprocesses $(TESTERS) --dist loadfile --no-loadscope-reorder
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
bench: compiled
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	$(BIN)/python -m bench
	$(BIN)/python -m bench.scale
	$(BIN)/python -m bench.word2vec $(TEXT) $(if $(SIMILARITY),--similarity $(SIMILARITY))
	$(BIN)/python -m bench.viterbi
	$(BIN)/python -m bench.lstm
	$(BIN)/python -m bench.transformer
	$(BIN)/python -m bench.translate

# Broken frames by the million, steered by coverage; what was found stays in .fuzz/.
fuzz: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz.coverage_guided -max_total_time=$(FUZZ_SECONDS) -verbosity=0

clean:
	rm -rf $(VENV) $(OUT) dist .fuzz
