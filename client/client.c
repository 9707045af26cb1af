/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client itself: where the platform is, who asks, what is under way. */
#include "client/client_private.h"
#include "core/clock.h"
#include <arpa/inet.h>
#include <errno.h>
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

/* Of what stays on this machine nobody hears. */
static bool is_local(CURLU *url)
{
    char *host = NULL;
    unsigned char four[4];
    bool local = false;
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        local = strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
                (inet_pton(AF_INET, host, four) == 1 && four[0] == 127);
    curl_free(host);
    return local;
}

static bool is_plain(CURLU *url)
{
    char *scheme = NULL;
    bool plain =
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && strcmp(scheme, "http") == 0;
    curl_free(scheme);
    return plain;
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

static enum status address_set(struct mq *mq, const char *text, bool plain_http, struct error *err)
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
    } else if (is_plain(url) && !is_local(url) && !plain_http) {
        st = error_set(err, ST_INVALID,
                       mq->english
                           ? "http:// sends the password and citizens' data in the clear; use "
                             "https://, or --plain-http where a tunnel protects the address"
                           : "http:// 会以明文发送密码和群众信息，请改用 https://；"
                             "确有隧道保护时可加 --plain-http");
    } else {
        mq->base = base_of(text);
        mq->host = host_of(url);
        if (!mq->base || !mq->host)
            st = error_set(err, ST_NO_MEMORY, mq->english ? "Out of memory" : "内存不足");
    }
    curl_url_cleanup(url);
    return st;
}

/* A file that is not there shall be told before anybody types a password. */
static enum status trust_set(struct mq *mq, const char *ca_file, struct error *err)
{
    if (!ca_file || !*ca_file)
        return ST_OK;
    if (access(ca_file, R_OK) != 0)
        return error_set(err, ST_NOT_FOUND,
                         mq->english ? "The file of trusted certificates %s cannot be read: %s"
                                     : "信任证书文件 %s 无法读取：%s",
                         ca_file, strerror(errno));
    mq->ca_file = strdup(ca_file);
    return mq->ca_file ? ST_OK
                       : error_set(err, ST_NO_MEMORY, mq->english ? "Out of memory" : "内存不足");
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
                         ? address_set(mq, options->url, options->plain_http, err)
                         : error_set(err, ST_NO_MEMORY, english ? "Out of memory" : "内存不足");
    if (st == ST_OK)
        st = trust_set(mq, options->ca_file, err);
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
    free(mq->ca_file);
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
