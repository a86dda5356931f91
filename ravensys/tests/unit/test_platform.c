/* SPDX-License-Identifier: ISC */
/* OPSYS:ARCH[:RELEASE] as the user writes it. */
#include "base/buf.h"
#include "port/platform.h"
#include "tests/tap.h"

static const struct {
	const char *text, *wanted;
} good[] = {
    {"linux:x86_64:4.4", "linux x86_64 [4.4] [4] [4.4.0]"},
    {"linux:amd64:5.15.12", "linux x86_64 [5.15.12] [5] [5.15.12]"},
    {"FreeBSD:x86_64:14", "freebsd x86_64 [14] [14] [14.0.0]"},
    {"macos:arm64", "darwin aarch64 [] [] []"},
    {"linux:ppc64le", "linux powerpc64le [] [] []"},
};

static const char *const bad[] = {"", "linux", "linux:", "linux:pdp11", "plan9:x86_64",
    "linux:x86_64:", "linux:x86_64:4 4", "linux:x86_64:.4", "linux:x86_64:4:4", "linux::4"};

int main(void)
{
	struct rv_arena arena = RV_ARENA_INIT;
	struct rv_platform p;
	struct rv_error err = RV_ERROR_INIT;

	for (size_t i = 0; i < RV_COUNT(good); i++) {
		tap_good(rv_platform_parse(good[i].text, &arena, &p, &err), &err, "%s: read",
		    good[i].text);
		tap_str(rv_arena_fmt(&arena, "%s %s [%s] [%s] [%s]", p.opsys, p.arch, p.release,
			    p.major, p.version),
		    good[i].wanted, "%s: what it says", good[i].text);
	}
	for (size_t i = 0; i < RV_COUNT(bad); i++) {
		err = RV_ERROR_INIT;
		tap_ok(rv_platform_parse(bad[i], &arena, &p, &err) < 0 && strstr(err.msg, bad[i]),
		    "'%s' is refused, named", bad[i]);
	}
	rv_arena_release(&arena);
	return tap_done();
}
