/* SPDX-License-Identifier: ISC */
/*
 * Time, randomness, environment and user: the only door to them, so that tests can pin what they
 * need.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* wall clock, UTC seconds; RV_TEST_NOW=SECONDS in the environment pins it */
int64_t rv_clock_now_s(void);
int64_t rv_clock_now_ms(void); /* the same in milliseconds, for events */
int64_t rv_clock_mono_ms(void);
/* "2026-11-24T05:38:00Z"; out holds RV_CLOCK_ISO_BYTES. */
#define RV_CLOCK_ISO_BYTES 32
void rv_clock_iso(int64_t seconds, char *out);
/* The inverse, strict; false when text is not of that form. */
bool rv_clock_parse_iso(const char *text, int64_t *out_s);

int rv_random_bytes(void *out, size_t n, struct rv_error *err) RV_MUST_CHECK;

const char *rv_env_get(const char *name); /* NULL when unset; valid until the program changes it */
const char *const *rv_env_all(void);	  /* NAME=VALUE ..., NULL: to hand on to a child */

struct rv_user {
	uint32_t uid, gid;
};
struct rv_user rv_user_self(void); /* effective */
unsigned rv_cpu_count(void);	   /* that this process may use */
uint64_t rv_memory_bytes(void);	   /* of the machine */
double rv_load5(void);		   /* five-minute load, 0 where unknown */
#define RV_BOOT_ID_BYTES 64
/* Another text after each start of the machine; empty where unknown. */
void rv_boot_id(char out[RV_BOOT_ID_BYTES]);

#define RV_UNAME_BYTES 65
struct rv_uname {
	char system[RV_UNAME_BYTES];  /* "Linux", "FreeBSD" ... */
	char machine[RV_UNAME_BYTES]; /* "x86_64", "amd64" ... */
};
void rv_uname(struct rv_uname *out); /* "unknown" where the system does not say */
