/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests made of the bytes, on a demonstration city of its own: always an answer that is JSON,
 * never 500, a refusal always says why, and a refused action changes nothing. */
#include "core/clock.h"
#include "core/text.h"
#include "platform/api/api.h"
#include "platform/demo/demo.h"
#include "platform/domain/lifecycle.h"
#include "tests/fuzz/fuzz.h"
#include <inttypes.h>
#include <locale.h>
#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

static const char *const logins[] = {"operator",   "dispatcher", "handler",   "callback",
                                     "supervisor", "conference", "analyst",   "librarian",
                                     "auditor",    "admin",      "n_economy", "handler2"};
enum { LOGINS = sizeof logins / sizeof logins[0], ORDERS_MAX = 200, QUERY_MAX = 8 };

static struct api *api;
static char directory[256], database[300], tokens[LOGINS][64];
static int64_t orders[ORDERS_MAX];
static size_t order_count;

/* --- one request ------------------------------------------------------------------------------ */

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
};

static void on_done(void *user)
{
    struct waiting *w = user;
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

/* The answer's JSON, NULL for none; the caller deletes it. */
static cJSON *ask(struct api_request *request)
{
    struct waiting w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    if (!api_run(api, request, on_done, &w)) {
        pthread_mutex_lock(&w.lock);
        while (!w.done)
            pthread_cond_wait(&w.changed, &w.lock);
        pthread_mutex_unlock(&w.lock);
        api_complete(request);
    }
    cJSON *json = NULL;
    if (request->answer_length) {
        json = json_parse(request->answer, request->answer_length);
        HOLDS(json);
    }
    int status = request->http_status;
    HOLDS(status >= 200 && status < 600 && status != 500);
    HOLDS(request->is_problem == (status >= 400));
    if (request->is_problem) {
        const char *type = json_text(json, "type", "");
        HOLDS(*type && *json_text(json, "title", ""));
        HOLDS(json_int(json, "status", 0) == status);
        HOLDS(strncmp(type, "field-", 6) != 0 || json_text(json, "field", NULL));
    }
    return json;
}

/* The order's version; `*action` (may be NULL) gets one of the actions that are possible now. */
static int64_t look_at(struct arena *arena, int64_t order, const char *token, size_t pick,
                       const struct action_schema **action)
{
    struct api_request request = {.arena = arena,
                                  .path = arena_printf(arena, "/orders/%" PRId64, order),
                                  .token = token,
                                  .if_match = -1};
    cJSON *json = ask(&request);
    const cJSON *actions = cJSON_GetObjectItem(json, "actions");
    int count = cJSON_GetArraySize(actions);
    if (action && count > 0)
        *action =
            action_find(json_text(cJSON_GetArrayItem(actions, (int)pick % count), "name", ""));
    cJSON_Delete(json);
    return request.etag;
}

static int64_t version_of(struct arena *arena, int64_t order)
{
    return look_at(arena, order, tokens[4], 0, NULL);
}

/* --- the city --------------------------------------------------------------------------------- */

static void remove_city(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock", ".key"};
    char path[320];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", database, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
}

static void make_city(void)
{
    const char *tmp = getenv("TMPDIR");
    struct store *store;
    struct error err;
    (void)snprintf(directory, sizeof directory, "%s/minqing-fuzz-XXXXXX", tmp ? tmp : "/tmp");
    HOLDS(mkdtemp(directory));
    (void)snprintf(database, sizeof database, "%s/city.db", directory);
    (void)atexit(remove_city);
    HOLDS(!clock_init("start=2026-11-18T09:00:00+08:00,scale=0", &err) && sodium_init() >= 0);
    HOLDS(!store_open(database, &store, &err));
    HOLDS(!demo_city_make(store, NULL, &err));
    store_close(store);
    struct api_options options = {.database = database};
    HOLDS(!api_open(&options, &api, &err));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    (void)setlocale(LC_ALL, "C.UTF-8");
    make_city();
    struct arena *arena = arena_new();
    for (size_t i = 0; i < LOGINS; i++) {
        const char *body =
            arena_printf(arena, "{\"login\":\"%s\",\"password\":\"%s\"}", logins[i], demo_password);
        struct api_request request = {.arena = arena,
                                      .method = API_POST,
                                      .path = "/sessions",
                                      .if_match = -1,
                                      .body = body,
                                      .body_length = strlen(body)};
        cJSON *json = ask(&request);
        (void)snprintf(tokens[i], sizeof tokens[i], "%s", json_text(json, "token", ""));
        cJSON_Delete(json);
    }
    const char *names[] = {"limit"}, *values[] = {"200"};
    struct api_request request = {.arena = arena,
                                  .path = "/orders",
                                  .token = tokens[4],
                                  .if_match = -1,
                                  .query_count = 1,
                                  .query_names = names,
                                  .query_values = values};
    cJSON *json = ask(&request);
    const cJSON *row;
    cJSON_ArrayForEach(row, cJSON_GetObjectItem(json, "items")) orders[order_count++] =
        json_int(row, "id", 0);
    HOLDS(order_count > 50);
    cJSON_Delete(json);
    arena_free(arena);
    return 0;
}

/* --- bytes as a request ----------------------------------------------------------------------- */

struct bytes {
    const uint8_t *data;
    size_t size;
};

static size_t next(struct bytes *b, size_t below)
{
    if (b->size == 0)
        return 0;
    b->size--;
    return *b->data++ % below;
}

static const char *const paths[] = {
    "/orders",           "/orders/*", "/orders/*/events",
    "/orders/*/why",     "/board",    "/queues",
    "/bulletin",         "/me",       "/units",
    "/categories",       "/actions",  "/addresses/complete",
    "/suggestions/unit",
};
static const char *const query_names[] = {"view", "after",  "limit",  "state", "category",
                                          "unit", "lead",   "card",   "of",    "action",
                                          "by",   "before", "region", "q",     "place"};
/* The members of an intake and of the other bodies, with good values. */
static const char *const members[][2] = {
    {"channel", "\"hotline12345\""},
    {"kind", "\"help\""},
    {"category", "\"010101\""},
    {"words", "\"停水三天，电话13812345678\""},
    {"next", "\"dispatch\""},
    {"region", "\"420281003001\""},
    {"place", "null"},
    {"phone", "\"13812345678\""},
    {"name", "\"赵小川\""},
    {"answer", "null"},
    {"reason", "null"},
    {"place_text", "\"塔下\""},
    {"source_no", "null"},
    {"source_deadline", "\"2026-11-30T17:30:00+08:00\""},
    {"urgent", "true"},
};
/* Values that are right somewhere. */
static const char *const values[] = {
    "true",
    "false",
    "0",
    "1",
    "-1",
    "201",
    "102",
    "99",
    "1e300",
    "\"\"",
    "\"停水三天\"",
    "null",
    "[201,102]",
    "[102]",
    "\"2026-12-15\"",
    "\"2026-11-30T17:30:00+08:00\"",
    "\"hotline12345\"",
    "\"complaint\"",
    "\"dispatch\"",
    "\"420281003001\"",
    "\"010101\"",
    "\"wrong_place\"",
    "\"moved\"",
    "\"notice\"",
    "\"solved\"",
    "\"keep\"",
    "{}",
    "\"261118-0065-6\"",
    "\"13812345678\"",
    "5",
    "100001",
};
#define PICK(b, array) (array)[next(b, sizeof(array) / sizeof(array)[0])]

static const char *add_member(struct arena *arena, const char *body, const char *name,
                              const char *value)
{
    return arena_printf(arena, "%s%s\"%s\":%s", body, *body ? "," : "", name, value);
}

/* A value that the field takes. */
static const char *good_value(struct bytes *b, struct arena *arena, const struct field_spec *spec)
{
    size_t count = 0;
    switch (spec->type) {
    case FIELD_BOOL:
        return next(b, 2) ? "false" : "true";
    case FIELD_INT:
        return next(b, 2) ? "1" : "3";
    case FIELD_DATE:
        return "\"2026-12-15\"";
    case FIELD_UNIT:
        return next(b, 2) ? "102" : "201";
    case FIELD_UNITS:
        return next(b, 2) ? "[102]" : "[]";
    case FIELD_ORDER:
        return arena_printf(arena, "\"%" PRId64 "\"", orders[next(b, order_count)]);
    case FIELD_CHOICE:
        while (spec->choices[count].name)
            count++;
        return arena_printf(arena, "\"%s\"", spec->choices[next(b, count)].name);
    default:
        return "\"理由：13812345678\"";
    }
}

/* A body with the fields of the action (NULL: of an intake), most of them as they should be. */
static void make_body(struct bytes *b, struct api_request *request,
                      const struct action_schema *action)
{
    const char *body = "";
    size_t count = action ? action->field_count : sizeof members / sizeof members[0];
    for (size_t i = 0; i < count; i++) {
        const char *name = action ? action->fields[i].name : members[i][0];
        const char *value =
            action ? good_value(b, request->arena, &action->fields[i]) : members[i][1];
        size_t way = next(b, 8);
        if (way != 7)
            body = add_member(request->arena, body, name, way == 6 ? PICK(b, values) : value);
    }
    if (next(b, 16) == 1)
        body = add_member(request->arena, body, PICK(b, query_names), PICK(b, values));
    body = arena_printf(request->arena, "{%s}", body);
    request->body = body;
    request->body_length = strlen(body);
}

static void make_query(struct bytes *b, struct api_request *request)
{
    request->query_names = arena_alloc(request->arena, QUERY_MAX * sizeof(char *));
    request->query_values = arena_alloc(request->arena, QUERY_MAX * sizeof(char *));
    for (size_t n = next(b, 4); request->query_count < n; request->query_count++) {
        request->query_names[request->query_count] = PICK(b, query_names);
        const char *value = PICK(b, values);
        if (next(b, 2)) { /* a text of the bytes themselves, as http would have decoded it */
            size_t length = next(b, 24);
            length = length < b->size ? length : b->size;
            value = arena_strndup(request->arena, (const char *)b->data, length);
            b->data += length;
            b->size -= length;
            value = utf8_valid(value, strlen(value)) ? value : "";
        } else if (*value == '"') {
            value = arena_strndup(request->arena, value + 1, strlen(value) - 2);
        }
        request->query_values[request->query_count] = value;
    }
}

/* What is left of the bytes, as they are: the end of a path, or a body. */
static const char *rest_as_path(struct bytes *b, struct arena *arena)
{
    const char *text = arena_strndup(arena, (const char *)b->data, b->size);
    b->size = 0;
    return arena_printf(arena, "/%s", utf8_valid(text, strlen(text)) ? text : "");
}

static void make_request(struct bytes *b, struct api_request *request, int64_t order)
{
    size_t kind = next(b, 8), pick = next(b, action_count());
    const struct action_schema *action = action_at(pick);
    if (kind < 2)
        (void)look_at(request->arena, order, request->token, pick, &action);
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRId64, order);
    request->method = kind < 5 ? API_POST : API_GET;
    if (kind < 3) {
        request->path = arena_printf(request->arena, "/orders/%s/actions/%s", number, action->name);
        make_body(b, request, action);
    } else if (kind == 3) {
        request->path = next(b, 4) ? "/appeals" : "/callers/lookup";
        make_body(b, request, NULL);
    } else if (kind == 4) {
        request->path = next(b, 2) ? arena_printf(request->arena, "/orders/%s/reveal", number)
                                   : arena_printf(request->arena, "/orders/%s/actions/%s", number,
                                                  action->name);
        request->body = (const char *)b->data;
        request->body_length = b->size;
    } else if (kind < 7) {
        const char *path = PICK(b, paths), *star = strchr(path, '*');
        request->path =
            star ? arena_printf(request->arena, "/orders/%s%s", number, star + 1) : path;
        make_query(b, request);
    } else {
        request->method = next(b, 2) ? API_GET : API_POST;
        request->path = rest_as_path(b, request->arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned keys;
    struct bytes b = {data, size};
    struct arena *arena = arena_new();
    int64_t order = orders[next(&b, order_count)], before = version_of(arena, order);
    size_t login = next(&b, LOGINS + 1), key = next(&b, 8);
    struct api_request request = {.arena = arena,
                                  .token = login < LOGINS ? tokens[login] : "AAAAAAAAAAAAAAAAAAAA",
                                  .language = next(&b, 2) ? LANGUAGE_EN : LANGUAGE_ZH};
    request.if_match = next(&b, 8) ? before : (int64_t)next(&b, 256) - 1;
    if (key)
        request.idempotency_key =
            key == 1 ? "always-the-same" : arena_printf(arena, "key-%u", ++keys);
    make_request(&b, &request, order);
    cJSON *json = ask(&request);
    bool changed = version_of(arena, order) != before;
    HOLDS(!changed || (request.http_status < 300 && request.method == API_POST));
    HOLDS(!changed || request.if_match == before);
    cJSON_Delete(json);
    arena_free(arena);
    return 0;
}
