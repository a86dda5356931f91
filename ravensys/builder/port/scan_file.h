/* SPDX-License-Identifier: ISC */
/*
 * Inside builder/port: the file of a scan (ravenadm-scan(5)). All numbers are the machine's own;
 * all places are offsets. A file's facts are one blob: numbers, then texts; lists and texts are
 * named by their place in it, so that an unchanged port's blob is copied as it is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "codec/digest.h"
#include "os/file.h"
#include "port/port.h"
#include "port/scan.h"

#define RV_SCAN_MAGIC "RVSCAN\r\n"
#define RV_SCAN_VERSION 2
#define RV_SCAN_BYTE_ORDER 0x01020304u

/* The file: head, files, ports, by_name, variants, faults, blobs; each table without a gap. */
struct rv_scan_head {
	char magic[8];
	uint32_t byte_order, version;
	uint64_t bytes;	   /* of the whole file */
	uint64_t checksum; /* of the whole file with this number as 0 */
	struct rv_sha256 key;
	uint32_t n_files, n_ports, n_variants, n_faults;
	uint64_t blobs_at; /* behind the tables, a multiple of 8 */
};

enum {
	RV_SCAN_COMPILED = 1,
	RV_SCAN_UNSURE = 2, /* changed too shortly before the scan: its content is compared */
	RV_SCAN_FAULTY = 4, /* has no facts but its faults */
};

/* A recipe in the trees, in their order. */
struct rv_scan_file {
	uint64_t ino, dev, size;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
	struct rv_sha256 digest; /* of what was read */
	uint64_t saved;		 /* of the saved options, 0 when there are none */
	uint64_t blob_at;	 /* a multiple of 4 */
	uint32_t n_words, n_text;
	uint32_t tree, flags;
	uint32_t first_variant, n_variants;
	char bucket[4];
	uint32_t unused;
};

struct rv_scan_place { /* of a variant in its port, of a fault in its file */
	uint32_t owner, index;
};

/* Lists in a blob: the place of the first number and how many items there are. */
struct rv_scan_raw_list {
	uint32_t at, n;
};

struct rv_scan_raw_port {
	uint32_t namebase, version, pkgversion, homepage, fpc_equivalent;
	uint32_t generated, infrastructure;
	struct rv_scan_raw_list keywords, contacts, urls, cpe, cves, distpaths;
	struct rv_scan_raw_list variants; /* of struct rv_scan_raw_variant */
	struct rv_scan_raw_list faults;	  /* of struct rv_scan_raw_fault */
};

struct rv_scan_raw_dep {
	uint32_t namebase, subpackage, variant, target;
};

struct rv_scan_raw_variant {
	uint32_t name, key, sdesc;
	uint32_t ignore; /* RV_SCAN_NONE: can be built */
	uint32_t prime;
	struct rv_scan_raw_list subpackages;
	struct rv_scan_raw_list deps[RV_DEP_KINDS];
	struct rv_scan_raw_list on, off, distfiles;
	struct rv_scan_raw_list
	    parts; /* of struct rv_scan_raw_part: none, or as many as subpackages */
};

struct rv_scan_raw_part {
	struct rv_scan_raw_list needs;
	uint32_t n_exrun;
	struct rv_scan_raw_list own;
};

struct rv_scan_raw_fault {
	uint32_t file, text, line, class;
};

#define RV_SCAN_WORDS(type) ((uint32_t)(sizeof(type) / sizeof(uint32_t)))

/* The file in memory; every number in it was checked. */
struct rv_scan {
	struct rv_span map;
	struct rv_scan_head head;
	const struct rv_scan_file *files;
	const uint32_t *ports;	 /* indices of files */
	const uint32_t *by_name; /* indices of ports, by namebase */
	const struct rv_scan_place *variants, *faults;
	const char *blobs;
};

struct rv_scan_blob {
	const uint32_t *words;
	const char *text;
};
struct rv_scan_blob rv_scan_blob_of(const struct rv_scan *s, const struct rv_scan_file *f);
static inline const struct rv_scan_raw_port *rv_scan_raw(const struct rv_scan_blob *b)
{
	return (const void *)b->words;
}

/* Does the bytes' own sum hold? */
uint64_t rv_scan_checksum(struct rv_span file);
/* Looks at every number, not at the sum; fills *out, which borrows the bytes (8-aligned). */
int rv_scan_check(struct rv_span file, const char *what, struct rv_scan *out, struct rv_error *err)
    RV_MUST_CHECK;

/* --- scan_facts.c: a blob in the making */
struct rv_scan_maker {
	rv_vec(uint32_t) words;
	rv_vec(char) text;
	rv_vec(uint32_t) table; /* of texts that are there: open addressing, place + 1 */
	uint32_t n_texts;
};
void rv_scan_maker_release(struct rv_scan_maker *m);

struct rv_scan_source {
	const char *fault; /* NULL, or why there is no text */
	const char *what;  /* the recipe's name in messages */
	const char *namebase;
	const char *bucket;
	struct rv_span text;
	bool compiled;
};
/* Reads the recipe and makes its blob; *out_faulty: it has no facts. Threads may. */
void rv_scan_facts(const struct rv_scan_how *how, const struct rv_scan_source *source,
    struct rv_scan_maker *out, bool *out_faulty);

/* --- scan_walk.c: what is in the trees */
struct rv_scan_entry {
	char bucket[4];
	const char *name;
	uint32_t tree;
	bool compiled;
	struct rv_stat st;
	uint64_t saved;
	/* filled by rv_scan_make */
	struct rv_sha256 digest;
	bool unsure, faulty, failed;
	const struct rv_scan_file *old; /* of the old file, when its facts still hold */
	struct rv_scan_maker made;
};

struct rv_scan_walk {
	struct rv_arena arena;
	struct rv_scan_entry *v;
	size_t n, cap;
};
void rv_scan_walk_release(struct rv_scan_walk *w);
int rv_scan_walk(const struct rv_trees *trees, struct rv_scan_walk *out, struct rv_error *err)
    RV_MUST_CHECK;
/* Gives each entry the sum of its saved options. */
int rv_scan_walk_saved(struct rv_scan_walk *w, const char *profile_path, struct rv_error *err)
    RV_MUST_CHECK;
/* Before (< 0), the same (0) or behind in the order of the trees. */
int rv_scan_order(
    const char *bucket_a, const char *name_a, const char *bucket_b, const char *name_b);
/* TREE/bucket_XX/NAME or TREE/bucket_XX/NAME/specification */
void rv_scan_name(const struct rv_trees *trees, const struct rv_scan_entry *e, struct rv_buf *out);
/* What the facts depend on: the specification, or the sheet up to its first file. RV_ABSENT. */
int rv_scan_read(const struct rv_trees *trees, const struct rv_scan_entry *e, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;

/* --- scan_key.c */
/* What all facts depend on: this program, the platform, the profile, what mk/ holds. */
int rv_scan_key(const struct rv_scan_how *how, struct rv_sha256 *out, struct rv_error *err)
    RV_MUST_CHECK;
#define RV_SCAN_FILE_NAME_BYTES 64
/* The same for each call with the same trees, platform and profile. */
int rv_scan_file_name(const struct rv_scan_how *how, char out[RV_SCAN_FILE_NAME_BYTES],
    struct rv_error *err) RV_MUST_CHECK;

/* --- scan_write.c */
/* The whole file of the walk, each of its entries with facts. */
void rv_scan_assemble(const struct rv_scan_walk *w, const struct rv_scan *old,
    const struct rv_sha256 *key, struct rv_buf *out);
/* Under a temporary name, then renamed; not synced: the sum tells a torn one. Prunes the folder. */
int rv_scan_keep(int cache_fd, const char *name, struct rv_span file, struct rv_error *err)
    RV_MUST_CHECK;
