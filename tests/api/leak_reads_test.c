/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every account's feed, single orders and other reads, and its exports: they tell of the orders of
 * its scope and name no other. */
#include "tests/api/leak_set.h"

/* --- the feed --------------------------------------------------------------------------------- */

/* From its very beginning: each order of the scope as it is, "gone" for what was in it once and no
 * word of any other. */
static void expect_feed(const struct sight_account *account, const struct set *seen)
{
    static struct set found;
    const char *token = leak_token(&leak, account);
    char *last = test_cursor(leak.platform, token);
    char *cursor = test_cursor_at(leak.platform, last, 0);
    memset(&found, 0, sizeof found);
    for (bool over = false; !over;) {
        struct said said = talk_get(leak.talk, token, "/changes?cursor=%s&wait=0", cursor);
        const cJSON *item;
        (void)leak_expect(said, 200, "/changes");
        cJSON_ArrayForEach(item, leak_items(&said))
        {
            const struct sight_order *o = sight_find(city, json_int(item, "id", 0));
            const cJSON *row = leak_member(item, "row");
            assert_non_null(o);
            if (row ? !seen->has[o - city->orders]
                    : seen->has[o - city->orders] || !sight_ever_saw(city, account, o) ||
                          cJSON_GetArraySize(item) != 2)
                fail_msg("%s is told of %s: %s", account->login, o->number, said.text);
            if (row && !found.has[o - city->orders])
                add(&found, o->id, "/changes");
        }
        if (seen->count < city->order_count)
            expect_numbers_within(said.text, seen, "/changes");
        over = cJSON_GetArraySize(leak_items(&said)) == 0;
        free(cursor);
        cursor = strdup(json_text(said.json, "cursor", ""));
        assert_non_null(cursor);
        said_free(&said);
    }
    free(cursor);
    free(last);
    expect_same(&found, seen, account->login, "/changes");
}

/* --- single reads ----------------------------------------------------------------------------- */

static void expect_parts(const struct sight_account *account, const struct set *seen, size_t most)
{
    static const char *const parts[] = {"",
                                        "/events",
                                        "/why?of=deadline",
                                        "/why?of=state",
                                        "/why?of=suggestion",
                                        "/why?of=mask",
                                        "/why?of=action&action=unmerge"};
    size_t step = seen->count / most + 1, at = (size_t)rand_r(&seed) % step;
    for (size_t i = 0; i < city->order_count; i++) {
        if (!seen->has[i] || at++ % step)
            continue;
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            char path[96];
            (void)snprintf(path, sizeof path, "/orders/%s%s", city->orders[i].number, parts[p]);
            struct said said = talk_get(leak.talk, leak_token(&leak, account), "%s", path);
            (void)leak_expect(said, 200, path);
            expect_within(&said, seen, path);
            said_free(&said);
        }
    }
}

/* What does not speak of orders at all. */
static void expect_others(const struct sight_account *account, const struct set *seen)
{
    static const char *const paths[] = {
        "/me",
        "/actions",
        "/channels",
        "/kinds",
        "/units?q=s",
        "/categories?q=t",
        "/addresses/complete?q=h",
        "/addresses/1",
        "/suggestions/unit?category=010101&region=420281003001",
        "/articles?limit=200",
        "/sessions",
        "/accounts?limit=200",
        "/seals",
        "/health",
        "/nothing",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct said said = talk_get(leak.talk, leak_token(&leak, account), "%s", paths[i]);
        expect_within(&said, seen, paths[i]);
        said_free(&said);
    }
    struct said said = talk_post(leak.talk, leak_token(&leak, account), "/hints",
                                 "{\"phone\":\"13800001111\",\"text\":\"小区停水三天了\","
                                 "\"category\":\"010101\",\"region\":\"420281108\"}");
    assert_int_equal(said.status, account->roles & 1 ? 200 : 403);
    expect_within(&said, seen, "/hints");
    said_free(&said);
}

/* --- all together ----------------------------------------------------------------------------- */

static void no_read_names_an_order_outside(void **state)
{
    static struct set seen;
    (void)state;
    for (size_t i = 0; i < city->account_count; i++) {
        const struct sight_account *account = &city->accounts[i];
        bool unit = strncmp(account->login, "unit", 4) == 0;
        bool wide = !unit && account->scope_count == 0;
        if (account->disabled || (unit && !one_of(SLOW ? 20 : 8)))
            continue;
        visible(account, &seen);
        if (one_of(wide || SLOW ? 6 : 3))
            expect_feed(account, &seen);
        expect_parts(account, &seen, SLOW || wide ? 1 : 6);
        expect_others(account, &seen);
    }
}

/* --- export ----------------------------------------------------------------------------------- */

/* The first column is the order's number; a cell may hold line breaks. */
static void read_csv(const char *text, struct set *found, const char *what)
{
    bool quoted = false, first = true;
    char number[ORDER_NUMBER_SIZE] = "";
    size_t column = 0, n = 0;
    memset(found, 0, sizeof *found);
    for (const char *at = text; *at; at++) {
        if (*at == '"') {
            quoted = !quoted;
        } else if (!quoted && *at == ',') {
            column++;
        } else if (!quoted && *at == '\n') {
            for (size_t i = 0; !first && i < city->order_count; i++)
                if (strcmp(city->orders[i].number, number) == 0 && !found->has[i])
                    add(found, city->orders[i].id, what);
            first = false;
            column = n = 0;
            memset(number, 0, sizeof number);
        } else if (column == 0 && n + 1 < sizeof number) {
            number[n++] = *at;
        }
    }
}

static void expect_export(const struct sight_account *account, const char *what)
{
    static struct set seen, found;
    char path[4096], *directory = test_directory(), *output = NULL;
    (void)snprintf(path, sizeof path, "%s/out.csv", directory);
    const char *const words[] = {
        "export", what, "--db", leak.platform->database, "--as", account->login, "--csv",
        "--out",  path, NULL};
    int status = test_minqingd(words, LEAK_CLOCK, &output);
    visible(account, &seen);
    bool may = (account->roles & EVERY_ROLE) && !account->disabled;
    if ((status == 0) != may)
        fail_msg("%s: export %s gave %d %s", account->login, what, status, output);
    expect_numbers_within(output, &seen, "export");
    free(output);
    FILE *file = fopen(path, "re");
    assert_true((file != NULL) == may);
    if (file) {
        struct buf text = BUF_EMPTY;
        char bytes[8192];
        for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
            buf_add(&text, bytes, n);
        (void)fclose(file);
        read_csv(text.data, &found, "export");
        expect_same(&found, &seen, account->login, what);
        expect_numbers_within(text.data, &seen, "export");
        buf_free(&text);
    }
    free(directory);
}

static void an_export_holds_the_scope_and_no_more(void **state)
{
    static const char *const logins[] = {"n_ecology", "handler2", "x_give",
                                         "x_nothing", "admin",    "x_gone"};
    size_t count = sizeof logins / sizeof logins[0];
    (void)state;
    talk_close(leak.talk);
    leak.talk = NULL;
    test_platform_kill(leak.platform);
    for (size_t i = 0; i < count; i++) {
        expect_export(sight_account(city, logins[i]), "orders");
        if (i < 2)
            expect_export(sight_account(city, logins[i]), "events");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_read_names_an_order_outside),
        cmocka_unit_test(an_export_holds_the_scope_and_no_more),
    };
    return cmocka_run_group_tests_name("reads and scope", tests, set_up, tear_down);
}
