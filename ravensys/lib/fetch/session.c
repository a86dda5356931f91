/* SPDX-License-Identifier: ISC */
/*
 * The session: which files are on their way, how many at a time, which hosts were given up.
 * Invariant: host->running and f->running count exactly the entries that have an easy handle.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "fetch/internal.h"
#include "os/clock.h"

static char *env_copy(const char *lower, const char *upper)
{
	const char *v = rv_env_get(lower);

	if (!v && upper)
		v = rv_env_get(upper);
	return v && *v ? rv_strdup(v) : NULL;
}

static void read_environment(struct rv_fetch *f)
{
	/*
	 * HTTP_PROXY in capitals could be set by the header of a request to a CGI program: never
	 * read
	 */
	f->proxy.http = env_copy("http_proxy", NULL);
	f->proxy.https = env_copy("https_proxy", "HTTPS_PROXY");
	f->proxy.all = env_copy("all_proxy", "ALL_PROXY");
	f->proxy.no = env_copy("no_proxy", "NO_PROXY");
	f->ca_file = env_copy("SSL_CERT_FILE", NULL);
}

int rv_fetch_new(
    const struct rv_fetch_options *options, struct rv_fetch **out, struct rv_error *err)
{
	struct rv_fetch *f;
	struct rv_fetch_options o = options ? *options : (struct rv_fetch_options){0};

	*out = NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return rv_fail(err, RV_NET, "downloads: the library cannot be started");
	f = rv_alloc(sizeof(*f));
	o.total = o.total ? o.total : 8;
	o.per_host = o.per_host ? o.per_host : 4;
	o.connect_ms = o.connect_ms ? o.connect_ms : 5000;
	o.stall_s = o.stall_s ? o.stall_s : 30;
	o.resumes = o.resumes ? o.resumes : 3;
	f->agent = rv_strdup(o.user_agent ? o.user_agent : "ravensys");
	o.user_agent = f->agent;
	f->o = o;
	f->hosts = RV_MAP_INIT;
	read_environment(f);
	f->multi = curl_multi_init();
	f->getter = curl_easy_init();
	*out = f;
	if (f->multi && f->getter)
		return 0;
	rv_fetch_free(f);
	*out = NULL;
	return rv_fail(err, RV_NOMEM, "downloads: no memory for a session");
}

static void hosts_release(struct rv_map *hosts)
{
	struct rv_span key;
	size_t i = 0;
	void *value;

	while (rv_map_next(hosts, &i, &key, &value)) {
		struct host *h = value;

		free(h->name);
		free(h->fault);
		free(h);
	}
	rv_map_release(hosts);
}

void rv_fetch_free(struct rv_fetch *f)
{
	if (!f)
		return;
	rv_vec_each (&f->entries, e)
		rv_fetch_entry_free(*e);
	rv_vec_release(&f->entries);
	curl_easy_cleanup(f->getter);
	curl_multi_cleanup(f->multi);
	hosts_release(&f->hosts);
	free(f->proxy.http);
	free(f->proxy.https);
	free(f->proxy.all);
	free(f->proxy.no);
	free(f->ca_file);
	free(f->agent);
	free(f);
	curl_global_cleanup();
}

struct host *rv_fetch_session_host(struct rv_fetch *f, const char *url)
{
	char *name = rv_fetch_address_host(url);
	struct host *h;

	if (!name)
		return NULL;
	h = rv_map_get(&f->hosts, rv_span_str(name));
	if (h) {
		free(name);
		return h;
	}
	h = rv_alloc(sizeof(*h));
	h->name = name;
	rv_map_put(&f->hosts, rv_span_str(h->name), h);
	return h;
}

const char *rv_fetch_host_fault(const struct rv_fetch *f, const char *host)
{
	const struct host *h = rv_map_get(&f->hosts, rv_span_str(host));

	return h ? h->fault : NULL;
}

static const char *proxy_for(const struct rv_fetch *f, const char *url)
{
	const char *own = strncmp(url, "https:", 6) == 0 ? f->proxy.https : f->proxy.http;

	if (own)
		return own;
	return f->proxy.all ? f->proxy.all : "";
}

void rv_fetch_session_setup(struct rv_fetch *f, CURL *easy, const char *url)
{
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,file");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
	curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, f->agent);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)f->o.connect_ms);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 64L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)f->o.stall_s);
	curl_easy_setopt(easy, CURLOPT_PROXY, proxy_for(f, url));
	curl_easy_setopt(easy, CURLOPT_NOPROXY, f->proxy.no ? f->proxy.no : "");
	/* a resolver that never answers must not hold up the end of the program */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	if (f->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, f->ca_file);
}

void rv_fetch_add(struct rv_fetch *f, const struct rv_fetch_file *file)
{
	struct entry *e = rv_alloc(sizeof(*e));

	e->f = f;
	e->file = *file;
	e->part = PART_INIT;
	e->part.dirfd = file->dirfd;
	e->part.name = file->name;
	e->why = RV_BUF_INIT(RV_ERROR_MSG_BYTES / 2);
	e->begun_ms = rv_clock_mono_ms();
	e->etag_at = SIZE_MAX;
	rv_vec_push(&f->entries, e);
	f->files_total++;
	f->all_total += file->size;
	f->look = true;
}

/*
 * Starts what the limits allow and takes away what has ended. on_end may add files: the vec is read
 * by index, and those new ones are seen in the same pass.
 */
static void look_at_entries(struct rv_fetch *f)
{
	size_t kept = 0;

	f->look = false;
	for (size_t i = 0; i < f->entries.n; i++)
		if (!f->entries.v[i]->easy && !f->entries.v[i]->ended && f->running < f->o.total)
			rv_fetch_entry_start(f->entries.v[i]);
	for (size_t i = 0; i < f->entries.n; i++) {
		if (f->entries.v[i]->ended)
			rv_fetch_entry_free(f->entries.v[i]);
		else
			f->entries.v[kept++] = f->entries.v[i];
	}
	f->entries.n = kept;
}

static void take_messages(struct rv_fetch *f)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(f->multi, &left))) {
		struct entry *e = NULL;
		CURLcode code = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&e);
		rv_fetch_entry_finished(e, code);
	}
}

/* libcurl's own limit of speed looks at the mean of several seconds. */
static void look_for_stalls(struct rv_fetch *f)
{
	int64_t now = rv_clock_mono_ms();

	if (now - f->stalls_ms < 250)
		return;
	f->stalls_ms = now;
	for (size_t i = 0; i < f->entries.n; i++)
		if (f->entries.v[i]->easy)
			rv_fetch_entry_stall(f->entries.v[i], now);
}

int rv_fetch_step(struct rv_fetch *f, int wait_ms, struct rv_error *err)
{
	CURLMcode rc = CURLM_OK;
	int active = 0;

	while (f->look)
		look_at_entries(f);
	if (f->entries.n == 0)
		return 0;
	rc = curl_multi_perform(f->multi, &active);
	if (rc == CURLM_OK && active > 0 && (unsigned)active == f->running)
		rc = curl_multi_poll(f->multi, NULL, 0, wait_ms < 250 ? wait_ms : 250, NULL);
	if (rc != CURLM_OK)
		return rv_fail(err, RV_NET, "downloads: %s", curl_multi_strerror(rc));
	take_messages(f);
	look_for_stalls(f);
	while (f->look)
		look_at_entries(f);
	return f->entries.n > 0 ? RV_FETCH_MORE : 0;
}

int rv_fetch_run(struct rv_fetch *f, struct rv_error *err)
{
	int rc;

	do
		rc = rv_fetch_step(f, 1000, err);
	while (rc == RV_FETCH_MORE);
	return rc;
}
