# The door. Everything else is Meson's. `make demo` and `make test` do all the set-up themselves.
SERVE ?= 1
BUILD  = build
TEST   = build-test
QUIET  = >$(BUILD)/build.log 2>&1 || { tail -n 30 $(BUILD)/build.log; echo "The build failed; the log is $(BUILD)/build.log." >&2; exit 3; }
SANITIZE = -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false

.PHONY: all demo test bench lint fuzz coverage soak clang setup clean po

all: $(BUILD)/zenhar

setup:
	@tools/setup.sh

# The release binary.
$(BUILD)/zenhar: setup
	@test -f $(BUILD)/build.ninja || { echo "build: setting up"; meson setup $(BUILD) $(QUIET); }
	@echo "build: compiling $(BUILD)/zenhar"
	@ninja -C $(BUILD) $(QUIET)

# The main job on the bundled case and on 5,000 synthetic reports.
demo: $(BUILD)/zenhar
	@SERVE=$(SERVE) tools/demo.sh

# Every test, with AddressSanitizer and UndefinedBehaviorSanitizer; warnings are errors.
test: $(BUILD)/zenhar
	@test -f $(TEST)/build.ninja || { echo "test: setting up"; meson setup $(TEST) -Dwerror=true $(SANITIZE) $(QUIET); }
	@echo "test: compiling with sanitizers"
	@ninja -C $(TEST) $(QUIET)
	@python3 tools/run_tests.py $(TEST)

bench: $(BUILD)/zenhar
	@python3 tools/run_bench.py $(BUILD)

lint: $(BUILD)/zenhar
	@tools/setup.sh tools/packages.txt tools/packages-dev.txt
	@python3 tools/run_lint.py $(BUILD)

# gcc is the default compiler; this is the same with clang, warnings as errors.
clang: setup
	@tools/setup.sh tools/packages.txt tools/packages-dev.txt
	@test -f build-clang/build.ninja || CC=clang-14 meson setup build-clang -Dwerror=true $(QUIET)
	@echo "clang: compiling"
	@ninja -C build-clang $(QUIET)
	@echo "clang: no warnings"

# Each libFuzzer harness for SECONDS seconds on its seed corpus.
SECONDS ?= 20
fuzz: setup
	@tools/setup.sh tools/packages.txt tools/packages-dev.txt
	@test -f build-fuzz/build.ninja || CC=clang-14 meson setup build-fuzz -Dfuzz=true -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false $(QUIET)
	@ninja -C build-fuzz $(QUIET)
	@python3 tools/run_fuzz.py build-fuzz $(SECONDS)

coverage: setup
	@tools/setup.sh tools/packages.txt tools/packages-dev.txt
	@test -f build-coverage/build.ninja || meson setup build-coverage -Dbuildtype=debug -Db_coverage=true $(QUIET)
	@ninja -C build-coverage $(QUIET)
	@python3 tools/run_tests.py build-coverage
	@gcovr --root . --filter src/ --object-directory build-coverage --gcov-ignore-parse-errors --print-summary --txt build-coverage/coverage.txt 2>/dev/null | tail -n 3
	@echo "coverage: line by line in build-coverage/coverage.txt"

soak: test
	@ZENHAR_SOAK=1 python3 tools/run_tests.py $(TEST)

clean:
	rm -rf $(BUILD) $(TEST) build-clang build-fuzz build-coverage demo
