/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire: a client that speaks bytes, for tests of what no good client would send. Fails the cmocka
 * test when nothing is heard for too long. */
#ifndef TESTS_LIB_WIRE_H
#define TESTS_LIB_WIRE_H

#include "core/buf.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { WIRE_LIMIT_MS = 30000 }; /* for each piece, on the slowest machine */

struct reply {
    int status; /* 0: the connection was closed instead */
    struct buf head, body;
    bool closed; /* the server closed the connection behind it */
};

/* A connection to this port of the own machine. */
static inline int wire_dial(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Sends all; false when the other side would not have it. */
static inline bool say_bytes(int fd, const void *bytes, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t part = send(fd, (const char *)bytes + sent, n - sent, MSG_NOSIGNAL);
        if (part <= 0)
            return false;
        sent += (size_t)part;
    }
    return true;
}

static inline bool say(int fd, const char *text)
{
    return say_bytes(fd, text, strlen(text));
}

/* At most `n` bytes, at least one; 0 when the other side closed. */
static inline size_t hear(int fd, void *bytes, size_t n)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, WIRE_LIMIT_MS) != 1)
        fail_msg("nothing was heard for %d ms", (int)WIRE_LIMIT_MS);
    ssize_t got = recv(fd, bytes, n, 0);
    return got > 0 ? (size_t)got : 0;
}

static inline void hear_exactly(int fd, void *bytes, size_t n)
{
    for (size_t got = 0; got < n;) {
        size_t part = hear(fd, (char *)bytes + got, n - got);
        assert_true(part > 0);
        got += part;
    }
}

/* The value of a header in a reply, "" when it is missing. */
static inline const char *reply_header(const struct reply *reply, const char *name)
{
    static _Thread_local char value[256];
    const char *line = reply->head.data;
    value[0] = '\0';
    while (line && (line = strstr(line, "\r\n")) && line[2]) {
        line += 2;
        size_t n = strlen(name);
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(line + n + 2, "\r"),
                           line + n + 2);
    }
    return value;
}

static inline void reply_free(struct reply *reply)
{
    buf_free(&reply->head);
    buf_free(&reply->body);
}

/* Reads the head only. */
static inline struct reply hear_head(int fd)
{
    struct reply reply = {.status = 0};
    char c;
    while (!reply.head.data || !strstr(reply.head.data, "\r\n\r\n")) {
        if (hear(fd, &c, 1) == 0) {
            reply.closed = true;
            return reply;
        }
        buf_add_char(&reply.head, c);
    }
    (void)sscanf(reply.head.data, "HTTP/1.%*d %d", &reply.status);
    return reply;
}

/* Reads one answer with a Content-Length; `bodyless` for HEAD. */
static inline struct reply hear_reply(int fd, bool bodyless)
{
    struct reply reply = hear_head(fd);
    long long length =
        reply.status && !bodyless ? strtoll(reply_header(&reply, "Content-Length"), NULL, 10) : 0;
    char bytes[4096];
    while (reply.body.length < (size_t)length) {
        size_t left = (size_t)length - reply.body.length;
        size_t n = hear(fd, bytes, left < sizeof bytes ? left : sizeof bytes);
        assert_true(n > 0);
        buf_add(&reply.body, bytes, n);
    }
    return reply;
}

/* True when the other side has closed, or does within the limit. */
static inline bool is_closed(int fd)
{
    char bytes[256];
    while (hear(fd, bytes, sizeof bytes) > 0)
        ;
    return true;
}

#endif
