/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/talk.h"
#include "core/buf.h"
#include "tests/lib/platform_private.h"
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct talk {
    const struct test_platform *platform;
    int fd;
    unsigned keys;
    char bytes[65536]; /* received, not yet read */
    size_t at, end;
};

struct talk *talk_open(const struct test_platform *platform)
{
    struct talk *talk = test_must(calloc(1, sizeof *talk));
    talk->platform = platform;
    talk->fd = test_platform_dial(platform);
    return talk;
}

void talk_close(struct talk *talk)
{
    if (talk)
        (void)close(talk->fd);
    free(talk);
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* False when the other side has closed. */
static bool hear_more(struct talk *talk)
{
    struct pollfd ready = {.fd = talk->fd, .events = POLLIN};
    if (talk->at < talk->end)
        return true;
    if (poll(&ready, 1, TEST_LIMIT_MS) != 1)
        test_die(talk->platform, "no answer within %d ms", (int)TEST_LIMIT_MS);
    ssize_t n = recv(talk->fd, talk->bytes, sizeof talk->bytes, 0);
    talk->at = 0;
    talk->end = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static bool hear_line(struct talk *talk, struct buf *line)
{
    buf_clear(line);
    while (hear_more(talk)) {
        const char *from = talk->bytes + talk->at;
        const char *end = memchr(from, '\n', talk->end - talk->at);
        size_t n = end ? (size_t)(end - from) + 1 : talk->end - talk->at;
        buf_add(line, from, n);
        talk->at += n;
        if (end)
            return true;
    }
    return false;
}

static bool hear_body(struct talk *talk, size_t length, struct buf *body)
{
    while (body->length < length && hear_more(talk)) {
        size_t left = length - body->length, here = talk->end - talk->at;
        size_t n = left < here ? left : here;
        buf_add(body, talk->bytes + talk->at, n);
        talk->at += n;
    }
    return body->length == length;
}

/* --- a question ------------------------------------------------------------------------------- */

static void write_request(struct talk *talk, const struct test_request *request, struct buf *out)
{
    const char *method = request->method ? request->method : request->body ? "POST" : "GET";
    const char *body = request->body ? request->body : "";
    bool post = strcmp(method, "POST") == 0;
    buf_printf(out, "%s /api/v1%s HTTP/1.1\r\nHost: h\r\n", method, request->path);
    if (request->token)
        buf_printf(out, "Authorization: Bearer %s\r\n", request->token);
    if (request->version > 0)
        buf_printf(out, "If-Match: %lld\r\n", (long long)request->version);
    if (request->key && *request->key)
        buf_printf(out, "Idempotency-Key: %s\r\n", request->key);
    else if (post && !request->key)
        buf_printf(out, "Idempotency-Key: talk-%ld-%d-%u\r\n", (long)getpid(), talk->fd,
                   talk->keys++);
    if (post)
        buf_printf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    buf_add_text(out, "\r\n");
    buf_add_text(out, body);
}

static bool send_all(struct talk *talk, const struct buf *out)
{
    for (size_t sent = 0; sent < out->length;) {
        ssize_t n = send(talk->fd, out->data + sent, out->length - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    return true;
}

static bool begins(const char *line, const char *name)
{
    return strncasecmp(line, name, strlen(name)) == 0;
}

static bool hear_answer(struct talk *talk, struct said *said)
{
    struct buf line = BUF_EMPTY, head = BUF_EMPTY, body = BUF_EMPTY;
    size_t length = 0;
    bool good;
    while ((good = hear_line(talk, &line)) && strcmp(line.data, "\r\n") != 0) {
        if (begins(line.data, "HTTP/1.1 "))
            said->status = (int)strtol(line.data + 9, NULL, 10);
        if (begins(line.data, "Content-Length: "))
            length = (size_t)strtoull(line.data + 16, NULL, 10);
        if (!begins(line.data, "X-Request-Id: "))
            buf_add_text(&head, line.data);
    }
    good = good && hear_body(talk, length, &body);
    said->length = body.length;
    said->head = test_must(buf_take(&head));
    said->text = test_must(buf_take(&body));
    buf_free(&line);
    return good && said->status != 0;
}

struct said talk_ask(struct talk *talk, const struct test_request *request)
{
    struct said said = {0};
    struct buf out = BUF_EMPTY;
    write_request(talk, request, &out);
    if (!send_all(talk, &out) || !hear_answer(talk, &said))
        test_die(talk->platform, "%s: the connection was closed", request->path);
    said.json = json_parse(said.text, said.length);
    buf_free(&out);
    return said;
}

void said_free(struct said *said)
{
    cJSON_Delete(said->json);
    free(said->head);
    free(said->text);
    *said = (struct said){0};
}

/* --- the usual ones --------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 0))) static char *formatted(const char *format, va_list args)
{
    char *text = NULL;
    return test_must(vasprintf(&text, format, args) < 0 ? NULL : text);
}

struct said talk_get(struct talk *talk, const char *token, const char *path, ...)
{
    va_list args;
    va_start(args, path);
    char *whole = formatted(path, args);
    va_end(args);
    struct said said = talk_ask(talk, &(struct test_request){.path = whole, .token = token});
    free(whole);
    return said;
}

struct said talk_post(struct talk *talk, const char *token, const char *path, const char *body, ...)
{
    va_list args;
    va_start(args, body);
    char *whole = formatted(body, args);
    va_end(args);
    struct said said =
        talk_ask(talk, &(struct test_request){.path = path, .token = token, .body = whole});
    free(whole);
    return said;
}

char *talk_login(struct talk *talk, const char *login)
{
    struct said said = talk_post(talk, NULL, "/sessions",
                                 "{\"login\":\"%s\",\"password\":\"minqing-demo\"}", login);
    if (said.status != 201)
        test_die(talk->platform, "%s cannot log in: %d %s", login, said.status, said.text);
    char *token = test_text("%s", json_text(said.json, "token", ""));
    said_free(&said);
    return token;
}
