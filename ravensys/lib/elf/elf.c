/* SPDX-License-Identifier: ISC */
/*
 * ELF through a source of bytes (a file or memory) that refuses to read outside itself, so that no
 * offset of the file needs to be believed. Layouts are tables of field offsets for both classes.
 */
#include "elf/elf.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"

/* Where fields are, by class: [0] 32 bits, [1] 64 bits. System V ABI, chapter 4 and 5. */
enum { EH_TYPE = 16, EH_MACHINE = 18 };
static const struct layout {
	size_t header;
	size_t phoff, phentsize, phnum;		     /* in the file header */
	size_t p_bytes, p_offset, p_vaddr, p_filesz; /* in a program header; p_type is at 0 */
	size_t d_bytes, word;			     /* of a dynamic entry; of an address */
} layouts[] = {
    {52, 28, 42, 44, 32, 4, 8, 16, 8, 4},
    {64, 32, 54, 56, 56, 8, 16, 32, 16, 8},
};
enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3 };
enum { ET_REL = 1, ET_EXEC = 2, ET_DYN = 3, ET_CORE = 4 };
enum {
	DT_NULL = 0,
	DT_NEEDED = 1,
	DT_STRTAB = 5,
	DT_STRSZ = 10,
	DT_SONAME = 14,
	DT_RPATH = 15,
	DT_RUNPATH = 29,
};
#define DT_FLAGS_1 0x6ffffffbu
#define DF_1_PIE 0x08000000u

struct source {
	int fd; /* < 0: image */
	struct rv_span image;
	uint64_t bytes;
	const char *name;
};

struct segment {
	uint64_t offset, vaddr, filesz;
};

struct parser {
	const struct source *from;
	const struct layout *at;
	bool little;
	struct {
		struct segment *v;
		size_t n, cap;
	} loads;
	struct segment interp, dynamic;
	bool has_interp, has_dynamic;
	uint64_t strtab, strsz, flags_1;
	struct {
		uint64_t *v;
		size_t n, cap;
	} needed;			 /* offsets into the string table */
	uint64_t soname, rpath, runpath; /* offsets + 1; 0: none */
};

static int get(const struct source *s, uint64_t offset, void *to, size_t n, struct rv_error *err)
{
	if (offset > s->bytes || n > s->bytes - offset)
		return rv_fail(err, RV_FORMAT, "%s: ELF file cut off or damaged", s->name);
	if (s->fd >= 0)
		return rv_fd_pread(s->fd, s->name, to, n, offset, err);
	memcpy(to, s->image.p + offset, n);
	return 0;
}

static uint64_t number(const struct parser *p, const unsigned char *b, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | b[p->little ? n - 1 - i : i];
	return v;
}

static uint64_t address(const struct parser *p, const unsigned char *b)
{
	return number(p, b, p->at->word);
}

/* --- program headers */

static void take_segment(struct parser *p, const unsigned char *b)
{
	struct segment s = {address(p, b + p->at->p_offset), address(p, b + p->at->p_vaddr),
	    address(p, b + p->at->p_filesz)};

	switch (number(p, b, 4)) {
	case PT_LOAD:
		rv_vec_push(&p->loads, s);
		break;
	case PT_DYNAMIC:
		p->dynamic = s;
		p->has_dynamic = true;
		break;
	case PT_INTERP:
		p->interp = s;
		p->has_interp = true;
		break;
	default:
		break;
	}
}

static int read_segments(struct parser *p, const unsigned char *header, struct rv_error *err)
{
	uint64_t at = address(p, header + p->at->phoff);
	uint64_t step = number(p, header + p->at->phentsize, 2),
		 n = number(p, header + p->at->phnum, 2);
	unsigned char b[64];

	if (n == 0)
		return 0;
	if (n > RV_ELF_PHDRS_MAX || step < p->at->p_bytes)
		return rv_fail(
		    err, RV_FORMAT, "%s: ELF file with impossible program headers", p->from->name);
	for (uint64_t i = 0; i < n; i++) {
		if (at > p->from->bytes || get(p->from, at + i * step, b, p->at->p_bytes, err) < 0)
			return at > p->from->bytes
				   ? rv_fail(err, RV_FORMAT, "%s: ELF file cut off or damaged",
					 p->from->name)
				   : -1;
		take_segment(p, b);
	}
	return 0;
}

/* --- dynamic section */

static void take_dynamic(struct parser *p, uint64_t tag, uint64_t value)
{
	switch (tag) {
	case DT_NEEDED:
		if (p->needed.n < RV_ELF_NEEDED_MAX)
			rv_vec_push(&p->needed, value);
		break;
	case DT_STRTAB:
		p->strtab = value;
		break;
	case DT_STRSZ:
		p->strsz = value;
		break;
	case DT_SONAME:
		p->soname = value + 1;
		break;
	case DT_RPATH:
		p->rpath = value + 1;
		break;
	case DT_RUNPATH:
		p->runpath = value + 1;
		break;
	case DT_FLAGS_1:
		p->flags_1 = value;
		break;
	default:
		break;
	}
}

static int read_dynamic(struct parser *p, struct rv_error *err)
{
	unsigned char b[16];
	uint64_t n = p->dynamic.filesz / p->at->d_bytes;

	if (p->dynamic.filesz > RV_ELF_DYNAMIC_MAX_BYTES)
		return rv_fail(err, RV_LIMIT, "%s: ELF file with a dynamic section above 1 MiB",
		    p->from->name);
	if (p->dynamic.offset > p->from->bytes)
		return rv_fail(err, RV_FORMAT, "%s: ELF file cut off or damaged", p->from->name);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t tag;

		if (get(p->from, p->dynamic.offset + i * p->at->d_bytes, b, p->at->d_bytes, err) <
		    0)
			return -1;
		tag = address(p, b);
		if (tag == DT_NULL)
			break;
		take_dynamic(p, tag, address(p, b + p->at->word));
	}
	return 0;
}

/* File offset of a virtual address; 0 when no segment holds it. */
static uint64_t offset_of(const struct parser *p, uint64_t vaddr)
{
	rv_vec_each (&p->loads, s) {
		if (vaddr >= s->vaddr && vaddr - s->vaddr < s->filesz &&
		    s->offset <= p->from->bytes)
			return s->offset + (vaddr - s->vaddr);
	}
	return 0;
}

/* A NUL-terminated string of at most max bytes at an offset of the file. */
static int read_string(const struct parser *p, uint64_t offset, uint64_t max,
    struct rv_arena *arena, const char **out, struct rv_error *err)
{
	char text[RV_ELF_STRING_MAX_BYTES + 1];
	uint64_t left = offset < p->from->bytes ? p->from->bytes - offset : 0;
	size_t n;

	if (max > left)
		max = left;
	if (max > sizeof(text))
		max = sizeof(text);
	if (get(p->from, offset, text, (size_t)max, err) < 0)
		return -1;
	n = strnlen(text, (size_t)max);
	if (n == max)
		return rv_fail(err, RV_FORMAT,
		    "%s: ELF file with a string without end, or too long", p->from->name);
	*out = rv_arena_strndup(arena, text, n);
	return 0;
}

static int read_table_string(const struct parser *p, uint64_t at, struct rv_arena *arena,
    const char **out, struct rv_error *err)
{
	uint64_t table = offset_of(p, p->strtab);

	if (table == 0 || at >= p->strsz)
		return rv_fail(err, RV_FORMAT, "%s: ELF file whose dynamic strings are not in it",
		    p->from->name);
	return read_string(p, table + at, p->strsz - at, arena, out, err);
}

static int read_strings(const struct parser *p, struct rv_elf *out, struct rv_error *err)
{
	const struct {
		uint64_t at;
		const char **to;
	} one[] = {{p->soname, &out->soname}, {p->rpath, &out->rpath}, {p->runpath, &out->runpath}};

	for (size_t i = 0; i < RV_COUNT(one); i++)
		if (one[i].at &&
		    read_table_string(p, one[i].at - 1, &out->arena, one[i].to, err) < 0)
			return -1;
	out->needed = rv_arena_alloc(&out->arena, (p->needed.n + 1) * sizeof(*out->needed));
	rv_vec_each (&p->needed, at) {
		if (read_table_string(p, *at, &out->arena, &out->needed[out->n_needed], err) < 0)
			return -1;
		out->n_needed++;
	}
	return 0;
}

/* --- the whole */

static enum rv_elf_kind kind_of(const struct parser *p, uint64_t type)
{
	switch (type) {
	case ET_REL:
		return RV_ELF_RELOCATABLE;
	case ET_EXEC:
		return RV_ELF_EXECUTABLE;
	case ET_CORE:
		return RV_ELF_CORE;
	case ET_DYN:
		/* libc.so has an interpreter and a soname: a library that can be run */
		return (p->flags_1 & DF_1_PIE) || (p->has_interp && !p->soname) ? RV_ELF_EXECUTABLE
										: RV_ELF_SHARED;
	default:
		return RV_ELF_OTHER;
	}
}

static int parse(
    struct parser *p, const unsigned char *header, struct rv_elf *out, struct rv_error *err)
{
	uint64_t type = number(p, header + EH_TYPE, 2);

	out->machine = (unsigned)number(p, header + EH_MACHINE, 2);
	out->bits = p->at->word == 8 ? 64 : 32;
	out->little = p->little;
	if (read_segments(p, header, err) < 0)
		return -1;
	if (p->has_interp && type != ET_CORE &&
	    read_string(
		p, p->interp.offset, p->interp.filesz, &out->arena, &out->interpreter, err) < 0)
		return -1;
	/* separate debug files keep the segment but not its bytes */
	out->dynamic = p->has_dynamic && p->dynamic.filesz > 0 && type != ET_CORE;
	if (out->dynamic && (read_dynamic(p, err) < 0 || read_strings(p, out, err) < 0))
		return -1;
	out->kind = kind_of(p, type);
	return 0;
}

static int parse_source(const struct source *from, struct rv_elf *out, struct rv_error *err)
{
	unsigned char header[64] = {0};
	struct parser p = {.from = from};
	int rc;

	*out = (struct rv_elf){.interpreter = "", .soname = "", .rpath = "", .runpath = ""};
	if (from->bytes < layouts[0].header)
		return RV_ELF_NOT;
	if (get(from, 0, header, layouts[0].header, err) < 0)
		return -1;
	if (memcmp(header, "\177ELF", 4) != 0 || header[4] < 1 || header[4] > 2 || header[5] < 1 ||
	    header[5] > 2)
		return RV_ELF_NOT;
	p.at = &layouts[header[4] - 1];
	p.little = header[5] == 1;
	rc = get(from, 0, header, p.at->header, err);
	if (rc == 0)
		rc = parse(&p, header, out, err);
	rv_vec_release(&p.loads);
	rv_vec_release(&p.needed);
	if (rc < 0)
		rv_elf_release(out);
	return rc;
}

int rv_elf_read(int fd, const char *name, struct rv_elf *out, struct rv_error *err)
{
	struct source from = {.fd = fd, .name = name};
	struct rv_stat st;

	if (rv_file_fstat(fd, &st, err) < 0)
		return rv_context(err, "%s", name);
	from.bytes = st.size;
	return parse_source(&from, out, err);
}

int rv_elf_parse(struct rv_span image, const char *name, struct rv_elf *out, struct rv_error *err)
{
	struct source from = {.fd = -1, .image = image, .bytes = image.n, .name = name};

	return parse_source(&from, out, err);
}

void rv_elf_release(struct rv_elf *e)
{
	rv_arena_release(&e->arena);
	*e = (struct rv_elf){.interpreter = "", .soname = "", .rpath = "", .runpath = ""};
}

const char *rv_elf_machine_name(unsigned machine, char text[32])
{
	static const struct {
		unsigned machine;
		const char *name;
	} names[] = {
	    {2, "sparc"},
	    {3, "i386"},
	    {8, "mips"},
	    {20, "powerpc"},
	    {21, "powerpc64"},
	    {22, "s390x"},
	    {40, "arm"},
	    {43, "sparc64"},
	    {62, "x86_64"},
	    {183, "aarch64"},
	    {243, "riscv"},
	    {258, "loongarch"},
	};

	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (names[i].machine == machine)
			return names[i].name;
	snprintf(text, 32, "machine %u", machine);
	return text;
}
