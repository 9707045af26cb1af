/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one place that waits: curl's sockets, the caller's descriptors and our timers. */
#include "client/client_private.h"
#include "core/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNHAPPY_MS = 20 };

int64_t transport_jitter(struct mq *mq, int64_t ms)
{
    /* Knuth's MMIX generator: TAOCP 2, section 3.3.4, line 26. */
    mq->random = mq->random * 6364136223846793005u + 1442695040888963407u;
    return ms + (int64_t)((mq->random >> 33) % (uint64_t)(ms / 4 + 1));
}

bool transport_header(struct curl_slist **headers, const char *name, const char *value)
{
    struct buf line = BUF_EMPTY;
    buf_add_text(&line, name);
    buf_add_char(&line, ':');
    if (value) { /* without one curl leaves its own out */
        buf_add_char(&line, ' ');
        buf_add_text(&line, value);
    }
    struct curl_slist *longer = line.failed ? NULL : curl_slist_append(*headers, line.data);
    buf_free(&line);
    if (longer)
        *headers = longer;
    return longer != NULL;
}

static bool headers_common(struct mq *mq, const char *token, struct curl_slist **headers)
{
    char bearer[sizeof "Bearer " + TOKEN_MAX];
    if (!transport_header(headers, "Accept", NULL) ||
        !transport_header(headers, "Accept-Language", mq->english ? "en" : "zh"))
        return false;
    if (!*token)
        return true;
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", token);
    bool added = transport_header(headers, "Authorization", bearer);
    explicit_bzero(bearer, sizeof bearer);
    return added;
}

/* An editor that the console starts must not hold our connections. */
static int on_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
    (void)user;
    (void)purpose;
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

/* Who names a file trusts that one alone. */
static bool certificates_set(const struct mq *mq, CURL *easy)
{
    return curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (!mq->ca_file || (curl_easy_setopt(easy, CURLOPT_CAINFO, mq->ca_file) == CURLE_OK &&
                             curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK));
}

CURL *transport_easy(struct mq *mq, const char *url, const char *token, struct curl_slist **headers)
{
    CURL *easy = curl_easy_init();
    long connect_ms = (long)(mq->give_up_ms < mq->stall_ms ? mq->give_up_ms : mq->stall_ms);
    if (!easy)
        return NULL;
    if (!headers_common(mq, token, headers) ||
        curl_easy_setopt(easy, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") != CURLE_OK || !certificates_set(mq, easy)) {
        curl_easy_cleanup(easy);
        return NULL;
    }
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    (void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    /* A name server that does not answer must not hold a key. */
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    return easy;
}

void transport_pipe_off(struct sigaction *before)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, before); /* cannot fail for this signal */
}

void transport_pipe_back(const struct sigaction *before)
{
    (void)sigaction(SIGPIPE, before, NULL);
}

void transport_drop(struct mq *mq, CURL **easy, struct curl_slist **headers)
{
    if (*easy) {
        struct sigaction before;
        transport_pipe_off(&before);
        (void)curl_multi_remove_handle(mq->multi, *easy);
        curl_easy_cleanup(*easy);
        transport_pipe_back(&before);
    }
    *easy = NULL;
    curl_slist_free_all(*headers);
    *headers = NULL;
}

static void perform(struct mq *mq)
{
    struct sigaction before;
    int running, left;
    call_start_due(mq, clock_ticks_ms());
    feed_start_due(mq, clock_ticks_ms());
    transport_pipe_off(&before);
    (void)curl_multi_perform(mq->multi, &running);
    transport_pipe_back(&before);
    for (CURLMsg *news; (news = curl_multi_info_read(mq->multi, &left));) {
        char *call = NULL;
        CURL *easy = news->easy_handle;
        struct ending ending = {.code = news->data.result}; /* gone once the handle is removed */
        curl_off_t retry_after_s = 0;
        if (news->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
        (void)curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &ending.verified);
        (void)curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s);
        ending.retry_after_s = retry_after_s;
        if (easy == mq->feed.easy) {
            mq->feed.ending = ending;
            feed_ended(mq, ending.code);
        }
        if (call)
            call_ended(mq, (struct call *)(void *)call, &ending);
    }
    /* Last: who was stopped for an hour finds here what came meanwhile, and no stall. */
    call_expire(mq, clock_ticks_ms());
    feed_expire(mq, clock_ticks_ms());
}

/* How long to wait: not past the next timer, and not at all when there is something to tell. */
static int wait_ms(const struct mq *mq, int timeout_ms)
{
    int64_t next = call_next_at(mq), feed = feed_next_at(mq), now = clock_ticks_ms();
    next = feed < next ? feed : next;
    int64_t left = next == INT64_MAX ? INT_MAX : next - now;
    if (left > INT_MAX)
        left = INT_MAX;
    if (call_any_ready(mq) || left < 0)
        left = 0;
    return timeout_ms >= 0 && timeout_ms < left ? timeout_ms : (int)left;
}

/* curl does not tell a hangup, so the descriptors are asked again. */
static bool waits_ask(struct mq_wait *waits, size_t count, int timeout_ms)
{
    struct pollfd fds[MQ_WAITS_MAX];
    for (size_t i = 0; i < count; i++)
        fds[i] = (struct pollfd){.fd = waits[i].fd, .events = POLLIN};
    int n = poll(fds, count, timeout_ms);
    for (size_t i = 0; i < count; i++) {
        short seen = n > 0 ? fds[i].revents : 0;
        waits[i].readable = (seen & POLLIN) != 0;
        waits[i].hangup = (seen & (POLLHUP | POLLERR | POLLNVAL)) != 0;
    }
    return n >= 0 || errno == EINTR || errno == EAGAIN;
}

bool mq_poll(struct mq *mq, struct mq_wait *waits, size_t count, int timeout_ms)
{
    struct curl_waitfd fds[MQ_WAITS_MAX];
    if (count > MQ_WAITS_MAX || mq->calling_back)
        return false;
    for (size_t i = 0; i < count; i++)
        fds[i] = (struct curl_waitfd){.fd = waits[i].fd, .events = CURL_WAIT_POLLIN};
    perform(mq);
    int ms = wait_ms(mq, timeout_ms);
    CURLMcode code = curl_multi_poll(mq->multi, fds, (unsigned)count, ms, NULL);
    /* Where curl has no memory to wait with, keys are still waited for. */
    int again_ms = code == CURLM_OK ? 0 : ms < UNHAPPY_MS ? ms : UNHAPPY_MS;
    bool waited = waits_ask(waits, count, again_ms);
    perform(mq);
    mq->calling_back = true;
    call_deliver(mq);
    feed_deliver(mq);
    mq->calling_back = false;
    return waited;
}
