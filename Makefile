# Minqing: `make help` lists what can be done here.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
SHELL := /bin/bash
JOBS ?= $(shell nproc)

# --- where things are built -------------------------------------------------------------------
# MODE: release (the default), asan (AddressSanitizer + UBSan), tsan. Each has its own tree.
MODE ?= release
BUILD ?= build
OUT := $(BUILD)/$(MODE)
GEN := $(BUILD)/gen

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wwrite-strings -Wvla -Wno-missing-field-initializers -Werror
CPPFLAGS := -I. -I$(GEN) -D_GNU_SOURCE -DMHD_NO_DEPRECATION
CFLAGS_release := -O2 -g
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -g -fsanitize=thread
CFLAGS := -std=c17 -pthread -fno-common -fstack-protector-strong $(WARN) $(CFLAGS_$(MODE)) $(EXTRA_CFLAGS)
LDFLAGS := -pthread $(filter -fsanitize%,$(CFLAGS_$(MODE))) -Wl,--as-needed

LIBS_core := -lutf8proc -lcjson -lzstd
LIBS_client := -lcurl $(LIBS_core)
LIBS_tui := -lncursesw -ltinfo -lreadline $(LIBS_client)
LIBS_platform := -lmicrohttpd -lgnutls -lsqlite3 -lsodium -llinear -lcsv -linih $(LIBS_core) -lm

# --- Debian packages (the reason of each: docs/dependencies.md) --------------------------------
PACKAGES := build-essential clang pkg-config libmicrohttpd-dev libgnutls28-dev libsqlite3-dev libsodium-dev \
            libcjson-dev libzstd-dev libcsv-dev liblinear-dev libinih-dev openssl libcurl4-openssl-dev libncurses-dev libreadline-dev libutf8proc-dev \
            unicode-data gettext libcmocka-dev libvterm-dev python3 locales bzip2 ncurses-term ncurses-base

# --- sources ----------------------------------------------------------------------------------
SRC_core := $(wildcard core/*.c)
SRC_client := $(wildcard client/*.c)
SRC_tui := $(filter-out tui/main.c,$(wildcard tui/*.c tui/views/*.c))
SRC_platform := $(filter-out platform/main.c,$(wildcard platform/*.c platform/*/*.c))
SRC_testlib := $(wildcard tests/lib/*.c)
SRC_tests := $(wildcard tests/unit/*.c tests/api/*.c tests/console/*.c tests/link/*.c tests/crash/*.c)
SRC_bench := $(wildcard tests/bench/*.c)
GEN_core := $(GEN)/pinyin_table.c $(GEN)/feed_dictionary.c
GEN_tui := $(GEN)/keymap_builtin.c
GEN_platform := $(GEN)/demo_data.c

objects = $(patsubst %.c,$(OUT)/%.o,$(1))
OBJ_core := $(call objects,$(SRC_core)) $(OUT)/gen/pinyin_table.o $(OUT)/gen/feed_dictionary.o
OBJ_tui := $(call objects,$(SRC_tui)) $(OUT)/gen/keymap_builtin.o
OBJ_platform := $(call objects,$(SRC_platform)) $(OUT)/gen/demo_data.o
LIB_core := $(OUT)/libcore.a
LIB_client := $(OUT)/libminqing.a
LIB_tui := $(OUT)/libtui.a
LIB_platform := $(OUT)/libplatform.a
LIB_test := $(OUT)/libtest.a
TESTS := $(patsubst %.c,$(OUT)/%,$(SRC_tests))
BENCHES := $(patsubst %.c,$(OUT)/%,$(SRC_bench))
PROGRAMS := $(OUT)/minqing $(OUT)/minqingd

.PHONY: all run test bench soak help clean deps format check-format tests benches syntax
all: deps ## build both programs: build/minqing and build/minqingd
	@+$(MAKE) --no-print-directory -j$(JOBS) programs

.PHONY: programs
programs: $(PROGRAMS) mo
ifeq ($(MODE),release)
programs: $(BUILD)/minqing $(BUILD)/minqingd
$(BUILD)/minqing $(BUILD)/minqingd: $(BUILD)/%: $(OUT)/%
	@ln -sf release/$* $@
endif

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-14s %s\n",$$1,$$2}' $(MAKEFILE_LIST)
	@echo "make run AS=dispatcher   the same as another person; FRESH=1 makes the city anew"

deps: ## install the Debian packages that are missing (sudo where not root)
	@tools=ok; dpkg-query -W -f='$${db:Status-Status} $${Package}\n' $(PACKAGES) 2>/dev/null | \
	  grep -c '^installed ' | { read have; [ "$$have" = $(words $(PACKAGES)) ]; } || { \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  echo "installing the Debian packages that Minqing is built with …" >&2; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $(PACKAGES); } >&2; }

run: all ## make the demonstration city, start the platform and open the console (AS=, CITY=large, FRESH=1)
	@BUILD='$(BUILD)' CITY='$(CITY)' AS='$(AS)' FRESH='$(FRESH)' tests/run-city

test: deps ## build and pass everything; ends with "N passed, N failed"
	@+tests/run-all

tests: $(TESTS)
benches: $(BENCHES)

bench: all ## measure: the figures of docs/performance.md
	@+$(MAKE) --no-print-directory -j$(JOBS) benches
	@tests/bench/run

.PHONY: dictionary
dictionary: all ## train the change feed's dictionary anew: core/feed.dict (docs/feed.md)
	@+$(MAKE) --no-print-directory $(OUT)/tests/bench/feed_dictionary
	@MINQING_BIN_DIR=$(OUT) $(OUT)/tests/bench/feed_dictionary core/feed.dict

# A round that failed tells its seed: SOAK_ROUNDS=1 SOAK_SEED=… cuts the power at the same operation.
SOAK_ROUNDS ?= 200
SOAK_SEED ?=
CRASHES := $(OUT)/tests/crash/power_test $(OUT)/tests/crash/kill_test
soak: all ## cut the power under 32 clients SOAK_ROUNDS=200 times, kill the platform under 8
	@+$(MAKE) --no-print-directory -j$(JOBS) $(CRASHES)
	@seed='$(SOAK_SEED)'; seed=$${seed:-$$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}; \
	echo "SOAK_ROUNDS=$(SOAK_ROUNDS) SOAK_SEED=$$seed"; \
	export CRASH_ROUNDS=$(SOAK_ROUNDS) CRASH_KILLS=$$(( ($(SOAK_ROUNDS) + 9) / 10 )) \
	  CRASH_SEED=$$seed MINQING_BIN_DIR='$(abspath $(OUT))'; \
	for t in $(CRASHES); do $$t || exit 1; done

format: ## clang-format all sources in place
	@clang-format -i $$(git ls-files '*.c' '*.h')

check-format: ## fail where clang-format would change something
	@clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')

clean: ## remove what was built, but not the city's state
	rm -rf $(BUILD)/release $(BUILD)/asan $(BUILD)/tsan $(BUILD)/gen $(BUILD)/locale $(BUILD)/minqing $(BUILD)/minqingd

# --- generated sources ------------------------------------------------------------------------
# The pinyin table comes from Debian's unicode-data, the built-in keymap from the file itself.
$(GEN)/pinyin_table.c: core/pinyin_table.sh $(wildcard /usr/share/unicode/Unihan_Readings.txt*)
	@mkdir -p $(@D)
	@core/pinyin_table.sh > $@

$(GEN)/keymap_builtin.c: keymaps/default.keys
	@mkdir -p $(@D)
	@{ echo '/* made from keymaps/default.keys */'; echo 'extern const char keymap_builtin[];'; \
	   echo 'const char keymap_builtin[] ='; sed -e 's/\\/\\\\/g;s/"/\\"/g;s/.*/    "&\\n"/' $<; echo ';'; } > $@

# The change feed's dictionary, in octets.
$(GEN)/feed_dictionary.c: core/feed.dict
	@mkdir -p $(@D)
	@{ echo '/* made from core/feed.dict */'; echo '#include <stddef.h>'; \
	   echo 'extern const unsigned char feed_dictionary[];'; echo 'extern const size_t feed_dictionary_size;'; \
	   echo 'const unsigned char feed_dictionary[] = {'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '};'; \
	   echo 'const size_t feed_dictionary_size = sizeof feed_dictionary;'; } > $@

# The demonstration city's tables: an array of lines each, without the header.
$(GEN_platform): $(sort $(wildcard platform/demo/data/*.csv))
	@mkdir -p $(@D)
	@{ echo '/* made from platform/demo/data/ */'; for f in $^; do n=demo_csv_$$(basename $$f .csv); \
	   echo "extern const char *const $$n[];"; echo "const char *const $$n[] = {"; \
	   sed -e '1d;s/\\/\\\\/g;s/"/\\"/g;s/.*/    "&",/' $$f; echo '    0,'; echo '};'; done; } > $@

# --- translations -----------------------------------------------------------------------------
.PHONY: mo
MO := $(patsubst po/%.po,$(BUILD)/locale/%/LC_MESSAGES/minqing.mo,$(wildcard po/*.po))
mo: $(MO)
$(BUILD)/locale/%/LC_MESSAGES/minqing.mo: po/%.po
	@mkdir -p $(@D)
	@msgfmt --check -o $@ $<

# --- rules ------------------------------------------------------------------------------------
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
$(OUT)/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

define archive
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^
endef
$(LIB_core): $(OBJ_core)
	$(archive)
$(LIB_client): $(call objects,$(SRC_client))
	$(archive)
$(LIB_tui): $(OBJ_tui)
	$(archive)
$(LIB_platform): $(OBJ_platform)
	$(archive)
$(LIB_test): $(call objects,$(SRC_testlib))
	$(archive)

$(OUT)/minqing: $(OUT)/tui/main.o $(LIB_tui) $(LIB_client) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_tui)
$(OUT)/minqingd: $(OUT)/platform/main.o $(LIB_platform) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_platform)

# A unit test links only the layer its name begins with; every other test drives the programs.
$(OUT)/tests/unit/core_%: $(OUT)/tests/unit/core_%.o $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_core)
$(OUT)/tests/unit/client_%: $(OUT)/tests/unit/client_%.o $(LIB_client) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_client)
$(OUT)/tests/unit/tui_%: $(OUT)/tests/unit/tui_%.o $(LIB_tui) $(LIB_client) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_tui)
$(OUT)/tests/unit/platform_%: $(OUT)/tests/unit/platform_%.o $(LIB_platform) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_platform)
$(OUT)/tests/bench/%: $(OUT)/tests/bench/%.o $(LIB_test) $(LIB_platform) $(LIB_client) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lvterm -lutil $(LIBS_platform) $(LIBS_client)
$(OUT)/tests/%: $(OUT)/tests/%.o $(LIB_test) $(LIB_platform) $(LIB_client) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lvterm -lutil $(LIBS_platform) $(LIBS_client)

syntax: $(GEN)/pinyin_table.c $(GEN)/keymap_builtin.c
	@printf '%s\n' $(SRC_core) $(SRC_client) $(SRC_tui) $(SRC_platform) tui/main.c platform/main.c $(SRC_testlib) $(SRC_tests) $(SRC_bench) | \
	  xargs -P$(JOBS) -n8 clang -fsyntax-only $(CPPFLAGS) -std=c17 $(WARN)

# --- fuzzing ----------------------------------------------------------------------------------
# Each target of tests/fuzz/ runs for FUZZ_SECONDS; what it has learnt stays in $(BUILD)/fuzz/corpus.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst %.c,$(OUT)/%,$(wildcard tests/fuzz/*.c))
ifeq ($(MODE),fuzz)
CFLAGS += -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=fuzzer,address,undefined
endif
.PHONY: fuzz fuzzers
fuzz: deps ## fuzz what reads foreign bytes, FUZZ_SECONDS=60 each
	@+$(MAKE) --no-print-directory deps PACKAGES=libclang-rt-14-dev
	@+$(MAKE) --no-print-directory -j$(JOBS) MODE=fuzz CC=clang fuzzers
	@for f in $(notdir $(FUZZERS)); do echo "$$f: $(FUZZ_SECONDS) s"; mkdir -p $(BUILD)/fuzz/corpus/$$f; \
	  $(BUILD)/fuzz/tests/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=2048 -len_control=10 -timeout=20 \
	    -verbosity=0 -print_funcs=0 -dict=tests/fuzz/fuzz.dict -artifact_prefix=$(BUILD)/fuzz/$$f- \
	    $(BUILD)/fuzz/corpus/$$f || exit 1; done
fuzzers: $(FUZZERS)
$(OUT)/tests/fuzz/%: $(OUT)/tests/fuzz/%.o $(LIB_platform) $(LIB_client) $(LIB_core)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_platform) $(LIBS_client)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
