/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A demonstration city of its own, asked through api/ in process, for tests. Beside the demo's
 * accounts: dispatcher9 sees only what waits for dispatch, handler9 is the handler and an analyst.
 */
#ifndef TESTS_UNIT_PLATFORM_API_H
#define TESTS_UNIT_PLATFORM_API_H

#include "core/clock.h"
#include "core/json.h"
#include "platform/api/api.h"
#include "platform/demo/demo.h"
#include "platform/store/store.h"
#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct api *api;
static char directory[64], path[96];

/* One request and its parsed answer. */
struct answer {
    struct arena *arena;
    int status;
    cJSON *json;
    int64_t etag;
};
struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
};

static inline void on_done(void *user)
{
    struct waiting *w = user;
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static inline const char *get_part(char *text, const char *separator, char **rest)
{
    char *end = text + strcspn(text, separator);
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return text;
}

/* `target` is "PATH?name=value&…"; key "" makes a fresh one, NULL sends none. */
static inline struct answer ask(enum api_method method, const char *target, const char *token,
                                const char *key, int64_t version, const char *body)
{
    static int keys;
    struct answer answer = {.arena = arena_new()};
    struct api_request request = {.arena = answer.arena,
                                  .method = method,
                                  .token = token,
                                  .idempotency_key = key,
                                  .if_match = version,
                                  .language = LANGUAGE_EN,
                                  .body = body,
                                  .body_length = body ? strlen(body) : 0};
    const char *names[16], *values[16];
    char *rest, *copy = arena_strdup(answer.arena, target);
    request.path = get_part(copy, "?", &rest);
    while (*rest) {
        char *value, *next, *pair = rest;
        (void)get_part(pair, "&", &next);
        names[request.query_count] = get_part(pair, "=", &value);
        values[request.query_count++] = value;
        rest = next;
    }
    request.query_names = names;
    request.query_values = values;
    if (key && !*key)
        request.idempotency_key = arena_printf(answer.arena, "key-%d", ++keys);
    struct waiting w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    if (!api_run(api, &request, on_done, &w)) {
        pthread_mutex_lock(&w.lock);
        while (!w.done)
            pthread_cond_wait(&w.changed, &w.lock);
        pthread_mutex_unlock(&w.lock);
        api_complete(&request);
    }
    answer.status = request.http_status;
    answer.etag = request.etag;
    answer.json = request.answer_length ? json_parse(request.answer, request.answer_length) : NULL;
    if (request.answer_length)
        assert_non_null(answer.json);
    return answer;
}

static inline void drop(struct answer *answer)
{
    cJSON_Delete(answer->json);
    arena_free(answer->arena);
    *answer = (struct answer){0};
}

static inline struct answer get(const char *target, const char *token)
{
    return ask(API_GET, target, token, NULL, -1, NULL);
}

static inline const char *token_of(const char *login)
{
    static struct {
        char login[32], token[64];
    } kept[16];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(kept[i].login, login) == 0)
            return kept[i].token;
    char body[128];
    snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"minqing-demo\"}", login);
    struct answer a = ask(API_POST, "/sessions", NULL, NULL, -1, body);
    assert_int_equal(a.status, 201);
    snprintf(kept[count].login, sizeof kept[count].login, "%s", login);
    snprintf(kept[count].token, sizeof kept[count].token, "%s", json_text(a.json, "token", ""));
    drop(&a);
    return kept[count++].token;
}

static inline void expect_problem(struct answer *a, int status, const char *type, const char *field)
{
    if (a->status != status || strcmp(json_text(a->json, "type", ""), type) != 0)
        print_error("%d %s: %s\n", a->status, json_text(a->json, "type", "?"),
                    json_text(a->json, "title", "?"));
    assert_int_equal(a->status, status);
    assert_string_equal(json_text(a->json, "type", ""), type);
    assert_true(strlen(json_text(a->json, "title", "")) > 5);
    if (field)
        assert_string_equal(json_text(a->json, "field", ""), field);
    drop(a);
}

static char place[32], category[32];

#define WORDS "家里停水两天，我的电话13812345678，身份证420281199001011234。"

/* An appeal with these members changed or added ("\"words\":\"…\""); the order is dispatched next.
 */
static inline struct answer take(const char *key, const char *extra)
{
    char body[2048];
    snprintf(body, sizeof body,
             "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13800005678\","
             "\"name\":\"赵小川\",\"place\":%s,\"category\":\"%s\",\"next\":\"dispatch\"%s%s}",
             place, category, *extra ? "," : "", extra);
    return ask(API_POST, "/appeals", token_of("operator"), key, -1, body);
}

static inline struct answer act(const char *login, int64_t order, const char *action,
                                int64_t version, const char *key, const char *body)
{
    char target[96];
    snprintf(target, sizeof target, "/orders/%lld/actions/%s", (long long)order, action);
    return ask(API_POST, target, token_of(login), key, version, body);
}

static inline int64_t fresh_order(int64_t *version)
{
    struct answer a = take("", "\"words\":\"" WORDS "\"");
    assert_int_equal(a.status, 201);
    int64_t id = json_int(a.json, "id", 0);
    *version = json_int(a.json, "version", 0);
    drop(&a);
    return id;
}

static inline int64_t count_all(void)
{
    struct answer a = get("/board?by=state", token_of("supervisor"));
    int64_t count = json_int(cJSON_GetObjectItem(a.json, "totals"), "total", -1);
    drop(&a);
    return count;
}

/* Changes the city behind the platform's back. */
static inline void tamper(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* --- the city --------------------------------------------------------------------------------- */

/* An account like another, with other rights. */
static inline enum status add_account(struct db *db, struct arena *arena, const char *like,
                                      int64_t id, const char *login, uint32_t roles)
{
    struct account *account = store_account_by_login(db, like, arena);
    if (!account)
        return ST_NOT_FOUND;
    account->id = id;
    account->login = login;
    account->roles |= roles;
    return store_account_put(db, account, true);
}

static inline enum status add_accounts(struct db *db, void *user)
{
    (void)user;
    struct arena *arena = arena_new();
    const struct scope_row waits = {9001, SCOPE_STATE, "to_dispatch"};
    enum status st = add_account(db, arena, "dispatcher", 9001, "dispatcher9", 0);
    if (!st)
        st = store_scope_put(db, &waits);
    if (!st)
        st = add_account(db, arena, "handler", 9002, "handler9", BIT(ROLE_ANALYST));
    arena_free(arena);
    return st;
}

static inline int set_up(void **state)
{
    (void)state;
    struct error err;
    struct store *store;
    snprintf(directory, sizeof directory, "/tmp/minqing-api-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/city.db", directory);
    if (clock_init(NULL, &err) || store_open(path, &store, &err))
        return -1;
    enum status st = demo_city_make(store, NULL, &err);
    if (!st)
        st = store_write_wait(store, add_accounts, NULL);
    store_close(store);
    struct api_options options = {.database = path};
    if (st || api_open(&options, &api, &err)) {
        print_error("%s\n", err.message);
        return -1;
    }
    struct answer a = get("/addresses/complete?q=碧桂园&limit=5", token_of("operator"));
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(a.json, "items"))
    {
        if (json_int(item, "id", 0))
            snprintf(place, sizeof place, "%lld", (long long)json_int(item, "id", 0));
    }
    drop(&a);
    a = get("/categories?q=停水", token_of("operator"));
    item = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "items"), 0);
    snprintf(category, sizeof category, "%s", json_text(item, "code", ""));
    drop(&a);
    return *place && *category ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    api_close(api);
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", ".key"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char file[112];
        snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
        unlink(file);
    }
    return rmdir(directory);
}

#endif
