# Optlab: everything from a fresh Debian machine with a Swift toolchain.
#
#   make run                 install what is missing, verify and measure everything
#   make test                install what is missing, run the tests
#   make check K=asm-aesni   verify one implementation: the edit loop of a kernel's author

SHELL := /bin/bash
.DEFAULT_GOAL := help

# More arguments for the harness: make run ARGS=--quick
ARGS ?=

.PHONY: help
help: ## This list.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: setup
setup: ## Install nasm, binutils, libssl-dev and libsimdjson-dev where they are missing.
	@./.ci/setup nasm binutils libssl-dev libsimdjson-dev

.PHONY: profile-setup
profile-setup: ## Install perf and objdump, which 'harness profile' and 'harness annotate' use.
	@./.ci/setup linux-perf binutils

.PHONY: build
build: setup ## Build everything.
	swift build

.PHONY: run
run: setup ## Verify and measure every implementation (ARGS are passed on).
	swift run harness --impl all $(ARGS)

.PHONY: test
test: setup ## Run the tests.
	swift test

.PHONY: test-setup
test-setup: setup ## Install the programs that some tests try Optlab with: GNU parallel, pyperf, perf.
	@./.ci/setup parallel python3-venv linux-perf binutils
	@test -x .build/pyperf/bin/pyperf || { python3 -m venv .build/pyperf && \
	  .build/pyperf/bin/python3 -m pip install --quiet 'pyperf>=2.10,<3'; }

.PHONY: test-timing
test-timing: setup ## Run the tests that judge measured time, which need a quiet machine.
	OPTLAB_TIMING_TESTS=1 swift test --filter HarnessTests.TimingTests

.PHONY: test-long
test-long: test-setup ## Run the tests that take many runs of the harness, beside those of make test.
	OPTLAB_LONG_TESTS=1 swift test --filter '(FaultTests|StreamTests|LimitTests|PathTests|AssemblyTests|ProfileCommandTests)'

.PHONY: check
check: setup ## Verify one implementation: make check K=c-aesni (ARGS=--seed=N repeats it).
	@test -n "$(K)" || { echo "make check needs the implementation: make check K=c-aesni" >&2; exit 64; }
	swift run -q harness verify --impl $(K) $(ARGS)

.PHONY: contestants
contestants: setup ## Build what 'harness run --contestants' adds: Python's and other libraries.
	@$(MAKE) --no-print-directory -C Contestants setup || true
	@$(MAKE) --no-print-directory -C Contestants

.PHONY: example-report
example-report: build contestants ## Measure the committed example anew, and with it the README's tables.
	.ci/example take
	$(MAKE) readme

.PHONY: readme
readme: setup ## Make the example's page and the tables of README and Documentation anew.
	swift build --product harness
	.ci/example render
	.ci/splice README.md reports/README.md Documentation/*.md

.PHONY: constant-time
constant-time: setup ## Check that no branch and no address depends on key or text.
	@./.ci/setup valgrind binutils
	./.ci/constant-time

.PHONY: fuzz
fuzz: setup ## Fuzz AES-CTR kernels, JSON parser, writers and encoder for a minute each; then find planted bugs.
	./.ci/fuzz 60 1000000
	./.ci/fuzz-json 60 1000000

.PHONY: fuzz-results
fuzz-results: setup ## Fuzz what reads result files for a minute: 10,000 mutants through every command.
	./.ci/fuzz-results 60 10000

.PHONY: floats
floats: ## Write each of the 2^32 floats and 10 million doubles and read them back: minutes on all cores.
	swift build --product exhaustive-floats
	.build/debug/exhaustive-floats .build/floats-done

.PHONY: sanitize
sanitize: setup ## Run the tests under AddressSanitizer, then with undefined behaviour trapped.
	./.ci/sanitize

.PHONY: format
format: ## Format Swift and C sources in place.
	@./.ci/setup clang-format
	swift format --in-place --recursive --parallel Package.swift Sources Plugins Tests
	git ls-files '*.c' '*.h' '*.cpp' | xargs clang-format -i

.PHONY: lint
lint: ## Check the formatting, change nothing.
	@./.ci/setup clang-format
	swift format lint --strict --recursive --parallel Package.swift Sources Plugins Tests
	git ls-files '*.c' '*.h' '*.cpp' | xargs clang-format --dry-run -Werror

.PHONY: clean
clean: ## Delete build products.
	rm -rf .build
