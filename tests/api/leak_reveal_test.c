/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may reveal what is masked, what a reveal leaves behind, and that nothing of it lies in plain
 * on the disk. */
#include "tests/api/leak_story.h"

/* --- reveal ----------------------------------------------------------------------------------- */

static int64_t access_lines(const char *login, int64_t order)
{
    struct said said =
        talk_get(twins[0].talk, leak_as(&twins[0], "auditor"),
                 "/access?kind=reveal&limit=200&account=%s&order=%" PRId64, login, order);
    int64_t count = cJSON_GetArraySize(leak_items(&said));
    assert_int_equal(said.status, 200);
    for (size_t p = 0; p < PLANTED; p++)
        assert_null(strstr(said.text, planted[p].values[0]));
    said_free(&said);
    return count;
}

static int64_t events_of(int64_t order)
{
    struct said said =
        talk_get(twins[0].talk, leak_as(&twins[0], "x_all"), "/orders/%" PRId64 "/events", order);
    int64_t count = cJSON_GetArraySize(leak_items(&said));
    said_free(&said);
    return count;
}

static void a_reveal_needs_right_and_reason_and_leaves_an_event_and_a_line(void **state)
{
    static const struct {
        const char *login;
        int status;
    } who[] = {{"operator", 200}, {"callback", 200}, {"supervisor", 200}, {"n_emergency", 200},
               {"handler", 200},  {"analyst", 403},  {"dispatcher", 403}, {"conference", 403},
               {"x_study", 403},  {"x_give", 404},   {"n_ecology", 404},  {"librarian", 404},
               {"unit104", 404},  {"auditor", 404},  {"admin", 404}};
    static const char *const reasons[] = {"{}", "{\"reason\":\"\"}", "{\"reason\":null}"};
    char path[96];
    (void)state;
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/reveal", cases[0]);
    for (size_t i = 0; i < sizeof who / sizeof who[0]; i++) {
        const char *token = leak_as(&twins[0], who[i].login);
        int64_t lines = access_lines(who[i].login, cases[0]), events = events_of(cases[0]);
        for (size_t r = 0; r < 3; r++) {
            struct said said = talk_post(twins[0].talk, token, path, "%s", reasons[r]);
            assert_int_equal(said.status, 422);
            assert_null(strstr(said.text, planted[0].values[0]));
            said_free(&said);
        }
        struct said said =
            talk_post(twins[0].talk, token, path, "{\"reason\":\"核对%s\"}", planted[0].values[0]);
        if (said.status != who[i].status)
            fail_msg("%s: %d %s", who[i].login, said.status, said.text);
        bool told = said.status == 200;
        assert_true((strstr(said.text, planted[0].values[0]) != NULL) == told);
        assert_true((strstr(said.text, planted[2].values[0]) != NULL) == told);
        said_free(&said);
        assert_int_equal(access_lines(who[i].login, cases[0]), lines + told);
        assert_int_equal(events_of(cases[0]), events + told);
    }
}

/* --- files ------------------------------------------------------------------------------------ */

static void expect_not_in(const char *path, int twin)
{
    struct buf text = BUF_EMPTY;
    char bytes[65536];
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_add(&text, bytes, n);
    (void)fclose(file);
    for (size_t p = 0; p < PLANTED; p++)
        if (memmem(text.data, text.length, planted[p].values[twin],
                   strlen(planted[p].values[twin])))
            fail_msg("%s stands in %s", planted[p].values[twin], path);
    buf_free(&text);
}

/* As they lie there while it runs, the log of the database included. */
static void neither_database_nor_log_hold_it_in_plain(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".key", ".model", ".lock"};
    char path[4200];
    (void)state;
    for (int t = 0; t < TWINS; t++) {
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
            (void)snprintf(path, sizeof path, "%s%s", twins[t].platform->database, ends[i]);
            expect_not_in(path, t);
        }
        expect_not_in(twins[t].platform->log, t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reveal_needs_right_and_reason_and_leaves_an_event_and_a_line),
        cmocka_unit_test(neither_database_nor_log_hold_it_in_plain),
    };
    return cmocka_run_group_tests_name("reveals", tests, set_up, tear_down);
}
