/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A platform for the tests of client/: plain sockets on the loopback, driven by the test's own
 * loop, so that it can answer by halves, byte by byte, late, or not at all. No threads, no sleeps.
 */
#ifndef TESTS_CLIENT_SERVER_H
#define TESTS_CLIENT_SERVER_H

/* cmocka wants these before itself */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/minqing.h"
#include "core/buf.h"
#include "core/clock.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNS_MAX = 8, REQUESTS_MAX = 256, LIMIT_MS = 10000, SLOW_MS = 3 };

struct conn {
    int fd; /* -1 free */
    struct buf in;
    const char *slow; /* still to be sent, a byte each SLOW_MS */
    size_t slow_left;
    int64_t slow_at;
};
struct request {
    char method[8];
    char path[512];
    char *text; /* all of it */
    const char *body;
    struct conn *conn;
};
struct server {
    int fd; /* -1 while it is down */
    uint16_t port;
    struct conn conns[CONNS_MAX];
    struct request requests[REQUESTS_MAX];
    size_t request_count;
    size_t accepted;  /* connections in all */
    size_t open_most; /* connections at once */
    void (*answer)(struct server *server, struct request *request);
    void *context;
};

/* ---- answering ------------------------------------------------------------------------------ */

static inline void conn_close(struct conn *conn)
{
    if (conn->fd >= 0)
        (void)close(conn->fd);
    conn->fd = -1;
    conn->slow_left = 0;
    buf_free(&conn->in);
}

static inline void send_bytes(struct conn *conn, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n > 0 && conn->fd >= 0) {
        ssize_t sent = send(conn->fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            conn_close(conn);
            return;
        }
        at += sent;
        n -= (size_t)sent;
    }
}

static inline void send_text(struct conn *conn, const char *text)
{
    send_bytes(conn, text, strlen(text));
}

static inline void send_answer(struct conn *conn, int status, const char *json)
{
    char head[128];
    (void)snprintf(head, sizeof head, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n", status,
                   strlen(json));
    send_text(conn, head);
    send_text(conn, json);
}

/* ---- listening ------------------------------------------------------------------------------ */

/* Listens on `server->port`, 0 for any. */
static inline void server_up(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(server->port)};
    socklen_t length = sizeof address;
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->fd >= 0);
    (void)setsockopt(server->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    assert_int_equal(bind(server->fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->fd, 16), 0);
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
}

static inline void server_down(struct server *server)
{
    for (size_t i = 0; i < CONNS_MAX; i++)
        conn_close(&server->conns[i]);
    if (server->fd >= 0)
        (void)close(server->fd);
    server->fd = -1;
}

static inline void server_start(struct server *server,
                                void (*answer)(struct server *, struct request *), void *context)
{
    memset(server, 0, sizeof *server);
    for (size_t i = 0; i < CONNS_MAX; i++)
        server->conns[i].fd = -1;
    server->answer = answer;
    server->context = context;
    server_up(server);
}

static inline void server_stop(struct server *server)
{
    server_down(server);
    for (size_t i = 0; i < server->request_count; i++)
        free(server->requests[i].text);
    server->request_count = 0;
}

/* The value of a header into `out`, "" when there is none. */
static inline const char *header_of(const struct request *request, const char *name, char out[256])
{
    char start[64];
    (void)snprintf(start, sizeof start, "\r\n%s: ", name);
    const char *at = strcasestr(request->text, start);
    out[0] = '\0';
    if (!at || (request->body && at > request->body))
        return out;
    at += strlen(start);
    size_t n = strcspn(at, "\r");
    assert_true(n < 256);
    memcpy(out, at, n);
    out[n] = '\0';
    return out;
}

/* Takes one request off the connection's bytes; false when it is not whole yet. */
static inline bool server_take(struct server *server, struct conn *conn)
{
    char digits[256];
    char *end = conn->in.data ? strstr(conn->in.data, "\r\n\r\n") : NULL;
    if (!end)
        return false;
    size_t head = (size_t)(end - conn->in.data) + 4;
    struct request *request = &server->requests[server->request_count];
    assert_true(server->request_count < REQUESTS_MAX);
    *request = (struct request){.text = conn->in.data, .conn = conn};
    size_t body = strtoul(header_of(request, "Content-Length", digits), NULL, 10);
    if (conn->in.length < head + body)
        return false;
    request->text = strndup(conn->in.data, head + body);
    assert_non_null(request->text);
    request->body = request->text + head;
    assert_int_equal(sscanf(request->text, "%7s %511s", request->method, request->path), 2);
    struct buf rest = BUF_EMPTY;
    buf_add(&rest, conn->in.data + head + body, conn->in.length - head - body);
    buf_free(&conn->in);
    conn->in = rest;
    server->request_count++;
    server->answer(server, request);
    return true;
}

static inline void conn_read(struct server *server, struct conn *conn)
{
    char bytes[4096];
    ssize_t n = recv(conn->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0) {
        conn_close(conn);
        return;
    }
    buf_add(&conn->in, bytes, (size_t)n);
    while (conn->fd >= 0 && server_take(server, conn))
        ;
}

static inline void server_accept(struct server *server)
{
    size_t open = 0;
    struct conn *free_conn = NULL;
    for (size_t i = 0; i < CONNS_MAX; i++) {
        if (server->conns[i].fd < 0)
            free_conn = &server->conns[i];
        else
            open++;
    }
    assert_non_null(free_conn);
    free_conn->fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
    assert_true(free_conn->fd >= 0);
    server->accepted++;
    if (open + 1 > server->open_most)
        server->open_most = open + 1;
}

/* One turn of both sides: the client polls with the server's sockets as its waits. */
static inline void turn(struct mq *mq, struct server *server)
{
    struct mq_wait waits[CONNS_MAX + 1];
    bool slow = false;
    waits[CONNS_MAX] = (struct mq_wait){.fd = server->fd};
    for (size_t i = 0; i < CONNS_MAX; i++) {
        struct conn *conn = &server->conns[i];
        waits[i] = (struct mq_wait){.fd = conn->fd};
        if (conn->fd < 0 || !conn->slow_left)
            continue;
        slow = true;
        if (clock_ticks_ms() - conn->slow_at >= SLOW_MS) {
            send_bytes(conn, conn->slow++, 1);
            conn->slow_left--;
            conn->slow_at = clock_ticks_ms();
        }
    }
    assert_true(mq_poll(mq, waits, CONNS_MAX + 1, slow ? 1 : 50));
    for (size_t i = 0; i < CONNS_MAX; i++) {
        if (waits[i].readable && server->conns[i].fd == waits[i].fd)
            conn_read(server, &server->conns[i]);
    }
    if (waits[CONNS_MAX].readable && server->fd == waits[CONNS_MAX].fd)
        server_accept(server);
}

/* Turns until the condition holds; fails after ten seconds. */
#define TURN_UNTIL(mq, server, condition)                                                          \
    do {                                                                                           \
        int64_t until_ = clock_ticks_ms() + LIMIT_MS;                                              \
        while (!(condition)) {                                                                     \
            if (clock_ticks_ms() > until_)                                                         \
                fail_msg("waited in vain for: %s", #condition);                                    \
            turn(mq, server);                                                                      \
        }                                                                                          \
    } while (0)

/* ---- what came back ------------------------------------------------------------------------- */

enum { HEARD_MAX = 64 };
struct heard {
    size_t count;
    struct mq_result *results[HEARD_MAX];
};

static inline void hear(void *user, struct mq_result *result)
{
    struct heard *heard = user;
    assert_true(heard->count < HEARD_MAX);
    mq_result_keep(result);
    heard->results[heard->count++] = result;
}

static inline void heard_free(struct heard *heard)
{
    for (size_t i = 0; i < heard->count; i++)
        mq_result_free(heard->results[i]);
    heard->count = 0;
}

static inline struct mq_result *heard_last(struct heard *heard)
{
    assert_true(heard->count > 0);
    return heard->results[heard->count - 1];
}

/* A client of the server, with short time-outs. */
static inline struct mq *client_of(const struct server *server, int64_t stall_ms,
                                   int64_t give_up_ms)
{
    char url[64];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", server->port);
    struct mq_options options = {
        .url = url, .language = "en", .stall_ms = stall_ms, .give_up_ms = give_up_ms};
    struct error err;
    struct mq *mq = mq_new(&options, &err);
    if (!mq)
        fail_msg("%s", err.message);
    return mq;
}

#define ROW                                                                                        \
    "\"id\":7,\"number\":\"261118-0042-7\",\"version\":3,\"state\":\"received\","                  \
    "\"state_label\":\"Received\",\"title\":\"停水两天\""

#endif
