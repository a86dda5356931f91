# ravensys: ports and packages. GNU make. See README.md; variables that a user sets:
#   CC, WERROR=1, SANITIZE=1, B (build folder), PREFIX, DESTDIR, QUICKSTART, RAVENSOURCE, CONSPIRACY, ORIGINAL (check-long)
ifeq ($(SANITIZE),1)
B ?= build-sanitize
else
B ?= build
endif
# one spelling: the dependency files of an earlier call name their targets by it
override B := $(patsubst $(CURDIR)/%,%,$(B))
PREFIX ?= /usr/local
DESTDIR ?=
QUICKSTART ?= quickstart
CC ?= cc
AR ?= ar
PKG_CONFIG ?= pkg-config
OS := $(shell uname -s | tr A-Z a-z)
VERSION := 0.1.0

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# --- flags -------------------------------------------------------------------------------------------
LIBRARIES := libcurl libarchive sqlite3 libzstd libcrypto libsolv lua5.4 jansson libmicrohttpd
# asked once per build folder, not at every call of make
-include $(B)/pkgconfig.mk
$(B)/pkgconfig.mk: Makefile
	@mkdir -p $(@D)
	@cflags="$$($(PKG_CONFIG) --cflags $(LIBRARIES))" && libs="$$($(PKG_CONFIG) --libs $(LIBRARIES))" && \
	  { echo "PKG_CFLAGS := $$cflags"; echo "PKG_LIBS := $$libs"; } > $@.tmp && mv $@.tmp $@

CC_IS_CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null | head -n 1))
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
  -Wcast-qual -Wwrite-strings -Wpointer-arith -Wformat=2 -Wundef -Wvla -Walloca -Wswitch-enum \
  -Wimplicit-fallthrough -Wnull-dereference -Wconversion -Wsign-conversion -Wdate-time \
  -Wframe-larger-than=16384 -Werror=implicit-function-declaration -Werror=return-type \
  -Werror=incompatible-pointer-types -Werror=int-conversion -Werror=format-security
ifeq ($(CC_IS_CLANG),)
WARN += -Wlogical-op -Wduplicated-cond
endif
ifeq ($(WERROR),1)
WARN += -Werror
endif
ifeq ($(SANITIZE),1)
HARDEN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -U_FORTIFY_SOURCE
LDHARDEN := -fsanitize=address,undefined
# its red zones count too
WARN += -Wframe-larger-than=65536
else
HARDEN := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
ifneq ($(CC_IS_CLANG),)
HARDEN := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
endif
LDHARDEN := -Wl,-z,relro,-z,now
endif
CFLAGS ?= -O2 -g
INCLUDES := -Iravensys/include -Iravensys/lib -Iravensys/builder -Iravensys -I$(B)/gen
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DRV_VERSION='"$(VERSION)"' $(INCLUDES) \
  $(patsubst -I%,-isystem %,$(PKG_CFLAGS)) $(WARN) $(HARDEN) -fvisibility=hidden -fPIE $(CFLAGS)
ALL_LIBS = $(PKG_LIBS) -lpthread

ifeq ($(FUZZ),1)
HARDEN := -fsanitize=address,undefined,fuzzer-no-link -fno-omit-frame-pointer -U_FORTIFY_SOURCE -DRV_FUZZING
LDHARDEN := -fsanitize=address,undefined,fuzzer
endif

# --- sources -----------------------------------------------------------------------------------------
# A file NAME_OS.c is compiled on that system only.
SYSTEMS := linux freebsd dragonfly netbsd openbsd
other_os := $(foreach s,$(filter-out $(OS),$(SYSTEMS)),%_$(s).c)
lib_src := $(filter-out $(other_os),$(wildcard ravensys/lib/*/*.c))
builder_src := $(filter-out $(other_os),$(wildcard ravensys/builder/*/*.c))
cli_src := $(wildcard ravensys/cli/*.c)
ravenadm_src := $(wildcard ravensys/ravenadm/*.c ravensys/ravenadm/*/*.c)
rvn_src := $(wildcard ravensys/rvn/*.c)
unit_src := $(wildcard ravensys/tests/unit/test_*.c)
tool_src := $(wildcard ravensys/tests/tools/*.c)
fuzz_src := $(wildcard ravensys/fuzz/fuzz_*.c)
bench_src := $(wildcard ravensys/bench/*.c)

obj = $(patsubst ravensys/%.c,$(B)/obj/%.o,$(1))
lib_obj := $(call obj,$(lib_src))
builder_obj := $(call obj,$(builder_src))
cli_obj := $(call obj,$(cli_src))
programs := $(if $(ravenadm_src),$(B)/bin/ravenadm) $(if $(rvn_src),$(B)/bin/rvn)
unit_bin := $(patsubst ravensys/tests/unit/%.c,$(B)/tests/unit/%,$(unit_src))
tool_bin := $(patsubst ravensys/tests/tools/%.c,$(B)/tests/tools/%,$(tool_src))
replay_bin := $(patsubst ravensys/fuzz/fuzz_%.c,$(B)/tests/replay/%,$(fuzz_src))
fuzz_bin := $(patsubst ravensys/fuzz/fuzz_%.c,$(B)/fuzz/%,$(fuzz_src))
bench_bin := $(patsubst ravensys/bench/%.c,$(B)/bench/%,$(bench_src))

all: $(programs) $(B)/libraven.a $(B)/libbuilder.a $(B)/libcli.a

include ravensys/ravensys.mk

# --- compile -----------------------------------------------------------------------------------------
$(B)/obj/%.o: ravensys/%.c | $(generated)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libraven.a: $(lib_obj) $(generated_obj)
$(B)/libbuilder.a: $(builder_obj)
$(B)/libcli.a: $(cli_obj)
$(B)/libraven.a $(B)/libbuilder.a $(B)/libcli.a:
	@rm -f $@
	$(AR) rcsD $@ $^

archives := $(B)/libcli.a $(B)/libbuilder.a $(B)/libraven.a
sanitize_obj := $(if $(filter 1,$(SANITIZE)),$(B)/obj/tests/sanitize/traced.o)
link = @mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -pie $(LDHARDEN) $(LDFLAGS) -o $@ $(1) $(ALL_LIBS)

$(B)/bin/ravenadm: $(call obj,$(ravenadm_src)) $(archives) $(sanitize_obj)
	$(call link,$^)
$(B)/bin/rvn: $(call obj,$(rvn_src)) $(B)/libcli.a $(B)/libraven.a $(sanitize_obj)
	$(call link,$^)
$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(archives) $(sanitize_obj)
	$(call link,$^)
$(B)/tests/tools/%: $(B)/obj/tests/tools/%.o $(archives) $(sanitize_obj)
	$(call link,$^)
$(B)/tests/replay/%: $(B)/obj/fuzz/fuzz_%.o $(B)/obj/fuzz/replay.o $(archives)
	$(call link,$^)
$(B)/fuzz/%: $(B)/obj/fuzz/fuzz_%.o $(B)/obj/fuzz/libfuzzer.o $(archives)
	$(call link,$^)
$(B)/bench/%: $(B)/obj/bench/%.o $(archives)
	$(call link,$^)

# --- tests -------------------------------------------------------------------------------------------
unit-build: $(unit_bin) $(tool_bin) $(replay_bin)
unit: unit-build all
	prove $(PROVE_FLAGS) $(sort $(unit_bin))

# The whole suite; long tests shorten themselves unless RV_LONG=1. The long one also compares with public trees and with
# the program that made them: make check-long RAVENSOURCE=DIR CONSPIRACY=DIR [ORIGINAL=PROGRAM]; without them it skips that.
RAVENSOURCE ?=
CONSPIRACY ?=
ORIGINAL ?=
cli_tests := $(sort $(wildcard ravensys/tests/cli/*.sh))
accept_tests := $(sort $(wildcard ravensys/tests/accept/*.sh))
long_only := $(addprefix ravensys/tests/accept/,01-fresh-machine.sh 07-foreign-tuf-client.sh 11-bench.sh 19-tree-speed.sh)
check_tests := $(sort $(unit_bin)) $(cli_tests) $(filter-out $(long_only),$(accept_tests))
export B QUICKSTART
# A make of its own behind the dependencies: on a bare machine pkg-config comes with them.
check: test-deps
	@+$(MAKE) -s run-check
check-long: long-deps
	@+$(MAKE) -s run-check-long
run-check: all unit-build
	TEST_DEADLINE_SECONDS=$(if $(filter 1,$(SANITIZE)),3600,900) B="$(abspath $(B))" \
	  prove -j2 --timer --failures --exec ravensys/tests/one.sh $(PROVE_FLAGS) $(check_tests)
run-check-long: all unit-build $(bench_bin)
	RV_LONG=1 RAVENSOURCE="$(abspath $(RAVENSOURCE))" CONSPIRACY="$(abspath $(CONSPIRACY))" \
	  ORIGINAL="$(abspath $(ORIGINAL))" TEST_DEADLINE_SECONDS=7200 B="$(abspath $(B))" prove --timer --failures --exec ravensys/tests/one.sh $(PROVE_FLAGS) $(check_tests) $(wildcard $(long_only))
# Root gets what the tests need; anybody else is told by the tests that skip.
%-deps:
	@[ "$$(id -u)" != 0 ] || bootstrap/deps.sh $*
check-mutants: all unit-build
	B="$(abspath $(B))" ravensys/tests/check-mutants.sh
bench: all $(bench_bin)
	@B="$(abspath $(B))" ravensys/bench/run.sh

# One libFuzzer program a parser, by clang; FUZZ_SECONDS each, FUZZ_JOBS at a time.
FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 2
FUZZ_CC ?= clang-14
fuzz-build:
	$(MAKE) B=build-fuzz CC=$(FUZZ_CC) FUZZ=1 fuzz-programs
fuzz-programs: $(fuzz_bin)
fuzz: fuzz-build
	ravensys/fuzz/run.sh -j$(FUZZ_JOBS) build-fuzz $(FUZZ_SECONDS)

quickstart:
	@bootstrap/deps.sh build
	@$(MAKE) -s -j2 all
	@bootstrap/quickstart.sh "$(B)" "$(QUICKSTART)"

# --- install -----------------------------------------------------------------------------------------
install: all
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/ravensys"
	install -m 755 $(B)/bin/ravenadm $(B)/bin/rvn "$(DESTDIR)$(PREFIX)/bin"
	for page in docs/*.[0-9]; do s=$${page##*.}; install -d "$(DESTDIR)$(PREFIX)/share/man/man$$s"; \
	  install -m 644 "$$page" "$(DESTDIR)$(PREFIX)/share/man/man$$s"; done
	cp -R buckets mk "$(DESTDIR)$(PREFIX)/share/ravensys"
	install -d "$(DESTDIR)$(PREFIX)/share/bash-completion/completions"
	for p in ravenadm rvn; do $(B)/bin/$$p completion bash \
	  >"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$p"; done

# --- lint --------------------------------------------------------------------------------------------
LINTS := layers headers sizes banned format scripts manuals
lint: $(addprefix lint-,$(LINTS))
lint-manuals: all
lint-%:
	@echo "lint $*"; B=$(B) CC="$(CC)" ravensys/lint/$*.sh

clean:
	rm -rf $(B) build-clang build-sanitize build-fuzz

.PHONY: all unit unit-build check check-long run-check run-check-long check-mutants bench fuzz fuzz-build fuzz-programs quickstart install lint clean
.SECONDARY:

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
