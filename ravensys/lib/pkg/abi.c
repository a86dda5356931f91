/* SPDX-License-Identifier: ISC */
/* ABI strings, and the one table of processors: a new one is a new row. */
#include "pkg/ident.h"

#define ALIASES_MAX 4

static const struct arch {
	const char *name;
	const char *aliases[ALIASES_MAX];
	unsigned machine, bits; /* ELF e_machine and class */
	bool little;
} arches[] = {
    {"x86_64", {"amd64", "x64", "x86-64"}, 62, 64, true},
    {"aarch64", {"arm64", "armv8"}, 183, 64, true},
    {"i386", {"x86", "i486", "i586", "i686"}, 3, 32, true},
    {"powerpc64le", {"ppc64le", "ppc64el"}, 21, 64, true},
    {"powerpc64", {"ppc64"}, 21, 64, false},
    {"riscv64", {"riscv64gc", "rv64"}, 243, 64, true},
    {"s390x", {0}, 22, 64, false},
    {"armv7", {"armhf", "armv7l", "arm"}, 40, 32, true},
    {"loongarch64", {"loong64"}, 258, 64, true},
    {"mips64el", {"mips64le"}, 8, 64, true},
    {"sparc64", {"sparcv9"}, 43, 64, false},
};

static const struct {
	const char *name;
	const char *display; /* as the system says it of itself */
} systems[] = {
    {"linux", "Linux"},
    {"freebsd", "FreeBSD"},
    {"dragonfly", "DragonFly"},
    {"netbsd", "NetBSD"},
    {"openbsd", "OpenBSD"},
    {"midnightbsd", "MidnightBSD"},
    {"sunos", "SunOS"},
    {"darwin", "Darwin"},
};

static const struct arch *find(struct rv_span name)
{
	for (size_t i = 0; i < RV_COUNT(arches); i++)
		if (rv_span_is(name, arches[i].name))
			return &arches[i];
	return NULL;
}

const char *rv_arch_canonical(struct rv_span name)
{
	const struct arch *a = find(name);

	for (size_t i = 0; !a && i < RV_COUNT(arches); i++)
		for (size_t k = 0; k < ALIASES_MAX && arches[i].aliases[k]; k++)
			if (rv_span_is(name, arches[i].aliases[k]))
				a = &arches[i];
	return a ? a->name : NULL;
}

bool rv_arch_elf(struct rv_span arch, unsigned *out_machine, unsigned *out_bits, bool *out_little)
{
	const struct arch *a = find(arch);

	if (!a)
		return false;
	*out_machine = a->machine;
	*out_bits = a->bits;
	*out_little = a->little;
	return true;
}

const char *rv_opsys_display(const char *opsys)
{
	for (size_t i = 0; i < RV_COUNT(systems); i++)
		if (strcmp(opsys, systems[i].name) == 0)
			return systems[i].display;
	return opsys;
}

const char *rv_opsys_of_display(const char *display)
{
	for (size_t i = 0; i < RV_COUNT(systems); i++)
		if (strcmp(display, systems[i].display) == 0)
			return systems[i].name;
	return NULL;
}

static bool opsys_known(struct rv_span opsys)
{
	for (size_t i = 0; i < RV_COUNT(systems); i++)
		if (rv_span_is(opsys, systems[i].name))
			return true;
	return false;
}

static bool release_valid(struct rv_span text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool alnum =
		    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!alnum && (i == 0 || c == '\0' || !strchr("._+-", c)))
			return false;
	}
	return text.n > 0;
}

static int parse(struct rv_span text, char sep, struct rv_abi *out, struct rv_error *err)
{
	struct rv_span rest = text;

	*out = (struct rv_abi){0};
	if (text.n <= RV_ABI_MAX_BYTES && rv_span_next(&rest, sep, &out->opsys) &&
	    rv_span_next(&rest, sep, &out->arch)) {
		out->release = rest;
		if (opsys_known(out->opsys) && find(out->arch) && release_valid(out->release))
			return 0;
	}
	return rv_fail(err, RV_INPUT,
	    "'%.*s' is no ABI (opsys%carch%crelease, as linux%cx86_64%c6.1)",
	    (int)(text.n < 300 ? text.n : 300), text.n ? text.p : "", sep, sep, sep, sep);
}

int rv_abi_parse(struct rv_span text, struct rv_abi *out, struct rv_error *err)
{
	return parse(text, ':', out, err);
}

int rv_abi_parse_file(struct rv_span text, struct rv_abi *out, struct rv_error *err)
{
	return parse(text, '-', out, err);
}

static void add(const struct rv_abi *abi, char sep, struct rv_buf *out)
{
	rv_buf_add_span(out, abi->opsys);
	rv_buf_add_char(out, sep);
	rv_buf_add_span(out, abi->arch);
	rv_buf_add_char(out, sep);
	rv_buf_add_span(out, abi->release);
}

void rv_abi_add(const struct rv_abi *abi, struct rv_buf *out)
{
	add(abi, ':', out);
}

void rv_abi_add_file(const struct rv_abi *abi, struct rv_buf *out)
{
	add(abi, '-', out);
}
