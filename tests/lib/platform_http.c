/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The API as calls that wait. */
#include "core/buf.h"
#include "tests/lib/platform_private.h"
#include <curl/curl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
        test_die(NULL, "libcurl cannot be started");
}

static size_t take_body(char *bytes, size_t size, size_t n, void *user)
{
    struct buf *body = user;
    buf_add(body, bytes, size * n);
    return size * n;
}

static void copy_value(char *out, size_t size, const char *line, size_t n)
{
    while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
        n--;
    (void)snprintf(out, size, "%.*s", (int)n, line);
}

static bool is_header(const char *line, size_t n, const char *name)
{
    size_t length = strlen(name);
    return n > length + 2 && strncasecmp(line, name, length) == 0 && line[length] == ':';
}

static size_t take_header(char *line, size_t size, size_t n, void *user)
{
    struct test_reply *reply = user;
    size_t length = size * n;
    char tag[32] = "";
    if (is_header(line, length, "Content-Type"))
        copy_value(reply->type, sizeof reply->type, line + 14, length - 14);
    else if (is_header(line, length, "Allow"))
        copy_value(reply->allow, sizeof reply->allow, line + 7, length - 7);
    else if (is_header(line, length, "X-Request-Id"))
        copy_value(reply->request_id, sizeof reply->request_id, line + 14, length - 14);
    else if (is_header(line, length, "Retry-After"))
        reply->retry_after = (int)strtol(line + 13, NULL, 10);
    else if (is_header(line, length, "ETag"))
        copy_value(tag, sizeof tag, line + 6, length - 6);
    if (tag[0] == '"')
        reply->version = strtoll(tag + 1, NULL, 10);
    return length;
}

static void add_header(struct curl_slist **list, const char *name, const char *value)
{
    char *line = test_text("%s: %s", name, value);
    *list = test_must(curl_slist_append(*list, line));
    free(line);
}

static struct curl_slist *headers_new(const struct test_request *request, bool post)
{
    static atomic_uint keys;
    struct curl_slist *list = NULL;
    char number[64];
    add_header(&list, "Expect", ""); /* curl would wait for it with a large body */
    if (request->token) {
        char *bearer = test_text("Bearer %s", request->token);
        add_header(&list, "Authorization", bearer);
        free(bearer);
    }
    if (post)
        add_header(&list, "Content-Type", request->type ? request->type : "application/json");
    if (request->language)
        add_header(&list, "Accept-Language", request->language);
    if (request->version > 0) {
        (void)snprintf(number, sizeof number, "%lld", (long long)request->version);
        add_header(&list, "If-Match", number);
    }
    (void)snprintf(number, sizeof number, "test-%ld-%u", (long)getpid(),
                   atomic_fetch_add(&keys, 1));
    if (request->key ? *request->key != '\0' : post)
        add_header(&list, "Idempotency-Key", request->key ? request->key : number);
    for (size_t i = 0; request->headers && request->headers[i]; i++)
        list = test_must(curl_slist_append(list, request->headers[i]));
    return list;
}

struct test_reply test_http(const struct test_platform *platform,
                            const struct test_request *request)
{
    (void)pthread_once(&curl_once, start_curl);
    struct test_reply reply = {.version = -1};
    struct buf body = BUF_EMPTY;
    const char *method = request->method ? request->method : request->body ? "POST" : "GET";
    bool post = strcmp(method, "POST") == 0;
    char *url = test_text("%s/api/v1%s", platform->url, request->path);
    struct curl_slist *headers = headers_new(request, post);
    CURL *curl = test_must(curl_easy_init());
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (request->from)
        (void)curl_easy_setopt(curl, CURLOPT_INTERFACE, request->from);
    if (platform->ca_file)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, platform->ca_file);
    (void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                           (long)(request->limit_ms ? request->limit_ms : TEST_LIMIT_MS));
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
    if (post) {
        const char *bytes = request->body ? request->body : "";
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
                               (long)(request->body_length ? request->body_length : strlen(bytes)));
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
    } else if (strcmp(method, "HEAD") == 0) {
        (void)curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    }
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    if (code == CURLE_OK)
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    reply.status = (int)status;
    if (code != CURLE_OK) {
        buf_clear(&body);
        buf_add_text(&body, curl_easy_strerror(code));
    }
    reply.length = body.length;
    reply.text = test_must(buf_take(&body));
    if (reply.status)
        reply.json = json_parse(reply.text, reply.length);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    free(url);
    return reply;
}

void test_reply_free(struct test_reply *reply)
{
    cJSON_Delete(reply->json);
    free(reply->text);
    *reply = (struct test_reply){.version = -1};
}

const char *test_problem(const struct test_reply *reply)
{
    return strcmp(reply->type, "application/problem+json") == 0 ? json_text(reply->json, "type", "")
                                                                : "";
}

/* --- the usual ones --------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 0))) static char *formatted(const char *format, va_list args)
{
    char *text = NULL;
    return test_must(vasprintf(&text, format, args) < 0 ? NULL : text);
}

struct test_reply test_get(const struct test_platform *platform, const char *token,
                           const char *path, ...)
{
    va_list args;
    va_start(args, path);
    char *whole = formatted(path, args);
    va_end(args);
    struct test_request request = {.path = whole, .token = token};
    struct test_reply reply = test_http(platform, &request);
    free(whole);
    return reply;
}

struct test_reply test_post(const struct test_platform *platform, const char *token,
                            const char *path, const char *body, ...)
{
    va_list args;
    va_start(args, body);
    char *whole = formatted(body, args);
    va_end(args);
    struct test_request request = {.method = "POST", .path = path, .token = token, .body = whole};
    struct test_reply reply = test_http(platform, &request);
    free(whole);
    return reply;
}

struct test_reply test_act(const struct test_platform *platform, const char *token, int64_t order,
                           int64_t version, const char *action, const char *body, ...)
{
    va_list args;
    va_start(args, body);
    char *whole = formatted(body, args);
    va_end(args);
    char *path = test_text("/orders/%lld/actions/%s", (long long)order, action);
    struct test_request request = {
        .method = "POST", .path = path, .token = token, .version = version, .body = whole};
    struct test_reply reply = test_http(platform, &request);
    free(path);
    free(whole);
    return reply;
}

const char *test_login(struct test_platform *platform, const char *login)
{
    struct test_platform_private *own = platform->private_data;
    const char *token = NULL;
    pthread_mutex_lock(&own->lock);
    for (size_t i = 0; i < own->session_count && !token; i++)
        if (strcmp(own->sessions[i].login, login) == 0)
            token = own->sessions[i].token;
    if (!token) {
        struct test_reply reply = test_post(
            platform, NULL, "/sessions", "{\"login\":\"%s\",\"password\":\"minqing-demo\"}", login);
        if (reply.status != 201)
            test_die(platform, "%s cannot log in: %d %s", login, reply.status, reply.text);
        if (own->session_count == TEST_SESSIONS_MAX)
            test_die(platform, "more than %d accounts in one test", TEST_SESSIONS_MAX);
        own->sessions[own->session_count].login = test_text("%s", login);
        own->sessions[own->session_count].token =
            test_text("%s", json_text(reply.json, "token", ""));
        token = own->sessions[own->session_count++].token;
        test_reply_free(&reply);
    }
    pthread_mutex_unlock(&own->lock);
    return token;
}

char *test_cursor(const struct test_platform *platform, const char *token)
{
    struct test_reply reply = test_get(platform, token, "/me");
    if (reply.status != 200)
        test_die(platform, "GET /me: %d %s", reply.status, reply.text);
    char *cursor = test_text("%s", json_text(reply.json, "cursor", ""));
    test_reply_free(&reply);
    return cursor;
}
