/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/http/request.h"
#include "core/clock.h"
#include "core/text.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { QUERY_MAX = 64, KEY_MAX = 64, TOKEN_MAX = 256 };
static const char prefix[] = "/api/v1";

struct http_request *request_new(struct http *http, struct MHD_Connection *connection,
                                 const char *target)
{
    struct http_request *request = calloc(1, sizeof *request);
    struct arena *arena = request ? arena_new() : NULL;
    if (!arena) {
        free(request);
        return NULL;
    }
    request->http = http;
    request->connection = connection;
    request->target = arena_strdup(arena, target ? target : "");
    request->content_length = -1;
    request->api = (struct api_request){.arena = arena, .if_match = -1, .etag = -1};
    request->began_at = clock_ticks_ms();
    atomic_init(&request->phase, PHASE_OPEN);
    return request;
}

void request_free(struct http_request *request)
{
    if (!request)
        return;
    if (request->body.data) /* a password may be in it */
        explicit_bzero(request->body.data, request->body.length);
    buf_free(&request->body);
    arena_free(request->api.arena);
    free(request);
}

void request_refuse(struct http_request *request, enum problem_type type, const char *argument)
{
    if (request->refusal != PROBLEM_NONE)
        return;
    request->refusal = type;
    request->refusal_argument = argument;
}

const char *request_query(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->api.query_count; i++)
        if (strcmp(request->api.query_names[i], name) == 0)
            return request->api.query_values[i];
    return NULL;
}

bool request_integer(const char *text, int64_t *value)
{
    int64_t sum = 0;
    const char *s = text;
    for (; *s >= '0' && *s <= '9' && s - text < 16; s++)
        sum = sum * 10 + (*s - '0');
    if (s == text || *s || sum > (INT64_C(1) << 53))
        return false;
    *value = sum;
    return true;
}

/* --- the target: path and query --------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decodes `n` bytes into the arena; NULL for a broken escape, a NUL, or what is not UTF-8.
 * A slash must not hide in a path's escape: it would split a segment in two. */
static char *decode(struct arena *arena, const char *s, size_t n, bool in_query)
{
    char *out = arena_alloc(arena, n + 1);
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_digit(s[i + 1]) : -1;
            int low = i + 2 < n ? hex_digit(s[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
            if (c == '\0' || (c == '/' && !in_query))
                return NULL;
        } else if (c == '+' && in_query) {
            c = ' ';
        }
        out[length++] = c;
    }
    return utf8_valid(out, length) ? out : NULL;
}

/* The path behind "http://host" or "https://host" of a target in absolute form, which a server has
 * to accept (RFC 9112, 3.2.2). */
static const char *skip_authority(const char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;
    if (scheme == 0)
        return target;
    const char *path = target + scheme + strcspn(target + scheme, "/?");
    return *path ? path : "/";
}

static void parse_path(struct http_request *request, const char *path, size_t n)
{
    request->api.path = "/";
    char *decoded = decode(request->api.arena, path, n, false);
    size_t skip = sizeof prefix - 1;
    if (!decoded || path[0] != '/')
        request_refuse(request, PROBLEM_MALFORMED, "path");
    else if (strncmp(decoded, prefix, skip) != 0 || (decoded[skip] && decoded[skip] != '/'))
        request_refuse(request, PROBLEM_NOT_FOUND, NULL);
    else if (decoded[skip])
        request->api.path = decoded + skip;
}

/* "name=value"; without "=" the value is empty. False when it cannot be read, or was there before:
 * which of the two is meant is anybody's guess. */
static bool add_query(struct http_request *request, const char *pair, size_t n)
{
    struct api_request *api = &request->api;
    const char *equal = memchr(pair, '=', n);
    size_t name_length = equal ? (size_t)(equal - pair) : n;
    const char *name = decode(api->arena, pair, name_length, true);
    const char *value = equal ? decode(api->arena, equal + 1, n - name_length - 1, true) : "";
    if (!name || !value || api->query_count == QUERY_MAX || request_query(request, name))
        return false;
    api->query_names[api->query_count] = name;
    api->query_values[api->query_count++] = value;
    return true;
}

static void parse_query(struct http_request *request, const char *query)
{
    struct api_request *api = &request->api;
    api->query_names = arena_alloc(api->arena, QUERY_MAX * sizeof *api->query_names);
    api->query_values = arena_alloc(api->arena, QUERY_MAX * sizeof *api->query_values);
    while (*query) {
        size_t n = strcspn(query, "&");
        if (n > 0 && !add_query(request, query, n)) {
            request_refuse(request, PROBLEM_MALFORMED, "query");
            return;
        }
        query += n;
        query += *query == '&';
    }
}

static void parse_target(struct http_request *request)
{
    const char *path = skip_authority(request->target);
    size_t n = strcspn(path, "?");
    parse_path(request, path, n);
    if (path[n] == '?')
        parse_query(request, path + n + 1);
}

/* --- headers ---------------------------------------------------------------------------------- */

/* "Bearer TOKEN"; another scheme is no login of ours. */
static bool take_authorization(struct http_request *request, const char *value)
{
    if (strncasecmp(value, "Bearer ", 7) != 0)
        return true;
    value += 7;
    value += strspn(value, " ");
    size_t n =
        strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");
    if (n == 0 || n > TOKEN_MAX || value[n])
        return false;
    request->api.token = arena_strdup(request->api.arena, value);
    return true;
}

static bool take_key(struct http_request *request, const char *value)
{
    size_t n = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    if (n == 0 || n > KEY_MAX || value[n])
        return false;
    request->api.idempotency_key = arena_strdup(request->api.arena, value);
    return true;
}

/* 5 or "5". */
static bool take_if_match(struct http_request *request, const char *value)
{
    size_t n = strlen(value);
    bool quoted = n >= 2 && value[0] == '"' && value[n - 1] == '"';
    const char *digits = quoted ? arena_strndup(request->api.arena, value + 1, n - 2) : value;
    return request_integer(digits, &request->api.if_match);
}

/* application/json, alone or with charset=utf-8. */
static bool take_content_type(struct http_request *request, const char *value)
{
    static const char json[] = "application/json";
    size_t n = sizeof json - 1;
    if (strncasecmp(value, json, n) == 0) {
        const char *rest = value + n + strspn(value + n, " \t");
        if (*rest == ';')
            rest += 1 + strspn(rest + 1, " \t");
        request->body_is_json = !*rest || strcasecmp(rest, "charset=utf-8") == 0 ||
                                strcasecmp(rest, "charset=\"utf-8\"") == 0;
    }
    return true;
}

/* Too long a number is left to the limit of the body, which no body of that size can meet. */
static bool take_content_length(struct http_request *request, const char *value)
{
    if (!request_integer(value, &request->content_length))
        request->content_length = INT64_MAX;
    return true;
}

/* libmicrohttpd knows "chunked" only, and would read anything else up to the end of the stream. */
static bool take_transfer_encoding(struct http_request *request, const char *value)
{
    (void)request;
    return strcasecmp(value, "chunked") == 0;
}

static bool take_expect(struct http_request *request, const char *value)
{
    request->expects_continue = strcasecmp(value, "100-continue") == 0;
    return true;
}

/* A weight as thousandths: "0.8" gives 800, nothing understandable 0. */
static int parse_weight(const char *s)
{
    int sum = *s == '1' ? 1000 : 0;
    if (sum == 0 && s[0] == '0' && s[1] == '.')
        for (int i = 2, unit = 100; s[i] >= '0' && s[i] <= '9' && unit; i++, unit /= 10)
            sum += (s[i] - '0') * unit;
    return sum;
}

/* The better liked of the two languages there are; Chinese when it is all the same. */
static bool take_accept_language(struct http_request *request, const char *value)
{
    int zh = 0, en = 0;
    while (*value) {
        value += strspn(value, " \t,");
        size_t n = strcspn(value, ",");
        const char *semicolon = memchr(value, ';', n);
        const char *q = semicolon ? semicolon + 1 + strspn(semicolon + 1, " \t") : "";
        int weight = strncmp(q, "q=", 2) == 0 ? parse_weight(q + 2) : 1000;
        if (strncasecmp(value, "zh", 2) == 0 && weight > zh)
            zh = weight;
        if (strncasecmp(value, "en", 2) == 0 && weight > en)
            en = weight;
        value += n;
    }
    request->api.language = en > zh ? LANGUAGE_EN : LANGUAGE_ZH;
    return true;
}

/* What nobody may vouch for is ignored, whatever it says. */
static bool take_forwarded(struct http_request *request, const char *value)
{
    origin_forwarded(&request->origin, value);
    return true;
}

static bool take_id(struct http_request *request, const char *value)
{
    origin_take_id(&request->origin, value);
    return true;
}

/* The headers that matter. One that may come once only must not come twice: two readers of such a
 * request could each believe another one. */
static const struct header {
    const char *name;
    bool once;
    bool frames; /* says where the body ends */
    bool (*take)(struct http_request *request, const char *value);
} headers[] = {
    {"Accept-Language", false, false, take_accept_language},
    {"Authorization", true, false, take_authorization},
    {"Content-Length", true, true, take_content_length},
    {"Content-Type", true, false, take_content_type},
    {"Expect", false, false, take_expect},
    {"Idempotency-Key", true, false, take_key},
    {"If-Match", true, false, take_if_match},
    {"Transfer-Encoding", true, true, take_transfer_encoding},
    {"X-Forwarded-For", false, false, take_forwarded},
    {"X-Request-Id", false, false, take_id},
};
enum { HEADER_COUNT = sizeof headers / sizeof headers[0] };

struct header_walk {
    struct http_request *request;
    unsigned seen;   /* bits by index in `headers` */
    unsigned frames; /* headers that frame the body: one at most */
};

static enum MHD_Result take_header(void *user, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct header_walk *walk = user;
    (void)kind;
    for (unsigned i = 0; i < HEADER_COUNT; i++) {
        if (strcasecmp(name, headers[i].name) != 0)
            continue;
        bool again = headers[i].once && walk->seen & 1u << i;
        walk->seen |= 1u << i;
        bool bad = again || !headers[i].take(walk->request, value ? value : "");
        if (headers[i].frames && (bad || ++walk->frames > 1))
            walk->request->unframed = bad = true;
        if (bad)
            request_refuse(walk->request, PROBLEM_MALFORMED, headers[i].name);
    }
    return MHD_YES;
}

/* A method as a problem may show it: some are not even text. */
static const char *readable_method(struct http_request *request, const char *method)
{
    size_t n = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
    return n <= 20 && !method[n] ? arena_strdup(request->api.arena, method) : "?";
}

void request_parse(struct http_request *request, const char *method)
{
    struct api_request *api = &request->api;
    parse_target(request);
    struct header_walk walk = {.request = request};
    (void)MHD_get_connection_values(request->connection, MHD_HEADER_KIND, take_header, &walk);
    api->id = request->origin.id;
    api->address = request->origin.network;
    if (strcmp(method, "GET") == 0) {
        api->method = API_GET;
    } else if (strcmp(method, "POST") == 0) {
        api->method = API_POST;
    } else if (strcmp(method, "DELETE") == 0) {
        api->method = API_DELETE;
    } else {
        api->allow = "GET, POST, DELETE";
        request_refuse(request, PROBLEM_METHOD, readable_method(request, method));
    }
}
