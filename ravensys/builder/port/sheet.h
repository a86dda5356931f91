/* SPDX-License-Identifier: ISC */
/*
 * Buildsheets (ravenadm-buildsheet(5)): a port in one file, its specification with all definitions
 * put in, then its files as capsules. They are the compiled form of a tree, byte for byte as
 * Ravenports' program writes them: the order of what it keeps in hashed maps is part of the format
 * (port/order.h).
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "port/port.h"

#define RV_SHEET_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define RV_SHEET_CAPSULES_MAX 100000

/*
 * Adds the port's sheet to out. genesis: as if the system root held the file GENESIS: run paths are
 * never fatal. RV_INPUT naming a file of the port whose name or content cannot stand in a sheet.
 */
int rv_sheet_write(const struct rv_port *p, bool genesis, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;

/*
 * What is looked at when a sheet is made, not when a recipe is read. Faults go to problems; 0 when
 * there are none, else RV_INPUT.
 */
struct rv_platform;
/* The defaults of option groups, for the platform's opsys, arch and release. */
int rv_sheet_check_options(const struct rv_port *p, const struct rv_platform *platform,
    struct rv_problems *problems, struct rv_error *err) RV_MUST_CHECK;
/* The messages-, scripts- and triggers- files of files/. */
int rv_sheet_check_files(
    const struct rv_port *p, struct rv_problems *problems, struct rv_error *err) RV_MUST_CHECK;

/*
 * The specification of a port loaded from a sheet, added to out: with its files in the form of a
 * source folder it compiles to the same bytes as the sheet. RV_INPUT when there is none that does.
 */
int rv_sheet_specification(const struct rv_port *p, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * The inverse of rv_sheet_write: the specification and the files of a port loaded from a sheet, in
 * an empty folder. What is written compiles to the same bytes as the sheet; RV_INPUT when that
 * cannot be.
 */
int rv_sheet_explode(const struct rv_port *p, int out_dirfd, struct rv_error *err) RV_MUST_CHECK;

/* --- between the parts of this module */
struct rv_reader;

/*
 * The values in a sheet's form. source: in the order of lines that a reader puts back into this
 * order, and without what a specification must not have. Whether the last line is an empty one.
 */
bool rv_sheet_put_values(const struct rv_port *p, bool source, bool genesis, struct rv_buf *out);
/* A line that begins a capsule: takes its bytes off *rest. False: it is none. */
bool rv_sheet_take_capsule(struct rv_reader *r, struct rv_span line, struct rv_span *rest);
/* When all lines were read: the port gets its files. */
void rv_sheet_keep_capsules(struct rv_reader *r);
