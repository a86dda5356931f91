/* SPDX-License-Identifier: ISC */
/*
 * What a package needs to know of an ELF file, of any class and byte order, read with bounds:
 * machine, kind, interpreter, needed and own soname, runtime paths. Found through the program
 * headers, as the loader does; section headers are not looked at. Strings live in the struct's
 * arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

#define RV_ELF_PHDRS_MAX 4096
#define RV_ELF_DYNAMIC_MAX_BYTES ((uint64_t)1024 * 1024)
#define RV_ELF_STRING_MAX_BYTES 4096
#define RV_ELF_NEEDED_MAX 4096

enum rv_elf_kind {
	RV_ELF_OTHER,
	RV_ELF_RELOCATABLE,
	RV_ELF_EXECUTABLE,
	RV_ELF_SHARED,
	RV_ELF_CORE
};

struct rv_elf {
	struct rv_arena arena;
	/* EXECUTABLE: has an interpreter, is ET_EXEC, or is marked as PIE; SHARED: other ET_DYN */
	enum rv_elf_kind kind;
	unsigned machine; /* e_machine */
	unsigned bits;	  /* 32, 64 */
	bool little;
	bool dynamic;		 /* has a dynamic section */
	const char *interpreter; /* "" none */
	const char *soname;	 /* "" none */
	const char *rpath, *runpath;
	const char **needed; /* in file order */
	size_t n_needed;
};

void rv_elf_release(struct rv_elf *e);

enum { RV_ELF_NOT = 1 }; /* outcome: no ELF file (wrong magic, or shorter than a header) */
/* 0 and *out filled, RV_ELF_NOT, < 0: RV_FORMAT naming `name` for a damaged one, RV_SYS. */
int rv_elf_read(int fd, const char *name, struct rv_elf *out, struct rv_error *err) RV_MUST_CHECK;
int rv_elf_parse(struct rv_span image, const char *name, struct rv_elf *out, struct rv_error *err)
    RV_MUST_CHECK;

/* The words for messages: "x86_64" ... or "machine 123". text holds at least 32 bytes. */
const char *rv_elf_machine_name(unsigned machine, char text[32]);
