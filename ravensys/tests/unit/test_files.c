/* SPDX-License-Identifier: ISC */
/* +FILES: round trip, paths, and every rule within and between lines. */
#include "tests/tap.h"

#include "base/vec.h"
#include "pkg/files.h"

#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DIR_A "{\"mode\":\"0755\",\"path\":\"a\",\"type\":\"dir\"}\n"
#define FILE_AB                                                                                    \
	"{\"mode\":\"0644\",\"offset\":1024,\"path\":\"a/b\",\"sha256\":\"" SHA                    \
	"\",\"size\":5,\"type\":\"file\"}\n"
#define FILE_AC(offset)                                                                            \
	"{\"mode\":\"0644\",\"offset\":" offset ",\"path\":\"a/c\",\"sha256\":\"" SHA              \
	"\",\"type\":\"file\"}\n"

static const struct {
	const char *text, *fault; /* NULL: good */
} rows[] = {
    {"", NULL},
    {DIR_A, NULL},
    {DIR_A FILE_AB, NULL},
    {DIR_A FILE_AB FILE_AC("2048"), NULL},
    {DIR_A FILE_AB "{\"path\":\"a/d\",\"target\":\"a/b\",\"type\":\"hardlink\"}\n", NULL},
    {DIR_A "{\"group\":\"www\",\"owner\":\"www\",\"path\":\"a/l\",\"target\":\"../../x "
	   "\\\"y\\\\\",\"type\":\"link\"}\n",
	NULL},
    {DIR_A "{\"flags\":[\"config\"],\"mode\":\"4755\",\"offset\":512,\"path\":\"a/"
	   "\xc3\xa9\",\"sha256\":\"" SHA
	   "\",\"type\":\"file\",\"xattrs\":{\"security.capability\":\"AAE=\",\"user.x\":\"\"}}\n",
	NULL},
    {FILE_AB, "folder is not an entry"},
    {FILE_AB DIR_A, "folder is not an entry"},
    {DIR_A DIR_A, "not sorted"},
    {DIR_A FILE_AB FILE_AC("1024"), "offset not behind"},
    {DIR_A FILE_AB FILE_AC("1536"), "offset not behind"},
    {DIR_A FILE_AB FILE_AC("2049"), "offset not behind"},
    {DIR_A FILE_AC("9223372036854775808"), "no number"},
    {DIR_A FILE_AC("01024"), "no number"},
    {DIR_A "{\"path\":\"a/d\",\"target\":\"a\",\"type\":\"hardlink\"}\n", "hard link to something"},
    {DIR_A "{\"path\":\"a/d\",\"target\":\"a/e\",\"type\":\"hardlink\"}\n",
	"hard link to something"},
    {DIR_A "{\"path\":\"a/l\",\"target\":\"b\",\"type\":\"link\"}\n"
	   "{\"mode\":\"0755\",\"path\":\"a/l/x\",\"type\":\"dir\"}\n",
	"folder is not an entry"},
    {"{\"mode\":\"0755\",\"path\":\"a\",\"type\":\"dir\"}", "no newline"},
    {"{ \"mode\":\"0755\",\"path\":\"a\",\"type\":\"dir\"}\n", "no type, or a key"},
    {"{\"path\":\"a\",\"mode\":\"0755\",\"type\":\"dir\"}\n", "no type, or a key"},
    {"{\"mode\":\"0755\",\"mode\":\"0755\",\"path\":\"a\",\"type\":\"dir\"}\n",
	"no type, or a key"},
    {"{\"mode\":\"0755\",\"path\":\"a\",\"type\":\"dir\"}x\n", "something behind"},
    {"{\"mode\":\"0755\",\"path\":\"a\",\"type\":\"fifo\"}\n", "unknown type"},
    {"{\"path\":\"a\",\"type\":\"dir\"}\n", "a key is missing"},
    {"{\"mode\":\"0755\",\"path\":\"a\",\"target\":\"b\",\"type\":\"dir\"}\n", "does not belong"},
    {"{\"mode\":\"755\",\"path\":\"a\",\"type\":\"dir\"}\n", "four octal"},
    {"{\"mode\":\"0855\",\"path\":\"a\",\"type\":\"dir\"}\n", "four octal"},
    {"{\"mode\":\"0755\",\"path\":\"\\u0061\",\"type\":\"dir\"}\n", "not canonical"},
    {"{\"mode\":\"0755\",\"path\":\"a\\nb\",\"type\":\"dir\"}\n", "not canonical"},
    {"{\"mode\":\"0755\",\"path\":\"a\tb\",\"type\":\"dir\"}\n", "control character"},
    {"{\"mode\":\"0755\",\"path\":\"a\xff\",\"type\":\"dir\"}\n", "no UTF-8"},
    {"{\"mode\":\"0755\",\"path\":\"/a\",\"type\":\"dir\"}\n", "absolute"},
    {"{\"mode\":\"0755\",\"path\":\"../a\",\"type\":\"dir\"}\n", "'.' or '..'"},
    {"{\"mode\":\"0755\",\"owner\":\"a b\",\"path\":\"a\",\"type\":\"dir\"}\n", "account name"},
    {"{\"mode\":\"0755\",\"path\":\"a", "no newline"},
    {"{\"mode\":\"0755\",\"path\":\"a\n", "string without end"},
    {"{\"mode\":\"0755\",\"path\":\"a\\\n", "string without end"},
    {DIR_A "{\"mode\":\"0644\",\"offset\":512,\"path\":\"a/f\",\"sha256\":\"" SHA
	   "\",\"type\":\"file\",\"xattrs\":{\"trusted.x\":\"\"}}\n",
	"not allowed"},
    {"\n", "not canonical"},
};

static void check_again(struct rv_span text, struct rv_arena *arena)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_file_entries all = {0};
	rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(1 << 20);

	tap_good(rv_files_read(text, "p", arena, &all, &err), &err, "read as a whole");
	rv_vec_each (&all, e) {
		if (rv_files_add(e, &again, &err) < 0)
			tap_ok(false, "add: %s", err.msg);
	}
	tap_ok(rv_span_eq(text, rv_buf_span(&again)), "and written to the same bytes");
	rv_vec_release(&all);
}

static void check_rows(void)
{
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		struct rv_error err = RV_ERROR_INIT;
		struct rv_arena arena = RV_ARENA_INIT;
		rv_autofree(rv_files_reader) struct rv_files_reader *r = NULL;
		struct rv_file_entry e;
		int rc = rv_files_reader_new(rv_span_str(rows[i].text), "p", &r, &err);

		while (rc == 0)
			rc = rv_files_next(r, &e, &err);
		if (!rows[i].fault) {
			tap_ok(rc == RV_FILES_END, "row %zu is good", i);
			if (rc < 0)
				printf("# %s\n", err.msg);
			check_again(rv_span_str(rows[i].text), &arena);
		} else if (!tap_ok(
			       rc < 0 && err.code == RV_FORMAT && strstr(err.msg, rows[i].fault),
			       "row %zu: %s", i, rows[i].fault)) {
			printf("# %s\n", err.msg);
		}
		rv_arena_release(&arena);
	}
}

static void check_paths(void)
{
	static const char *const good[] = {
	    "a", "raven/bin/x", "a b/c'\"\\", "...", "a/.hidden", "\xe2\x82\xac"};
	static const char *const bad[] = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.",
	    "a\nb", "\x7f", "\xc0\xaf", "\xed\xa0\x80"};
	char longest[RV_PATH_MAX_BYTES + 2];

	for (size_t i = 0; i < RV_COUNT(good); i++)
		tap_ok(rv_path_fault(rv_span_str(good[i])) == NULL, "good path %zu", i);
	for (size_t i = 0; i < RV_COUNT(bad); i++)
		tap_ok(rv_path_fault(rv_span_str(bad[i])) != NULL, "bad path %zu", i);
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = i % 100 == 99 ? '/' : 'x';
	tap_ok(!rv_path_fault(rv_span(longest, RV_PATH_MAX_BYTES)), "4095 bytes");
	tap_ok(rv_path_fault(rv_span(longest, RV_PATH_MAX_BYTES + 1)) != NULL, "4096 bytes");
	memset(longest, 'x', sizeof(longest));
	tap_ok(rv_path_fault(rv_span(longest, RV_NAME_MAX_BYTES + 1)) != NULL,
	    "256 bytes in a component");
}

static void check_add(void)
{
	struct rv_error err = RV_ERROR_INIT;
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(1 << 20);
	struct rv_file_entry e = {
	    .path = RV_SPAN_LIT("a/../b"), .type = RV_ENTRY_DIR, .mode = 0755};

	tap_ok(
	    rv_files_add(&e, &b, &err) < 0 && err.code == RV_INPUT, "add refuses a path with ..");
	e = (struct rv_file_entry){.path = RV_SPAN_LIT("a"), .type = RV_ENTRY_LINK};
	tap_ok(rv_files_add(&e, &b, &err) < 0, "add refuses a link to nothing");
	e = (struct rv_file_entry){.path = RV_SPAN_LIT("a"), .type = RV_ENTRY_FILE, .mode = 010000};
	tap_ok(rv_files_add(&e, &b, &err) < 0, "add refuses a mode above 7777");
	tap_int(b.n, 0, "and has written nothing");
}

int main(void)
{
	check_rows();
	check_paths();
	check_add();
	return tap_done();
}
