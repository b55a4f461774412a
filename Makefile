# The door. Everything else is Meson's. `make demo` and `make test` do all the set-up themselves.
SERVE ?= 1
SECONDS ?= 20
BUILD = build
TEST = build-test
SANITIZE = -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false

.PHONY: all setup dev demo test browser bench lint tsan clang fuzz fuzz-setup coverage soak man deb clean

# The release binary, build/zenhar.
all: setup
	@echo "build: compiling $(BUILD)/zenhar"
	@TARGETS=zenhar tools/build.sh $(BUILD)

setup:
	@tools/setup.sh

dev:
	@tools/setup.sh tools/packages.txt tools/packages-fuzz.txt tools/packages-dev.txt

# The main job on the bundled case and on 5,000 synthetic reports; then the web page (SERVE=0: not).
demo: all
	@$(BUILD)/zenhar demo --out demo $(if $(filter 0,$(SERVE)),--no-serve)

# Every test, with AddressSanitizer and UndefinedBehaviorSanitizer; warnings are errors.
test: all
	@echo "test: compiling with sanitizers"
	@tools/build.sh $(TEST) -Dwerror=true $(SANITIZE)
	@python3 tools/run_tests.py $(TEST)

# Long tests: more crashes, more random cases.
soak: all
	@tools/build.sh $(TEST) -Dwerror=true $(SANITIZE)
	@ZENHAR_SOAK=1 python3 tools/run_tests.py $(TEST)

bench: all
	@python3 tools/run_bench.py $(BUILD)

lint: all dev
	@python3 tools/run_lint.py $(BUILD)

# ThreadSanitizer where threads meet; several minutes.
tsan: all
	@echo "tsan: compiling with ThreadSanitizer"
	@tools/build.sh build-tsan -Dbuildtype=debug -Doptimization=1 -Db_sanitize=thread -Db_lundef=false
	@python3 tools/run_threads.py build-tsan

# gcc is the default compiler; this is the same with clang, warnings as errors.
clang: dev
	@CC=clang-14 tools/build.sh build-clang -Dwerror=true
	@echo "clang: no warnings"

# Each libFuzzer harness for SECONDS seconds on its seed corpus.
# Chromium through every page and flow, scripts off; axe-core on each page. SHOTS=DIR keeps pictures.
browser: all
	@tools/setup.sh tools/packages-browser.txt
	@cd tests/browser && npm ci --ignore-scripts --silent
	@node tests/browser/run.mjs $(BUILD)/zenhar $(SHOTS)

fuzz: fuzz-setup
	@echo "fuzz: compiling with clang and sanitizers"
	@TARGETS=fuzzers CC=clang-14 tools/build.sh build-fuzz -Dfuzz=true -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false
	@python3 tools/run_fuzz.py build-fuzz $(SECONDS)

fuzz-setup:
	@tools/setup.sh tools/packages.txt tools/packages-fuzz.txt

coverage: dev
	@tools/build.sh build-coverage -Dbuildtype=debug -Db_coverage=true
	@python3 tools/run_tests.py build-coverage
	@gcovr --root . --filter src/ --object-directory build-coverage --gcov-ignore-parse-errors --print-summary --txt build-coverage/coverage.txt 2>/dev/null | tail -n 3
	@echo "coverage: line by line in build-coverage/coverage.txt"

# The manual page, from the heads of src/cli/cmd_*.c; the tests say when it is old.
man:
	@python3 tools/check_man.py . --write

# Debian packages in build-deb/: the program, the library, its headers; checked by lintian, tried by a test.
deb: all
	@tools/setup.sh tools/packages-deb.txt
	@tools/make_deb.sh build-deb
	@sh tests/packaging/t_deb.sh build-deb

clean:
	rm -rf $(BUILD) $(TEST) build-clang build-fuzz build-tsan build-coverage build-deb demo
