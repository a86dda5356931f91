/* SPDX-License-Identifier: ISC */
/*
 * ELF: this program and the loader's libraries, a made file of the other class and byte order,
 * damage.
 */
#include "tests/tap.h"

#include <unistd.h>

#include "elf/elf.h"
#include "engine/host.h"
#include "os/file.h"
#include "os/spawn.h"
#include "pkg/ident.h"

static struct rv_error err;

static bool needs(const struct rv_elf *e, const char *soname)
{
	for (size_t i = 0; i < e->n_needed; i++)
		if (strcmp(e->needed[i], soname) == 0)
			return true;
	return false;
}

static void check_self(struct rv_buf *image)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(4096);
	rv_auto_fd fd = -1;
	struct rv_elf e;
	unsigned machine = 0, bits = 0;
	bool little = false;

	tap_good(rv_self_path(&path, &err), &err, "where this program is");
	tap_good(rv_file_open_user(rv_buf_str(&path), &fd, &err), &err, "open it");
	tap_good(rv_elf_read(fd, "self", &e, &err), &err, "read it");
	tap_ok(rv_arch_elf(rv_span_str(rv_host_arch()), &machine, &bits, &little),
	    "the table knows this processor");
	tap_ok(
	    e.machine == machine && e.bits == bits && e.little == little, "and the file is for it");
	tap_int(e.kind, RV_ELF_EXECUTABLE, "it is an executable");
	tap_ok(e.dynamic && *e.interpreter == '/', "with an interpreter: %s", e.interpreter);
	tap_ok(needs(&e, "libc.so.6") || e.n_needed > 0, "that needs libc");
	tap_str(e.soname, "", "without a soname");
	rv_elf_release(&e);
	tap_good(rv_fd_read_all(fd, "self", image, &err), &err, "its bytes");
}

/* 32 bits, big endian: headers, then strings, then the dynamic section. */
static const unsigned char made[] = {
    /* file header */
    0x7f, 'E', 'L', 'F', 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0,
    0, 0, 52, 0, 0, 0, 0, 0, 0, 0, 0, 0, 52, 0, 32, 0, 2, 0, 0, 0, 0, 0, 0,
    /* PT_LOAD: offset 0 at 0x1000, 188 bytes */
    0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0x10, 0, 0, 0, 0, 188, 0, 0, 0, 188, 0, 0, 0, 5, 0,
    0, 0, 1,
    /* PT_DYNAMIC: offset 140, 48 bytes */
    0, 0, 0, 2, 0, 0, 0, 140, 0, 0, 0x10, 140, 0, 0, 0x10, 140, 0, 0, 0, 48, 0, 0, 0, 48, 0, 0, 0,
    6, 0, 0, 0, 4,
    /* strings at 116 */
    0, 'l', 'i', 'b', 'x', '.', 's', 'o', 0, 'l', 'i', 'b', 'y', '.', 's', 'o', 0, '/', 'r', 0, 0,
    0, 0, 0,
    /* dynamic at 140 */
    0, 0, 0, 5, 0, 0, 0x10, 116, 0, 0, 0, 10, 0, 0, 0, 20, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 1, 0,
    0, 0, 9, 0, 0, 0, 29, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0};

static void check_made(void)
{
	struct rv_span image = rv_span((const char *)made, sizeof(made));
	struct rv_elf e;
	char text[32];

	tap_good(
	    rv_elf_parse(image, "made", &e, &err), &err, "parse a file of 32 bits, big endian");
	tap_int(e.kind, RV_ELF_SHARED, "a shared library");
	tap_ok(e.bits == 32 && !e.little, "class and byte order");
	tap_str(rv_elf_machine_name(e.machine, text), "powerpc", "machine");
	tap_str(e.soname, "libx.so", "soname");
	tap_ok(e.n_needed == 1 && needs(&e, "liby.so"), "needed");
	tap_str(e.runpath, "/r", "runpath");
	tap_str(e.rpath, "", "no rpath");
	rv_elf_release(&e);
	tap_str(rv_elf_machine_name(9999, text), "machine 9999", "unknown machine");
}

static void check_damage(struct rv_span image, const char *what)
{
	size_t n = image.n < 4096 ? image.n : 4096, refused = 0;
	rv_auto(rv_buf) struct rv_buf copy = RV_BUF_INIT(image.n + 1);
	struct rv_elf e;

	rv_buf_add_span(&copy, image);
	for (size_t i = 0; i < n; i++) {
		copy.p[i] = (char)~copy.p[i];
		if (rv_elf_parse(rv_buf_span(&copy), "damaged", &e, &err) == 0)
			rv_elf_release(&e);
		else
			refused++;
		copy.p[i] = (char)~copy.p[i];
	}
	tap_ok(refused > 0, "%s: %zu of %zu damaged bytes refused, none harmful", what, refused, n);
	for (size_t i = 0; i < n; i++)
		if (rv_elf_parse(rv_span_sub(image, 0, i), "cut", &e, &err) == 0)
			rv_elf_release(&e);
	tap_ok(rv_elf_parse(rv_span_sub(image, 0, 40), "cut", &e, &err) == RV_ELF_NOT,
	    "%s: shorter than a header", what);
}

int main(void)
{
	rv_auto(rv_buf) struct rv_buf self = RV_BUF_INIT(1 << 26);
	struct rv_elf e;

	check_self(&self);
	check_made();
	tap_int(
	    rv_elf_parse(
		RV_SPAN_LIT("#!/bin/sh\necho this is a script, and longer than an ELF header is\n"),
		"s", &e, &err),
	    RV_ELF_NOT, "a script is no ELF file");
	check_damage(rv_span((const char *)made, sizeof(made)), "made file");
	check_damage(rv_buf_span(&self), "this program");
	return tap_done();
}
