/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/small_city.h"
#include "core/clock.h"
#include "platform/store/store.h"
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { HALL = 10, WATER = 11 };

static const struct {
    const char *login;
    enum role role;
    int64_t unit_id;
} PEOPLE[SMALL_PEOPLE] = {
    [SMALL_OPERATOR] = {"operator", ROLE_OPERATOR, HALL},
    [SMALL_DISPATCHER] = {"dispatcher", ROLE_DISPATCHER, HALL},
    [SMALL_HANDLER] = {"handler", ROLE_HANDLER, WATER},
    [SMALL_SUPERVISOR] = {"supervisor", ROLE_SUPERVISOR, HALL},
    [SMALL_AUDITOR] = {"auditor", ROLE_AUDITOR, HALL},
};

const char *const small_tokens[SMALL_PEOPLE] = {"token-of-the-operator", "token-of-the-dispatcher",
                                                "token-of-the-handler", "token-of-the-supervisor",
                                                "token-of-the-auditor"};

/* --- making ----------------------------------------------------------------------------------- */

static enum status put_person(struct db *db, size_t i, int64_t now)
{
    enum { DAY_MS = 86400000 };
    const struct account account = {.id = (int64_t)i + 1,
                                    .login = PEOPLE[i].login,
                                    .name = PEOPLE[i].login,
                                    .password_hash = "none",
                                    .roles = BIT(PEOPLE[i].role),
                                    .unit_id = PEOPLE[i].unit_id,
                                    .language = LANGUAGE_EN,
                                    .password_at = now};
    const struct session session = {.id = store_new_id(db, now),
                                    .account_id = account.id,
                                    .created_at = now,
                                    .issued_at = now,
                                    .seen_at = now,
                                    .expires_at = now + INT64_C(365) * DAY_MS};
    unsigned char hash[HASH_SIZE];
    crypto_generichash(hash, HASH_SIZE, (const unsigned char *)small_tokens[i],
                       strlen(small_tokens[i]), NULL, 0);
    enum status st = store_account_put(db, &account, true);
    return st ? st : store_session_put(db, hash, &session, 100, INT64_C(365) * DAY_MS);
}

static enum status make(struct db *db, void *user)
{
    static const struct region REGIONS[] = {
        {"420281", "大冶市", 0}, {"420281001", "东岳路街道", 1}, {"420281001002", "湖滨社区", 2}};
    static const struct unit UNITS[] = {{HALL, 0, "热线办", "office", "/10/", ""},
                                        {WATER, 0, "水务局", "department", "/11/", ""}};
    static const struct category CATEGORIES[] = {
        {.code = "01", .name = "城乡建设", .industry = ""},
        {.code = "0101", .name = "供水", .industry = ""},
        {.code = "010101", .name = "停水", .industry = "", .vital = true}};
    static const struct channel CHANNEL = {"hotline", "热线", "all"};
    const int64_t *now = user;
    enum status st = store_meta_set(db, "city_name", "小城");
    for (size_t i = 0; i < sizeof REGIONS / sizeof REGIONS[0] && !st; i++)
        st = store_region_put(db, &REGIONS[i]);
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0] && !st; i++)
        st = store_unit_put(db, &UNITS[i]);
    for (size_t i = 0; i < sizeof CATEGORIES / sizeof CATEGORIES[0] && !st; i++)
        st = store_category_put(db, &CATEGORIES[i]);
    if (!st)
        st = store_channel_put(db, &CHANNEL);
    for (size_t i = 0; i < SMALL_PEOPLE && !st; i++)
        st = put_person(db, i, *now);
    return st;
}

enum status small_city_make(const char *path, struct error *err)
{
    struct store *store;
    int64_t now = clock_now_ms();
    enum status st = store_open(path, &store, err);
    if (st)
        return st;
    st = store_write_wait(store, make, &now);
    store_close(store);
    return st ? error_set(err, st, "the small city was not made: %s", status_name(st)) : ST_OK;
}

/* --- asking ----------------------------------------------------------------------------------- */

struct answered {
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool done;
};

static void on_done(void *user)
{
    struct answered *a = user;
    pthread_mutex_lock(&a->lock);
    a->done = true;
    pthread_cond_signal(&a->told);
    pthread_mutex_unlock(&a->lock);
}

struct small_answer small_ask(struct api *api, enum small_person who, enum api_method method,
                              const char *path, const char *key, int64_t version, const char *body)
{
    struct small_answer answer = {.version = -1};
    struct arena *arena = arena_new();
    if (!arena)
        return answer;
    struct api_request request = {.arena = arena,
                                  .method = method,
                                  .path = path,
                                  .token = small_tokens[who],
                                  .idempotency_key = key,
                                  .if_match = version,
                                  .language = LANGUAGE_EN,
                                  .body = body,
                                  .body_length = body ? strlen(body) : 0};
    struct answered a = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    if (!api_run(api, &request, on_done, &a)) {
        pthread_mutex_lock(&a.lock);
        while (!a.done)
            pthread_cond_wait(&a.told, &a.lock);
        pthread_mutex_unlock(&a.lock);
        api_complete(&request);
    }
    cJSON *json = request.answer_length ? json_parse(request.answer, request.answer_length) : NULL;
    answer.status = request.http_status;
    answer.version = request.etag;
    answer.id = json_int(json, "id", 0);
    if (request.is_problem)
        (void)snprintf(answer.type, sizeof answer.type, "%s", json_text(json, "type", ""));
    cJSON_Delete(json);
    arena_free(arena);
    return answer;
}

struct small_answer small_appeal(struct api *api, const char *key, const char *words)
{
    char body[512];
    (void)snprintf(body, sizeof body,
                   "{\"channel\":\"hotline\",\"kind\":\"complaint\",\"phone\":\"13800005678\","
                   "\"name\":\"赵小川\",\"region\":\"420281001002\",\"place_text\":\"湖滨路\","
                   "\"category\":\"010101\",\"words\":\"%s\",\"next\":\"dispatch\"}",
                   words);
    return small_ask(api, SMALL_OPERATOR, API_POST, "/appeals", key, -1, body);
}

struct small_answer small_step(struct api *api, int step, int64_t order, int64_t version,
                               const char *key)
{
    static const struct {
        enum small_person who;
        const char *action, *body;
    } STEPS[SMALL_STEPS] = {[1] = {SMALL_DISPATCHER, "dispatch", "{\"unit\":11}"},
                            [2] = {SMALL_HANDLER, "sign", ""},
                            [3] = {SMALL_HANDLER, "handle", "{\"result\":\"已派人到现场。\"}"},
                            [4] = {SMALL_HANDLER, "reply", "{\"reply\":\"已恢复供水。\"}"}};
    char path[96];
    (void)snprintf(path, sizeof path, "/orders/%lld/actions/%s", (long long)order,
                   STEPS[step].action);
    return small_ask(api, STEPS[step].who, API_POST, path, key, version,
                     *STEPS[step].body ? STEPS[step].body : NULL);
}
