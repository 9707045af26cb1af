/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two cities that differ in nothing but what is masked: to everybody who has not revealed it they
 * are the same city, whatever he reads and whatever he asks. */
#include "tests/api/leak_story.h"

/* --- what is read ----------------------------------------------------------------------------- */

static size_t compared;

static void expect_equal(const char *login, const char *path, struct said answers[TWINS])
{
    for (int t = 0; t < TWINS; t++)
        leak_drop_cursors(answers[t].text);
    const char *a = answers[0].text, *b = answers[1].text;
    size_t at = 0;
    while (a[at] && a[at] == b[at])
        at++;
    size_t from = at > 150 ? at - 150 : 0;
    while (from > 0 && (a[from] & 0xC0) == 0x80)
        from--;
    if (a[at] || b[at] || answers[0].status != answers[1].status)
        fail_msg("%s, %s: %d …%.320s\nthe other: %d …%.320s", login, path, answers[0].status,
                 a + from, answers[1].status, b + from);
    compared++;
    for (int t = 0; t < TWINS; t++)
        said_free(&answers[t]);
}

static void compare(const char *login, const char *path)
{
    struct said answers[TWINS];
    for (int t = 0; t < TWINS; t++)
        answers[t] = talk_get(twins[t].talk, leak_as(&twins[t], login), "%s", path);
    expect_equal(login, path, answers);
}

static void compare_post(const char *login, const char *path, const char *body)
{
    struct said answers[TWINS];
    for (int t = 0; t < TWINS; t++)
        answers[t] = talk_post(twins[t].talk, leak_as(&twins[t], login), path, "%s", body);
    expect_equal(login, body, answers);
}

static void compare_case(const char *login, int64_t id)
{
    static const char *const parts[] = {"",
                                        "/events",
                                        "/why?of=state",
                                        "/why?of=deadline",
                                        "/why?of=mask",
                                        "/why?of=suggestion",
                                        "/why?of=action&action=reply"};
    char path[96];
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        (void)snprintf(path, sizeof path, "/orders/%" PRId64 "%s", id, parts[p]);
        compare(login, path);
    }
}

static void compare_feed(const char *login)
{
    struct said answers[TWINS];
    for (int t = 0; t < TWINS; t++) {
        const char *token = leak_as(&twins[t], login);
        char *now = test_cursor(twins[t].platform, token);
        int64_t seq = test_cursor_seq(twins[t].platform, now);
        char *before = test_cursor_at(twins[t].platform, now, seq - 100);
        answers[t] = talk_get(twins[t].talk, token, "/changes?wait=0&cursor=%s", before);
        (void)leak_expect(answers[t], 200, "/changes");
        free(before);
        free(now);
    }
    expect_equal(login, "/changes", answers);
}

/* Without the right to reveal, and with it but unused. */
static const char *const readers[] = {"dispatcher", "conference", "conference2", "analyst",
                                      "librarian",  "auditor",    "admin",       "x_study",
                                      "x_give",     "handler",    "handler2",    "operator",
                                      "callback",   "supervisor", "n_emergency", "x_all"};
enum { READERS = sizeof readers / sizeof readers[0] };

static void compare_all(const char *login)
{
    static const char *const paths[] = {"/me",
                                        "/queues",
                                        "/orders?view=all&limit=20",
                                        "/orders?view=handling&limit=200",
                                        "/orders?view=unsatisfied",
                                        "/board?by=state",
                                        "/board?by=category",
                                        "/bulletin",
                                        "/articles?limit=3",
                                        "/access",
                                        "/accounts",
                                        "/units?q=s",
                                        "/addresses/complete?q=houjie",
                                        "/suggestions/unit?category=010101"};
    for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++)
        compare(login, paths[p]);
    for (size_t c = 0; c < CASES; c++)
        compare_case(login, cases[c]);
    compare_feed(login);
}

static void who_has_not_revealed_reads_the_same_of_both(void **state)
{
    (void)state;
    for (size_t i = 0; i < READERS; i += SLOW ? 2 : 1)
        compare_all(readers[i]);
    print_message("# %zu answers compared\n", compared);
    assert_true(compared > (SLOW ? 250 : 500));
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void search(const char *login, const char *words)
{
    struct buf path = BUF_EMPTY;
    buf_add_text(&path, "/orders?q=");
    for (const char *at = words; *at; at++)
        buf_printf(&path, "%%%02X", (unsigned)(unsigned char)*at);
    compare(login, path.data);
    buf_free(&path);
}

/* The whole, its ends and pieces, in letters of whatever width. */
static void search_parts(const char *login, const char *value, size_t step)
{
    size_t starts[64], count = 0;
    char part[128];
    for (size_t i = 0; value[i] && count < 63; i++)
        if ((value[i] & 0xC0) != 0x80)
            starts[count++] = i;
    starts[count] = strlen(value);
    search(login, value);
    for (size_t length = 2; length <= 8; length += 2)
        for (size_t i = 0; i + length <= count; i += step) {
            (void)snprintf(part, sizeof part, "%.*s", (int)(starts[i + length] - starts[i]),
                           value + starts[i]);
            search(login, part);
        }
}

static void no_question_about_what_is_hidden_is_answered_differently(void **state)
{
    static const char *const logins[] = {"x_study", "dispatcher", "handler", "x_all"};
    (void)state;
    compared = 0;
    for (size_t p = 0; p < PLANTED; p++)
        for (int t = 0; t < TWINS; t++) {
            const char *value = planted[p].values[t];
            search_parts(logins[p % 2], value, SLOW ? 6 : 3);
            for (size_t l = 0; l < 4; l++)
                search(logins[l], value);
            /* Texts with it, as an operator types them while the citizen speaks. */
            char body[256];
            (void)snprintf(body, sizeof body,
                           "{\"text\":\"停水三天了，%s\",\"region\":\"420281003001\"}", value);
            compare_post("operator", "/hints", body);
            compare_post("dispatcher", "/hints", body);
            (void)snprintf(body, sizeof body, "{\"phone\":\"%.30s\"}", value);
            compare_post("dispatcher", "/callers/lookup", body);
            compare_post("x_study", "/callers/lookup", body);
            compare_post("handler", "/callers/lookup", body);
        }
    print_message("# %zu questions compared\n", compared);
    /* They were no questions into the void. */
    struct said said = talk_get(twins[0].talk, leak_as(&twins[0], "x_study"),
                                "/orders?limit=200&q=%%E5%%81%%9C%%E6%%B0%%B4"); /* 停水 */
    assert_true(cJSON_GetArraySize(leak_items(&said)) >= 2);
    said_free(&said);
}

/* --- the confidential ------------------------------------------------------------------------- */

static void expect_nothing_of_him(const char *login, const char *path)
{
    static const char *const rests[] = {"欧", "阳", "王", "139*", "4567", "420*", "38\"", "鄂"};
    struct said said = talk_get(twins[0].talk, leak_as(&twins[0], login), "%s", path);
    (void)leak_expect(said, 200, path);
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        const char *at = strstr(said.text, rests[i]);
        if (at && strncmp(at, "王芳\"", 7) != 0) /* the operator's own name */
            fail_msg("%s reads %s in %s: %.200s", login, rests[i], path, at);
    }
    said_free(&said);
}

static void the_unit_reads_nothing_of_a_confidential_citizen(void **state)
{
    static const int hidden[] = {1, 5, 6}; /* of 5 a confidential citizen is one of two */
    static const char *const logins[] = {"handler", "conference"};
    char path[96];
    (void)state;
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < 3; i++) {
            if (l == 0 && hidden[i] == 6)
                continue; /* merged before a unit had it */
            (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/events", cases[hidden[i]]);
            expect_nothing_of_him(logins[l], path);
            (void)snprintf(path, sizeof path, "/orders/%" PRId64, cases[hidden[i]]);
            if (hidden[i] != 5) /* the other one's title stands there */
                expect_nothing_of_him(logins[l], path);
        }
    (void)snprintf(path, sizeof path, "/orders/%" PRId64 "/reveal", cases[1]);
    struct said said =
        talk_post(twins[0].talk, leak_as(&twins[0], "handler"), path, "{\"reason\":\"核实\"}");
    assert_int_equal(said.status, 403);
    said_free(&said);
}

/* --- export ------------------------------------------------------------------------------------
 */

static char *exported(int twin, const char *login, const char *what)
{
    char *output = NULL;
    const char *const words[] = {"export", what,  "--db",  twins[twin].platform->database,
                                 "--as",   login, "--csv", NULL};
    assert_int_equal(test_minqingd(words, LEAK_CLOCK, &output), 0);
    return output;
}

static void an_export_is_masked(void **state)
{
    static const char *const logins[] = {"dispatcher", "handler", "operator"};
    (void)state;
    for (int t = 0; t < TWINS; t++) {
        talk_close(twins[t].talk);
        twins[t].talk = NULL;
        test_platform_kill(twins[t].platform);
    }
    for (size_t i = 0; i < 6; i++) {
        const char *login = logins[i / 2], *what = i % 2 ? "events" : "orders";
        struct said answers[TWINS] = {{0}};
        for (int t = 0; t < TWINS; t++)
            answers[t].text = exported(t, login, what);
        assert_true(strlen(answers[0].text) > 10000);
        expect_equal(login, what, answers);
    }
}

/* --- taken apart ------------------------------------------------------------------------------ */

/* Of two orders that were one the first still holds what was written while both were one. */
static void what_was_written_of_a_merged_citizen_stays_masked_when_he_is_gone(void **state)
{
    (void)state;
    for (int t = 0; t < TWINS; t++) {
        assert_true(test_platform_restart(twins[t].platform));
        twins[t].talk = talk_open(twins[t].platform);
    }
    act("dispatcher", 6, "unmerge", "{\"note\":\"两户\"}");
    for (size_t i = 0; i < READERS; i++)
        compare_case(readers[i], cases[5]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_not_revealed_reads_the_same_of_both),
        cmocka_unit_test(no_question_about_what_is_hidden_is_answered_differently),
        cmocka_unit_test(the_unit_reads_nothing_of_a_confidential_citizen),
        cmocka_unit_test(an_export_is_masked),
        cmocka_unit_test(what_was_written_of_a_merged_citizen_stays_masked_when_he_is_gone),
    };
    return cmocka_run_group_tests_name("masks", tests, set_up, tear_down);
}
