/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client itself: where the platform is, who asks, what is under way. */
#include "client/client_private.h"
#include "core/clock.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool part_present(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool present = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return present;
}

static bool scheme_known(CURLU *url)
{
    char *scheme = NULL;
    bool known = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                 (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    return known;
}

/* "host:port" for messages; NULL without memory. */
static char *host_of(CURLU *url)
{
    struct buf text = BUF_EMPTY;
    char *host = NULL, *port = NULL;
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        buf_add_text(&text, host);
    if (curl_url_get(url, CURLUPART_PORT, &port, 0) == CURLUE_OK)
        buf_printf(&text, ":%s", port);
    curl_free(host);
    curl_free(port);
    return buf_take(&text);
}

static char *base_of(const char *url)
{
    struct buf base = BUF_EMPTY;
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    buf_add(&base, url, length);
    buf_add_text(&base, "/api/v1");
    return buf_take(&base);
}

static enum status address_set(struct mq *mq, const char *text, struct error *err)
{
    CURLU *url = curl_url();
    enum status st = ST_OK;
    if (!url)
        return error_set(err, ST_NO_MEMORY, mq->english ? "Out of memory" : "内存不足");
    /* No name and password in it: they would be shown, kept in histories, and sent to whom ever. */
    if (!text || curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK || !scheme_known(url) ||
        part_present(url, CURLUPART_USER) || part_present(url, CURLUPART_PASSWORD) ||
        part_present(url, CURLUPART_QUERY) || part_present(url, CURLUPART_FRAGMENT)) {
        st = error_set(err, ST_INVALID,
                       mq->english
                           ? "The platform's address must look like http://127.0.0.1:8042 or %s"
                           : "平台地址应形如 http://127.0.0.1:8042 或 %s",
                       "https://12345.example.cn");
    } else {
        mq->base = base_of(text);
        mq->host = host_of(url);
        if (!mq->base || !mq->host)
            st = error_set(err, ST_NO_MEMORY, mq->english ? "Out of memory" : "内存不足");
    }
    curl_url_cleanup(url);
    return st;
}

bool language_is_english(const char *language)
{
    return language && strncmp(language, "en", 2) == 0;
}

struct mq *mq_new(const struct mq_options *options, struct error *err)
{
    struct mq *mq = calloc(1, sizeof *mq);
    bool english = language_is_english(options->language);
    if (!mq || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(mq);
        (void)error_set(err, ST_NO_MEMORY, english ? "Out of memory" : "内存不足");
        return NULL;
    }
    mq->english = english;
    mq->stall_ms = options->stall_ms > 0 ? options->stall_ms : 30000;
    mq->give_up_ms = options->give_up_ms > 0 ? options->give_up_ms : 10000;
    mq->random = (uint64_t)clock_now_ms() ^ (uint64_t)getpid() << 32;
    mq->multi = curl_multi_init();
    enum status st = mq->multi
                         ? address_set(mq, options->url, err)
                         : error_set(err, ST_NO_MEMORY, english ? "Out of memory" : "内存不足");
    if (st != ST_OK) {
        mq_free(mq);
        return NULL;
    }
    (void)curl_multi_setopt(mq->multi, CURLMOPT_MAXCONNECTS, (long)CALLS_FLYING_MAX + 1);
    return mq;
}

void mq_free(struct mq *mq)
{
    if (!mq)
        return;
    feed_stop(mq);
    while (mq->first)
        call_free(mq, mq->first);
    struct sigaction before;
    transport_pipe_off(&before);
    (void)curl_multi_cleanup(mq->multi);
    transport_pipe_back(&before);
    curl_global_cleanup();
    free(mq->base);
    free(mq->host);
    explicit_bzero(mq->token, sizeof mq->token);
    free(mq);
}

size_t mq_pending(const struct mq *mq)
{
    size_t count = 0;
    for (const struct call *call = mq->first; call; call = call->next)
        count += !call->abandoned;
    return count;
}

int64_t mq_waiting_ms(const struct mq *mq)
{
    int64_t now = clock_ticks_ms(), longest = 0;
    for (const struct call *call = mq->first; call; call = call->next) {
        if (!call->abandoned && now - call->began_at > longest)
            longest = now - call->began_at;
    }
    return longest;
}

void mq_cancel(struct mq *mq, const void *user)
{
    struct call *call = mq->first;
    while (call) {
        if (call->abandoned || call->user != user) {
            call = call->next;
            continue;
        }
        if (call->state == CALL_FLYING)
            call->orphaned_at = clock_ticks_ms();
        call_abandon(mq, call);
        call = mq->first; /* the list is another now */
    }
}
