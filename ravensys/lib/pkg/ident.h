/* SPDX-License-Identifier: ISC */
/*
 * Names: package namebase~subpackage~variant[~version], file name with ".rvn" behind it, dependency
 * triplet namebase:subpackage:variant, port key namebase:variant, ABI opsys:arch:release. Parsed
 * values are spans into the text that was given. Every parser refuses what rv_*_valid refuses, with
 * RV_INPUT naming the text.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RV_NAMEBASE_MAX_BYTES 80
#define RV_SUBPACKAGE_MAX_BYTES 32
#define RV_VARIANT_MAX_BYTES 32
/* namebase~subpackage~variant~version; with ".rvn" it is still a file name */
#define RV_IDENT_MAX_BYTES 240
#define RV_ABI_MAX_BYTES 64
#define RV_PACKAGE_SUFFIX ".rvn"

struct rv_ident {
	struct rv_span namebase, subpackage, variant;
	struct rv_span version; /* empty when the text had none */
};

/* [A-Za-z0-9][A-Za-z0-9_.+-]*; subpackage and variant without "-". */
bool rv_namebase_valid(struct rv_span text);
bool rv_subpackage_valid(struct rv_span text);
bool rv_variant_valid(struct rv_span text);

/* "a~b~c" or "a~b~c~1.2" */
int rv_ident_parse(struct rv_span text, struct rv_ident *out, struct rv_error *err) RV_MUST_CHECK;
/* "a~b~c~1.2.rvn": the version must be there. */
int rv_ident_parse_file(struct rv_span file, struct rv_ident *out, struct rv_error *err)
    RV_MUST_CHECK;
/* "a:b:c" */
int rv_ident_parse_triplet(struct rv_span text, struct rv_ident *out, struct rv_error *err)
    RV_MUST_CHECK;
/* What a user types: "a", "a~b" or "a~b~c"; missing parts are empty spans. */
int rv_ident_parse_loose(struct rv_span text, struct rv_ident *out, struct rv_error *err)
    RV_MUST_CHECK;

void rv_ident_add_name(const struct rv_ident *id, struct rv_buf *out);	  /* a~b~c */
void rv_ident_add_full(const struct rv_ident *id, struct rv_buf *out);	  /* a~b~c~1.2 */
void rv_ident_add_file(const struct rv_ident *id, struct rv_buf *out);	  /* a~b~c~1.2.rvn */
void rv_ident_add_triplet(const struct rv_ident *id, struct rv_buf *out); /* a:b:c */

/* --- ABI */
struct rv_abi {
	struct rv_span opsys, arch, release; /* linux, x86_64, host.debian.12 */
};
/*
 * opsys:arch:release; arch must be a name of the table, no alias. release may hold dots, no colon,
 * no "/".
 */
int rv_abi_parse(struct rv_span text, struct rv_abi *out, struct rv_error *err) RV_MUST_CHECK;
/* The same with hyphens, for file names: linux-x86_64-host.debian.12 (release may hold hyphens). */
int rv_abi_parse_file(struct rv_span text, struct rv_abi *out, struct rv_error *err) RV_MUST_CHECK;
void rv_abi_add(const struct rv_abi *abi, struct rv_buf *out);
void rv_abi_add_file(const struct rv_abi *abi, struct rv_buf *out);

/* The table's name of a processor for a name or alias (amd64 -> x86_64); NULL when unknown. */
const char *rv_arch_canonical(struct rv_span name);
/* ELF e_machine, class (32, 64) and data (little endian?) of an arch; false when unknown. */
bool rv_arch_elf(struct rv_span arch, unsigned *out_machine, unsigned *out_bits, bool *out_little);
/*
 * Systems: linux freebsd dragonfly netbsd openbsd midnightbsd sunos darwin. display: "FreeBSD" for
 * "freebsd", as uname says it and recipes' Makefiles compare it; a name that is none of them itself.
 */
const char *rv_opsys_display(const char *opsys);
const char *rv_opsys_of_display(const char *display); /* back; NULL when none */
