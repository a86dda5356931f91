/* SPDX-License-Identifier: ISC */
/* +MANIFEST and +BUILD: round trip, and what is refused. */
#include "tests/tap.h"

#include "base/vec.h"
#include "pkg/build.h"
#include "pkg/manifest.h"

#define HEAD                                                                                       \
	"\"comment\":\"says hello\",\"namebase\":\"hello\",\"prefix\":\"/raven\","                 \
	"\"subpackage\":\"primary\",\"variant\":\"std\",\"version\":\"2.10_1\"}\n"
#define ABI "\"abi\":\"linux:x86_64:6.1\","

/* Whole texts: the first ones are good. */
static const struct {
	const char *text, *fault; /* NULL: good */
} rows[] = {
    {"{" ABI HEAD, NULL},
    {"{" ABI "\"categories\":[\"a\",\"b\"]," HEAD, NULL},
    {"{" ABI "\"categories\":[\"b\",\"a\"]," HEAD, "categories: not sorted"},
    {"{" ABI "\"categories\":[\"a\",\"a\"]," HEAD, "categories: not sorted"},
    {"{" ABI "\"categories\":[]," HEAD, "categories: empty"},
    {"{" ABI "\"categories\":[1]," HEAD, "categories: item is no string"},
    {"{" ABI "\"categories\":{}," HEAD, "categories: not an array"},
    {"{" HEAD, "abi: missing"},
    {"{\"abi\":\"linux:amd64:6.1\"," HEAD, "abi: not a valid value"},
    {"{" ABI " " HEAD, "not canonical"},
    {"{" ABI "\"colour\":\"red\"," HEAD, "colour"},
    {"{" ABI "\"abi\":\"linux:x86_64:6.1\"," HEAD, "+MANIFEST"},
    {"[]\n", "not a JSON object"},
    {"", "no newline"},
    {"{}", "no newline"},
    {"{" ABI "\"comment\":\"two\\u000alines\",\"namebase\":\"a\",\"prefix\":\"/raven\","
     "\"subpackage\":\"b\",\"variant\":\"c\",\"version\":\"1\"}\n",
	"comment: not a valid value"},
    {"{" ABI "\"comment\":\"\",\"namebase\":\"a\",\"prefix\":\"/raven\","
     "\"subpackage\":\"b\",\"variant\":\"c\",\"version\":\"1\"}\n",
	"comment: empty"},
    {"{" ABI "\"comment\":\"x\",\"namebase\":\"a\",\"prefix\":\"/raven/../etc\","
     "\"subpackage\":\"b\",\"variant\":\"c\",\"version\":\"1\"}\n",
	"prefix: not a valid value"},
    {"{" ABI "\"comment\":\"x\",\"namebase\":\"../a\",\"prefix\":\"/raven\","
     "\"subpackage\":\"b\",\"variant\":\"c\",\"version\":\"1\"}\n",
	"namebase: not a valid value"},
    {"{" ABI
     "\"comment\":\"x\",\"namebase\":\"a\",\"prefix\":\"/raven\",\"requires\":[{\"at_least\":\"1\","
     "\"name\":\"b~c~d\",\"same_version\":true}],\"subpackage\":\"b\",\"variant\":\"c\","
     "\"version\":\"1\"}\n",
	"same_version: not true, or beside"},
    {"{" ABI "\"comment\":\"x\",\"namebase\":\"a\",\"prefix\":\"/raven\",\"requires\":[{"
     "\"name\":\"b~c~d\",\"same_version\":true}],\"subpackage\":\"b\",\"variant\":\"c\","
     "\"version\":\"1\"}\n",
	"same_version of another port"},
    {"{" ABI
     "\"comment\":\"x\",\"namebase\":\"a\",\"prefix\":\"/raven\",\"requires\":[{\"name\":\"b~c\"}],"
     "\"subpackage\":\"b\",\"variant\":\"c\",\"version\":\"1\"}\n",
	"name: not a valid value"},
    {"{" ABI "\"comment\":\"x\",\"n_files\":-1,\"namebase\":\"a\",\"prefix\":\"/raven\","
     "\"subpackage\":\"b\",\"variant\":\"c\",\"version\":\"1\"}\n",
	"n_files: no number"},
    {"{" ABI "\"comment\":\"x\",\"n_files\":0,\"namebase\":\"a\",\"prefix\":\"/raven\","
     "\"subpackage\":\"b\",\"variant\":\"c\",\"version\":\"1\"}\n",
	"zero: leave it out"},
};

static void check_rows(void)
{
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		struct rv_error err = RV_ERROR_INIT;
		struct rv_manifest m;
		rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(RV_MANIFEST_MAX_BYTES);
		int rc = rv_manifest_parse(rv_span_str(rows[i].text), "hello", &m, &err);

		if (rows[i].fault) {
			if (!tap_ok(
				rc < 0 && err.code == RV_FORMAT && strstr(err.msg, rows[i].fault),
				"row %zu: %s", i, rows[i].fault))
				printf("# %s\n", err.msg);
			continue;
		}
		tap_good(rc, &err, "row %zu is good", i);
		tap_good(rv_manifest_encode(&m, &again, &err), &err, "row %zu encodes", i);
		tap_str(rv_buf_str(&again), rows[i].text, "to the same bytes");
		rv_manifest_release(&m);
	}
}

static void fill(struct rv_manifest *m)
{
	struct rv_script *s;

	rv_manifest_init(m);
	m->namebase = "lua54";
	m->subpackage = "primary";
	m->variant = "std";
	m->version = "5.4.4_1";
	m->abi = "linux:x86_64:host.debian.12";
	m->prefix = "/raven";
	m->comment = "a language \"small\"";
	m->description = "line one\n\tline two \xc3\xa9\n";
	m->www = "https://www.lua.org/";
	m->licence = "MIT";
	rv_vec_push(&m->contacts, "nobody");
	rv_vec_push(&m->categories, "lang");
	rv_vec_push(&m->categories, "devel");
	rv_vec_push(&m->options, (struct rv_option){"READLINE", true});
	rv_vec_push(&m->options, (struct rv_option){"DOCS", false});
	rv_vec_push(&m->requires, (struct rv_require){"readline~primary~std", RV_REQUIRE_ANY, ""});
	rv_vec_push(
	    &m->requires, (struct rv_require){"ncurses~primary~std", RV_REQUIRE_AT_LEAST, "6.0"});
	rv_vec_push(&m->requires, (struct rv_require){"lua54~dev~std", RV_REQUIRE_SAME, ""});
	rv_vec_push(&m->requires_sonames, "libreadline.so.8");
	rv_vec_push(&m->provides_sonames, "liblua.so.5.4");
	s = rv_vec_add(&m->scripts);
	*s = (struct rv_script){
	    .phase = RV_SCRIPT_POST_INSTALL, .language = RV_SCRIPT_LUA, .text = "print(1)\n"};
	rv_vec_push(&s->args, "a");
	rv_vec_push(&m->messages, (struct rv_message){RV_MESSAGE_UPGRADE, "read this", "2.0", ""});
	rv_vec_push(&m->users, (struct rv_pkg_user){"www", "www", 80, "", "/", ""});
	rv_vec_push(&m->groups, (struct rv_pkg_group){.name = "www", .gid = -1});
	m->plain_bytes = 12345;
	m->n_files = 7;
}

static void check_full(void)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_manifest m, again;
	rv_auto(rv_buf) struct rv_buf one = RV_BUF_INIT(RV_MANIFEST_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf two = RV_BUF_INIT(RV_MANIFEST_MAX_BYTES);

	fill(&m);
	tap_good(rv_manifest_encode(&m, &one, &err), &err, "encode everything");
	tap_good(rv_manifest_parse(rv_buf_span(&one), "lua54", &again, &err), &err, "parse it");
	tap_str(again.description, m.description, "description");
	tap_int(again.requires.n, 3, "three requirements");
	tap_str(again.requires.v[0].name, "lua54~dev~std", "sorted by name");
	tap_int(again.requires.v[0].kind, RV_REQUIRE_SAME, "same version");
	tap_str(again.requires.v[1].version, "6.0", "lower bound");
	tap_str(again.categories.v[0], "devel", "categories are sorted");
	tap_str(again.scripts.v[0].args.v[0], "a", "script argument");
	tap_int(again.users.v[0].uid, 80, "user id");
	tap_int(again.groups.v[0].gid, -1, "group id is left to the system");
	tap_good(rv_manifest_encode(&again, &two, &err), &err, "encode again");
	tap_str(rv_buf_str(&two), rv_buf_str(&one), "to the same bytes");
	rv_manifest_release(&again);
	m.version = "1-2";
	tap_ok(rv_manifest_encode(&m, &two, &err) < 0 && err.code == RV_INPUT,
	    "encode refuses a bad version");
	rv_manifest_release(&m);
}

static void check_build(void)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_build b, again;
	rv_auto(rv_buf) struct rv_buf one = RV_BUF_INIT(RV_BUILD_MAX_BYTES);
	static const char good[] =
	    "{\"builder\":\"ravenadm 0.1.0\",\"source_date_epoch\":1577836800,"
	    "\"system_root\":\"host\"}\n";

	rv_build_init(&b);
	b.builder = "ravenadm 0.1.0";
	b.system_root = "host";
	b.source_date_epoch = 1577836800;
	tap_good(rv_build_encode(&b, &one, &err), &err, "encode a small build record");
	tap_str(rv_buf_str(&one), good, "its text");
	b.input.b[0] = 1;
	rv_vec_push(&b.used, (struct rv_build_used){.name = "b~c~d", .version = "1"});
	rv_vec_push(&b.used, (struct rv_build_used){.name = "a~c~d", .version = "1"});
	rv_vec_push(&b.tools, (struct rv_build_tool){"cc", "12.2.0"});
	rv_buf_reset(&one);
	tap_good(rv_build_encode(&b, &one, &err), &err, "encode a full one");
	tap_good(rv_build_parse(rv_buf_span(&one), "x", &again, &err), &err, "parse it");
	tap_str(again.used.v[0].name, "a~c~d", "packages are sorted");
	tap_int(again.input.b[0], 1, "input digest");
	rv_build_release(&again);
	b.system_root = "other";
	tap_ok(rv_build_encode(&b, &one, &err) < 0 && err.code == RV_INPUT, "unknown system root");
	tap_ok(rv_build_parse(RV_SPAN_LIT("{\"builder\":\"x\",\"system_root\":\"host\"}\n"), "x",
		   &again, &err) < 0,
	    "no time");
	rv_build_release(&b);
}

int main(void)
{
	check_rows();
	check_full();
	check_build();
	return tap_done();
}
