/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change feed without HTTP: who shares a frame, what it tells, and when all is read again. */
#include "platform/api/cursor.h"
#include "platform/domain/views.h"
#include "tests/unit/platform_api.h"

/* --- a watcher -------------------------------------------------------------------------------- */

struct watcher {
    const char *login;
    struct watch *watch;
    char cursor[API_CURSOR_SIZE];
    int64_t counts[32], reds[32]; /* by view, as told; -1 never */
    size_t frames, items;
    bool over;
};

static int64_t account_of(const char *login)
{
    enum language language;
    return api_session(api, token_of(login), &language);
}

static void cursor_of(const char *login, char out[API_CURSOR_SIZE])
{
    struct answer a = get("/me", token_of(login));
    snprintf(out, API_CURSOR_SIZE, "%s", json_text(a.json, "cursor", ""));
    drop(&a);
}

static const struct keys *own_keys(void)
{
    static struct keys keys;
    char file[sizeof path + 8];
    snprintf(file, sizeof file, "%s.key", path);
    assert_int_equal(keys_load(file, &keys, NULL), ST_OK);
    return &keys;
}

static struct cursor opened(const char *text)
{
    struct cursor cursor;
    assert_true(cursor_open(own_keys(), text, &cursor));
    return cursor;
}

static int64_t seq_of(const char *text)
{
    return opened(text).seq;
}

static struct watcher watch_from(const char *login, const char *cursor)
{
    struct watcher w = {.login = login};
    for (int i = 0; i < 32; i++)
        w.counts[i] = w.reds[i] = -1;
    assert_int_equal(api_watch(api, account_of(login), cursor, FRAME_PLAIN, false, &w.watch),
                     PROBLEM_NONE);
    return w;
}

static struct watcher watch_now(const char *login)
{
    char cursor[API_CURSOR_SIZE];
    cursor_of(login, cursor);
    return watch_from(login, cursor);
}

static void rounds(void)
{
    enum api_round done;
    while ((done = api_feed_round(api)) == API_ROUND_MORE)
        ;
    assert_int_equal(done, API_ROUND_DONE);
}

static void note_queues(struct watcher *w, const cJSON *frame)
{
    const cJSON *queue;
    cJSON_ArrayForEach(queue, cJSON_GetObjectItem(frame, "queues"))
    {
        size_t i = 0;
        while (strcmp(view_at(i)->name, json_text(queue, "name", "")) != 0)
            i++;
        w->counts[i] = json_int(queue, "count", -1);
        w->reds[i] = json_int(queue, "red", -1);
    }
}

/* The next frame's JSON, NULL none. */
static cJSON *next_json(struct watcher *w)
{
    size_t length;
    struct feed_frame *frame = api_watch_next(w->watch, &w->over);
    if (!frame)
        return NULL;
    const char *text = api_frame_text(frame, &length);
    cJSON *json = json_parse(text, length);
    assert_non_null(json);
    w->frames++;
    w->items += (size_t)cJSON_GetArraySize(cJSON_GetObjectItem(json, "items"));
    if (!w->over) {
        snprintf(w->cursor, sizeof w->cursor, "%s", json_text(json, "cursor", ""));
        note_queues(w, json);
    }
    api_frame_release(frame);
    return json;
}

static void hear_all(struct watcher *w)
{
    cJSON *json;
    while (!w->over && (json = next_json(w)))
        cJSON_Delete(json);
}

static void end(struct watcher *w)
{
    api_watch_end(w->watch);
    w->watch = NULL;
}

/* The only item of the next frame. */
static cJSON *only_item(struct watcher *w)
{
    cJSON *json = next_json(w);
    cJSON *items = cJSON_DetachItemFromObject(json, "items");
    assert_int_equal(cJSON_GetArraySize(items), 1);
    cJSON *item = cJSON_DetachItemFromArray(items, 0);
    cJSON_Delete(items);
    cJSON_Delete(json);
    return item;
}

static int64_t dispatch(int64_t id, int64_t version)
{
    struct answer a = act("dispatcher", id, "dispatch", version, "", "{\"unit\":201}");
    assert_int_equal(a.status, 200);
    version = json_int(a.json, "version", 0);
    drop(&a);
    return version;
}

/* --- the rules -------------------------------------------------------------------------------- */

static void who_sees_the_same_gets_the_same_frame(void **state)
{
    bool over;
    size_t n;
    (void)state;
    struct watcher one = watch_now("operator"), two = watch_now("operator2");
    struct watcher other = watch_now("dispatcher");
    rounds();
    hear_all(&one), hear_all(&two), hear_all(&other);
    int64_t version, id = fresh_order(&version);
    assert_false(api_watch_has(one.watch));
    rounds();
    assert_true(api_watch_has(one.watch) && api_watch_has(two.watch));
    struct feed_frame *a = api_watch_next(one.watch, &over), *b = api_watch_next(two.watch, &over);
    struct feed_frame *c = api_watch_next(other.watch, &over);
    assert_non_null(a);
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    assert_true(strstr(api_frame_text(a, &n), "\"items\":[{\"id\":") != NULL);
    assert_true(strtoll(strstr(api_frame_text(c, &n), "\"id\":") + 5, NULL, 10) == id);
    assert_null(api_watch_next(two.watch, &over));
    api_frame_release(a), api_frame_release(b), api_frame_release(c);
    end(&one), end(&two), end(&other);
}

static void what_the_person_took_is_counted_for_the_person_alone(void **state)
{
    size_t mine = 0;
    (void)state;
    while (!view_is_personal(view_at(mine)))
        mine++;
    struct watcher one = watch_now("operator"), two = watch_now("operator2");
    rounds();
    hear_all(&one), hear_all(&two);
    int64_t version;
    int64_t before = one.counts[mine], others = two.counts[mine];
    (void)fresh_order(&version); /* by operator */
    rounds();
    hear_all(&one), hear_all(&two);
    struct answer a = get("/queues", token_of("operator"));
    const cJSON *queue;
    cJSON_ArrayForEach(queue, cJSON_GetObjectItem(a.json, "items"))
    {
        if (strcmp(json_text(queue, "name", ""), "mine") == 0)
            assert_int_equal(json_int(queue, "count", -2), one.counts[mine]);
    }
    drop(&a);
    assert_true(one.counts[mine] > 0);
    assert_true(one.counts[mine] == before + 1);
    assert_int_equal(two.counts[mine], others);
    assert_int_equal(two.frames, 2); /* all counts, and the order */
    end(&one), end(&two);
}

static void what_leaves_the_scope_is_gone_and_nothing_else(void **state)
{
    (void)state;
    int64_t version, id = fresh_order(&version);
    struct watcher w = watch_now("dispatcher9"); /* sees what waits for dispatch */
    rounds();
    hear_all(&w);
    version = dispatch(id, version);
    rounds();
    cJSON *item = only_item(&w);
    assert_int_equal(json_int(item, "id", 0), id);
    assert_true(json_bool(item, "gone", false));
    assert_int_equal(cJSON_GetArraySize(item), 2);
    cJSON_Delete(item);
    /* And what happens to it then is not told at all. */
    struct answer a = act("handler", id, "sign", version, "", "{}");
    assert_int_equal(a.status, 200);
    drop(&a);
    rounds();
    assert_false(api_watch_has(w.watch));
    end(&w);
}

static void who_does_not_see_an_order_hears_nothing_of_it(void **state)
{
    (void)state;
    struct watcher inside = watch_now("n_emergency"), outside = watch_now("n_economy");
    rounds();
    hear_all(&inside), hear_all(&outside);
    int64_t version, id = fresh_order(&version); /* water: the emergency N's */
    rounds();
    cJSON *item = only_item(&inside);
    assert_int_equal(json_int(item, "id", 0), id);
    assert_int_equal(json_int(cJSON_GetObjectItem(item, "row"), "version", 0), version);
    cJSON_Delete(item);
    assert_false(api_watch_has(outside.watch));
    end(&inside), end(&outside);
}

static void who_falls_behind_catches_up_with_a_frame_of_his_own(void **state)
{
    enum { ORDERS = 12 }; /* more than frames are kept */
    (void)state;
    struct watcher slow = watch_now("supervisor"), quick = watch_now("supervisor");
    rounds();
    hear_all(&slow), hear_all(&quick);
    slow.frames = slow.items = quick.frames = 0;
    for (int i = 0; i < ORDERS; i++) {
        int64_t version;
        (void)fresh_order(&version);
        rounds();
        hear_all(&quick);
    }
    assert_int_equal(quick.frames, ORDERS);
    hear_all(&slow);
    assert_int_equal(slow.frames, 1);
    assert_int_equal(slow.items, ORDERS);
    assert_true(seq_of(slow.cursor) == seq_of(quick.cursor));
    for (size_t i = 0; i < view_count(); i++)
        if (quick.counts[i] >= 0)
            assert_int_equal(slow.counts[i], quick.counts[i]);
    end(&slow), end(&quick);
}

static void a_reconnect_goes_on_behind_the_last_frame(void **state)
{
    (void)state;
    struct watcher w = watch_now("dispatcher");
    rounds();
    hear_all(&w);
    int64_t version, first = fresh_order(&version);
    rounds();
    cJSON *item = only_item(&w);
    assert_int_equal(json_int(item, "id", 0), first);
    cJSON_Delete(item);
    end(&w);
    int64_t second = fresh_order(&version);
    struct watcher again = watch_from("dispatcher", w.cursor);
    rounds();
    item = only_item(&again);
    assert_int_equal(json_int(item, "id", 0), second);
    cJSON_Delete(item);
    rounds();
    hear_all(&again);
    assert_int_equal(again.items, 1);
    end(&again);
}

static void a_single_frame_says_all_at_once(void **state)
{
    char cursor[API_CURSOR_SIZE];
    (void)state;
    cursor_of("dispatcher", cursor);
    int64_t version, id = fresh_order(&version);
    struct watcher w = {.login = "dispatcher"};
    assert_int_equal(api_watch(api, account_of("dispatcher"), cursor, FRAME_PLAIN, true, &w.watch),
                     PROBLEM_NONE);
    cJSON *json = next_json(&w); /* without any round */
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "items"), 0);
    assert_int_equal(json_int(item, "id", 0), id);
    size_t views = 0;
    for (size_t i = 0; i < view_count(); i++)
        views += (view_at(i)->roles & BIT(ROLE_DISPATCHER)) != 0;
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "queues")), views);
    cJSON_Delete(json);
    assert_null(next_json(&w));
    end(&w);
}

/* Counts are told at the beginning, and then those that moved. */
static void counts_come_once_and_when_they_move(void **state)
{
    (void)state;
    struct watcher w = watch_now("dispatcher");
    rounds();
    cJSON *json = next_json(&w);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "items")), 0);
    size_t views = 0;
    for (size_t i = 0; i < view_count(); i++)
        views += (view_at(i)->roles & BIT(ROLE_DISPATCHER)) != 0;
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "queues")), views);
    cJSON_Delete(json);
    int64_t version, id = fresh_order(&version);
    rounds();
    json = next_json(&w); /* it waits for dispatch, and it is one more of all */
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "queues")), 2);
    cJSON_Delete(json);
    struct answer a = act("dispatcher", id, "supervise", version, "", "{}"); /* may not */
    assert_true(a.status >= 400);
    drop(&a);
    rounds();
    assert_null(next_json(&w));
    end(&w);
}

static enum problem_type problem_of(const char *login, const char *cursor)
{
    struct watch *watch = NULL;
    enum problem_type problem =
        api_watch(api, account_of(login), cursor, FRAME_PLAIN, false, &watch);
    if (problem == PROBLEM_NONE)
        api_watch_end(watch);
    return problem;
}

/* The problem with the cursor of the same view at another event. */
static enum problem_type problem_at(const char *login, const char *cursor, int64_t seq)
{
    struct cursor at = opened(cursor);
    char text[API_CURSOR_SIZE];
    at.seq = seq;
    cursor_seal(own_keys(), &at, text);
    return problem_of(login, text);
}

static void a_cursor_is_for_one_view_and_not_for_ever(void **state)
{
    char cursor[API_CURSOR_SIZE];
    (void)state;
    cursor_of("dispatcher", cursor);
    assert_int_equal(problem_of("dispatcher", cursor), PROBLEM_NONE);
    assert_int_equal(problem_of("supervisor", cursor), PROBLEM_FEED_GONE); /* of another view */
    int64_t seq = seq_of(cursor);
    assert_int_equal(problem_at("dispatcher", cursor, seq + 1), PROBLEM_FEED_GONE); /* not yet */
    assert_true(seq > 1000); /* the least backlog, see main */
    assert_int_equal(problem_at("dispatcher", cursor, seq - 1000), PROBLEM_NONE);
    assert_int_equal(problem_at("dispatcher", cursor, seq - 1001), PROBLEM_FEED_GONE);
}

static void a_cursor_cannot_be_made_up(void **state)
{
    static const char *const none[] = {"",
                                       "5",
                                       "5.12345678",
                                       "0123456789abcdef0123456789abcde",
                                       "0123456789ABCDEF0123456789ABCDEF",
                                       "0123456789abcdef0123456789abcdef0"};
    char cursor[API_CURSOR_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(problem_of("dispatcher", none[i]), PROBLEM_FIELD_REFERENCE);
    cursor_of("dispatcher", cursor);
    for (size_t i = 0; cursor[i]; i++) {
        char kept = cursor[i];
        cursor[i] = kept == '0' ? '1' : '0';
        assert_int_equal(problem_of("dispatcher", cursor), PROBLEM_FEED_GONE);
        cursor[i] = kept;
    }
    assert_int_equal(problem_of("dispatcher", cursor), PROBLEM_NONE);
}

static void expect_reset(struct watcher *w)
{
    assert_true(api_watch_has(w->watch));
    cJSON *json = next_json(w);
    assert_true(w->over);
    assert_true(json_bool(json, "reset", false));
    assert_int_equal(cJSON_GetArraySize(json), 1);
    cJSON_Delete(json);
}

static void another_scope_ends_the_feed_of_that_account_alone(void **state)
{
    char cursor[API_CURSOR_SIZE];
    (void)state;
    struct watcher one = watch_now("operator"), two = watch_now("operator2");
    rounds();
    hear_all(&one), hear_all(&two);
    cursor_of("operator2", cursor);
    tamper("insert into scope(account_id, dimension, value)"
           " select id, 'region', '420281108' from account where login = 'operator2';"
           " update account set scope_version = scope_version + 1 where login = 'operator2'");
    int64_t version, id = fresh_order(&version);
    rounds();
    expect_reset(&two);
    end(&two);
    assert_int_equal(problem_of("operator2", cursor), PROBLEM_FEED_GONE);
    cJSON *item = only_item(&one);
    assert_int_equal(json_int(item, "id", 0), id);
    cJSON_Delete(item);
    two = watch_now("operator2");
    rounds();
    hear_all(&two);
    (void)fresh_order(&version); /* in another street */
    rounds();
    assert_false(api_watch_has(two.watch));
    tamper(
        "delete from scope where account_id = (select id from account where login = 'operator2');"
        " update account set scope_version = scope_version + 1 where login = 'operator2'");
    rounds();
    expect_reset(&two);
    end(&two);
    /* Whoever speaks for an audience may leave it: the others are served as before. */
    two = watch_now("operator2");
    rounds();
    hear_all(&one), hear_all(&two);
    (void)fresh_order(&version);
    rounds();
    assert_true(api_watch_has(one.watch) && api_watch_has(two.watch));
    end(&one), end(&two);
}

static void a_disabled_account_hears_nothing_more(void **state)
{
    (void)state;
    struct watcher w = watch_now("n_business");
    rounds();
    hear_all(&w);
    tamper("update account set disabled = 1, scope_version = scope_version + 1"
           " where login = 'n_business'");
    rounds();
    expect_reset(&w);
    end(&w);
}

static void the_counts_told_are_the_counts_there_are(void **state)
{
    static const char *const logins[] = {"operator", "dispatcher",  "supervisor",  "callback",
                                         "handler",  "n_emergency", "dispatcher9", "conference"};
    enum { WATCHERS = sizeof logins / sizeof logins[0], STEPS = 60 };
    struct watcher w[WATCHERS];
    struct {
        int64_t id, version;
        int step;
    } orders[STEPS] = {{0}};
    (void)state;
    for (int i = 0; i < WATCHERS; i++)
        w[i] = watch_now(logins[i]);
    rounds();
    static const struct {
        const char *login, *action, *body;
    } steps[] = {
        {"dispatcher", "dispatch", "{\"unit\":201}"},
        {"handler", "sign", "{}"},
        {"handler", "record", "{\"result\":\"已派人到现场抢修\"}"},
        {"handler", "reply", "{\"reply\":\"管道已修复，恢复供水\"}"},
        {"dispatcher", "accept_reply", "{}"},
    };
    uint32_t random = 7;
    size_t count = 0, done = 0;
    for (int i = 0; i < STEPS; i++) {
        random = random * 1664525u + 1013904223u;
        if (count == 0 || (random >> 16) % 3 == 0) {
            orders[count].id = fresh_order(&orders[count].version);
            count++;
        } else {
            size_t n = (random >> 8) % count;
            if (orders[n].step == sizeof steps / sizeof steps[0])
                continue;
            struct answer a =
                act(steps[orders[n].step].login, orders[n].id, steps[orders[n].step].action,
                    orders[n].version, "", steps[orders[n].step].body);
            if (a.status == 200) {
                orders[n].version = json_int(a.json, "version", 0);
                orders[n].step++;
                done++;
            }
            drop(&a);
        }
        if (i % 4 == 3)
            rounds();
        if (i % 7 == 0)
            for (int k = 0; k < WATCHERS; k += 1 + i % 2)
                hear_all(&w[k]);
    }
    assert_true(done > 10);
    rounds();
    for (int i = 0; i < WATCHERS; i++) {
        hear_all(&w[i]);
        struct answer a = get("/queues", token_of(logins[i]));
        size_t compared = 0;
        for (size_t v = 0; v < view_count(); v++) {
            const cJSON *queue;
            cJSON_ArrayForEach(queue, cJSON_GetObjectItem(a.json, "items"))
            {
                if (strcmp(json_text(queue, "name", ""), view_at(v)->name) != 0 ||
                    w[i].counts[v] < 0)
                    continue;
                compared++;
                if (json_int(queue, "count", -1) != w[i].counts[v] ||
                    json_int(queue, "red", -1) != w[i].reds[v])
                    fail_msg("%s is told %lld in %s, there are %lld", logins[i],
                             (long long)w[i].counts[v], view_at(v)->name,
                             (long long)json_int(queue, "count", -1));
            }
        }
        assert_true(compared > 0);
        drop(&a);
        end(&w[i]);
    }
}

/* Nobody is told ten thousand changes one by one. */
static void too_much_at_once_is_read_again(void **state)
{
    (void)state;
    struct watcher w = watch_now("supervisor");
    rounds();
    hear_all(&w);
    int64_t version;
    (void)fresh_order(&version);
    tamper("update event set seq = seq + 5000 where seq = (select max(seq) from event)");
    rounds();
    expect_reset(&w);
    end(&w);
    w = watch_now("supervisor");
    rounds();
    hear_all(&w);
    (void)fresh_order(&version);
    rounds();
    assert_true(api_watch_has(w.watch));
    end(&w);
}

static int open_city(void **state)
{
    struct error err;
    char settings[128];
    if (set_up(state))
        return -1;
    api_close(api);
    snprintf(settings, sizeof settings, "%s/settings", directory);
    FILE *file = fopen(settings, "we");
    if (!file || fprintf(file, "[http]\nfeed_backlog = 1000\n") < 0 || fclose(file))
        return -1;
    const struct api_options options = {.database = path, .settings_file = settings};
    enum status failed = api_open(&options, &api, &err);
    if (failed)
        print_error("%s\n", err.message);
    unlink(settings);
    return failed == ST_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_sees_the_same_gets_the_same_frame),
        cmocka_unit_test(what_the_person_took_is_counted_for_the_person_alone),
        cmocka_unit_test(what_leaves_the_scope_is_gone_and_nothing_else),
        cmocka_unit_test(who_does_not_see_an_order_hears_nothing_of_it),
        cmocka_unit_test(who_falls_behind_catches_up_with_a_frame_of_his_own),
        cmocka_unit_test(a_reconnect_goes_on_behind_the_last_frame),
        cmocka_unit_test(a_single_frame_says_all_at_once),
        cmocka_unit_test(counts_come_once_and_when_they_move),
        cmocka_unit_test(a_cursor_is_for_one_view_and_not_for_ever),
        cmocka_unit_test(a_cursor_cannot_be_made_up),
        cmocka_unit_test(the_counts_told_are_the_counts_there_are),
        cmocka_unit_test(another_scope_ends_the_feed_of_that_account_alone),
        cmocka_unit_test(a_disabled_account_hears_nothing_more),
        cmocka_unit_test(too_much_at_once_is_read_again),
    };
    return cmocka_run_group_tests(tests, open_city, tear_down);
}
