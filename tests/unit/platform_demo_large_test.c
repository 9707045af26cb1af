/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demonstration city at a county's size, made smaller in every proportion: its shape stays. */
#include "platform/api/api.h"
#include "tests/unit/platform_demo.h"
#include <sys/wait.h>

/* Two years, so that every season is in it twice. */
static const struct demo_size reduced = {.places = 9000, .orders = 1000, .days = 731};
/* Smaller still, to be made twice. */
static const struct demo_size least = {.places = 3000, .orders = 300, .days = 731};
static struct made large;

static int make_large(void **state)
{
    (void)state;
    open_sized(&large, "2026-11-18T09:30:00+08:00", &reduced);
    return 0;
}

static int remove_large(void **state)
{
    (void)state;
    close_city(&large);
    return 0;
}

static int64_t count(const char *sql)
{
    return number_of(large.db, sql);
}

/* --- places ----------------------------------------------------------------------------------- */

static void there_are_as_many_places_as_were_asked_for(void **state)
{
    (void)state;
    assert_int_equal(count("select count(*) from place"), reduced.places);
    assert_int_equal(count("select count(*) from orders"), reduced.orders);
}

static void every_place_lies_in_a_grid_that_exists(void **state)
{
    (void)state;
    assert_int_equal(count("select count(*) from place where region_code not in"
                           " (select code from region where level = 3)"),
                     0);
}

static void no_component_is_without_owner_and_code(void **state)
{
    (void)state;
    assert_true(count("select count(*) from place where kind = 'component'") > 1000);
    assert_int_equal(count("select count(*) from place where kind = 'component' and"
                           " (length(component_code) <> 16 or owner_unit_id not in"
                           " (select id from unit))"),
                     0);
    assert_int_equal(count("select count(*) from place where kind <> 'component' and"
                           " (component_code <> '' or owner_unit_id <> 0)"),
                     0);
    assert_int_equal(count("select count(*) - count(distinct component_code) from place"
                           " where kind = 'component'"),
                     0);
}

/* Room in entrance in building, house in group: each in the grid of what it is a part of. */
static void what_is_a_part_lies_where_the_whole_lies(void **state)
{
    (void)state;
    assert_true(count("select count(*) from place where kind = 'room'") > 2000);
    assert_true(count("select count(*) from place where kind = 'house'") > 500);
    assert_int_equal(
        count("select count(*) from place r where r.kind = 'room' and not exists (select 1 from"
              " place e where e.kind = 'entrance' and e.region_code = r.region_code and"
              " e.id < r.id and substr(r.name, 1, length(e.name)) = e.name)"),
        0);
}

static void every_community_has_places_and_every_kind_is_there(void **state)
{
    (void)state;
    assert_int_equal(count("select count(*) from region where level = 2 and not exists"
                           " (select 1 from place where substr(region_code, 1, 12) = code)"),
                     0);
    assert_int_equal(count("select count(distinct kind) from place"), 10);
    /* Most of a county's base are homes, the more the larger it is. */
    int64_t homes = count("select count(*) from place where kind in ('room', 'house')");
    assert_in_range(homes, reduced.places * 35 / 100, reduced.places * 70 / 100);
}

/* --- when people call ------------------------------------------------------------------------- */

struct calls {
    int64_t worked, free; /* on an average day of the kind */
    int64_t hours[24], months[12];
};

static struct calls read_calls(void)
{
    static struct calls calls;
    struct calendar *calendar = calendar_new();
    int64_t by_kind[2] = {0}, days[2] = {0};
    calls = (struct calls){0};
    for (const char *const *line = demo_csv_holidays; *line; line++) {
        const char *f[3];
        int32_t day;
        demo_split(large.arena, *line, f, 3);
        if (clock_parse_day(f[0], &day))
            assert_int_equal(calendar_add(calendar, day, strcmp(f[2], "1") == 0), ST_OK);
    }
    int32_t today = clock_day(clock_now_ms());
    for (int32_t day = today - reduced.days; day < today - 15; day++)
        days[calendar_is_worked(calendar, day)]++;
    struct db_rows *rows = db_query(large.db, "select received_at from appeal", NULL, 0, NULL);
    while (rows && db_next(rows)) {
        int64_t at = db_get_int(rows, 0);
        int32_t day = clock_day(at);
        char text[11];
        clock_format_day(day, text);
        calls.hours[(at - clock_day_start(day)) / 3600000]++;
        calls.months[(text[5] - '0') * 10 + text[6] - '0' - 1]++;
        if (day < today - 15) /* what goes on now came when it had to */
            by_kind[calendar_is_worked(calendar, day)]++;
    }
    assert_int_equal(db_close(rows), ST_OK);
    calendar_free(calendar);
    calls.worked = by_kind[1] * 1000 / days[1];
    calls.free = by_kind[0] * 1000 / days[0];
    return calls;
}

static void working_days_have_more_appeals_than_others(void **state)
{
    (void)state;
    struct calls calls = read_calls();
    assert_true(calls.worked * 2 > calls.free * 3);
    assert_true(calls.free > 0);
}

static void a_day_has_two_peaks_and_nights_are_calm(void **state)
{
    (void)state;
    struct calls calls = read_calls();
    int64_t morning = calls.hours[9] + calls.hours[10], noon = calls.hours[12] + calls.hours[13],
            afternoon = calls.hours[15] + calls.hours[16], night = 0;
    for (size_t h = 0; h < 6; h++)
        night += calls.hours[h];
    assert_true(morning > noon && afternoon > noon && morning > afternoon);
    assert_true(night * 20 < (int64_t)reduced.orders);
}

static int64_t share_in(const char *category, const char *months)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "select coalesce(sum(case when instr('%s', strftime('%%m', received_at / 1000 + 28800,"
             " 'unixepoch')) > 0 then 100 else 0 end) / count(*), -1) from appeal"
             " where substr(category_code, 1, %zu) = '%s'",
             months, strlen(category), category);
    return count(sql);
}

static void floods_come_in_summer_and_wages_are_owed_in_winter(void **state)
{
    (void)state;
    assert_true(share_in("0804", "05 06 07 08") >= 70);
    assert_true(share_in("0401", "12 01 02") >= 40);
    assert_true(share_in("020205", "05 06 07 08 09") >= 60);
}

/* --- orders ----------------------------------------------------------------------------------- */

static void every_chain_verifies(void **state)
{
    (void)state;
    int64_t *ids = NULL;
    size_t n = store_order_ids(large.db, large.arena, &ids);
    assert_int_equal(n, reduced.orders);
    for (size_t i = 0; i < n; i++) {
        struct error err = {0};
        if (store_chain_verify(large.db, ids[i], &err) != ST_OK)
            fail_msg("%s", err.message);
    }
    assert_int_equal(count("select count(*) from event where done_at < (select received_at from"
                           " orders where id = order_id)"),
                     0);
}

/* What waits today: every queue has work, and none holds what came long ago by mistake. */
static void todays_orders_cover_every_queue(void **state)
{
    (void)state;
    for (int need = 0; need < NEED_COUNT; need++) {
        char sql[128];
        snprintf(sql, sizeof sql, "select count(*) from orders where needs & %lld <> 0",
                 (long long)BIT(need));
        if (count(sql) == 0)
            fail_msg("nothing waits for %s", word_name(WORDS_NEED, need));
    }
    for (int i = ORDER_RECEIVED; i < ORDER_STATE_COUNT; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "select count(*) from orders where state = '%s'",
                 word_name(WORDS_ORDER_STATE, i));
        if (count(sql) == 0)
            fail_msg("no order is %s", word_name(WORDS_ORDER_STATE, i));
    }
    char sql[160];
    snprintf(
        sql, sizeof sql,
        "select count(*) from orders where open = 1 and suspended_at = 0 and received_at < %lld",
        (long long)(clock_now_ms() - 60 * INT64_C(86400000)));
    assert_in_range(count(sql), 0, reduced.orders / 500);
    struct due_timer *due = NULL;
    assert_int_equal(store_timers_due(large.db, clock_now_ms(), 10, large.arena, &due), 0);
}

static void appeals_come_by_all_channels_and_most_by_the_hotline(void **state)
{
    (void)state;
    assert_int_equal(count("select count(distinct channel) from appeal"), 12);
    int64_t hotline = count("select count(*) from appeal where channel = 'hotline12345'");
    assert_in_range(hotline, reduced.orders * 4 / 10, reduced.orders * 6 / 10);
}

/* A smaller city has more of what goes on now, so that every queue has something. */
static void half_are_answered_at_once_and_few_are_returned(void **state)
{
    (void)state;
    int64_t orders = (int64_t)reduced.orders;
    int64_t answered = count("select count(*) from orders where conclusion = 'answered'"),
            dispatched = count("select count(distinct order_id) from assignment"),
            returned = count("select count(distinct order_id) from assignment"
                             " where state = 'returned'"),
            again = count("select count(*) from orders where round >= 2");
    assert_in_range(answered, orders * 30 / 100, orders * 60 / 100);
    assert_in_range(dispatched, orders * 40 / 100, orders * 65 / 100);
    assert_in_range(returned, 1, dispatched / 8);
    assert_in_range(again, 1, dispatched / 5);
}

static void some_citizens_call_again_and_some_incidents_have_many_callers(void **state)
{
    (void)state;
    assert_true(count("select count(*) from (select phone_hash from person group by phone_hash"
                      " having count(*) >= 4)") >= 5);
    assert_true(count("select count(*) from (select merged_into from orders where merged_into > 0"
                      " group by merged_into having count(*) >= 2)") >= 3);
}

static void no_two_titles_in_ten_are_the_same(void **state)
{
    (void)state;
    int64_t titles = count("select count(distinct title) from orders");
    assert_true(titles * 10 > (int64_t)reduced.orders * 8);
    assert_true(count("select count(distinct category_code) from orders") >= 120);
}

static void personal_numbers_are_said_and_nowhere_shown(void **state)
{
    (void)state;
    size_t phones = 0, plates = 0;
    struct arena *arena = arena_new();
    struct db_rows *rows = db_query(large.db, "select statement_id from appeal", NULL, 0, NULL);
    while (rows && db_next(rows)) {
        const struct statement *s = store_statement(large.db, db_get_int(rows, 0), arena);
        assert_non_null(s);
        assert_true(utf8_valid(s->text, strlen(s->text)));
        phones += strstr(s->text, "1380000") || strstr(s->text, "138 0000") ||
                  strstr(s->text, "138-0000");
        plates += strstr(s->text, "鄂B00") != NULL;
        arena_reset(arena);
    }
    assert_int_equal(db_close(rows), ST_OK);
    arena_free(arena);
    assert_true(phones > 20 && plates > 5);
    assert_int_equal(count("select count(*) from orders where instr(title, '1380000') > 0"
                           " or instr(title, '鄂B00') > 0"),
                     0);
}

static const char *digest(const struct made *m)
{
    struct db_rows *rows = db_query(m->db,
                                    "select group_concat(number || state || title || place_id ||"
                                    " lead_unit_id || event_n || received_at) from"
                                    " (select * from orders order by id)",
                                    NULL, 0, NULL);
    assert_true(rows && db_next(rows));
    const char *text = arena_strdup(m->arena, db_get_text(rows, 0));
    assert_int_equal(db_close(rows), ST_OK);
    return text;
}

static void the_same_moment_makes_the_same_large_city(void **state)
{
    (void)state;
    struct made one, other;
    open_sized(&one, "2026-11-18T09:30:00+08:00", &least);
    open_sized(&other, "2026-11-18T09:30:00+08:00", &least);
    assert_string_equal(digest(&one), digest(&other));
    close_city(&other);
    close_city(&one);
}

/* --- articles and what is left half ----------------------------------------------------------- */

static void there_are_articles_for_operators(void **state)
{
    (void)state;
    struct article *articles = NULL;
    size_t n = 0;
    struct article_filter all = {.now = clock_now_ms()}, noise = all;
    assert_int_equal(store_articles(large.db, &all, 0, 0, 100, large.arena, &articles, &n), ST_OK);
    assert_in_range(n, 60, 99);
    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(articles[i].body) > 150);
        assert_true(articles[i].owner_unit_id > 0);
        assert_true(articles[i].updated_at <= clock_now_ms());
    }
    assert_int_equal(count("select count(*) from article where category_code not in"
                           " (select code from category) or owner_unit_id not in"
                           " (select id from unit)"),
                     0);
    noise.text = "居住证";
    assert_int_equal(store_articles(large.db, &noise, 0, 0, 100, large.arena, &articles, &n),
                     ST_OK);
    assert_true(n >= 1);
}

/* Ends the making after the first transaction, as a signal would. */
static void stop_making(void *user, const char *what, size_t done, size_t total)
{
    (void)what, (void)done, (void)total;
    _exit(*(int *)user);
}

static void a_city_whose_making_was_interrupted_is_not_served(void **state)
{
    (void)state;
    struct error err = {0};
    char path[600];
    snprintf(path, sizeof path, "%s/half.db", large.dir);
    pid_t child = fork();
    if (child == 0) {
        int code = 7;
        struct store *store = NULL;
        const struct demo_options options = {.progress = stop_making, .user = &code};
        if (store_open(path, &store, &err) == ST_OK)
            (void)demo_city_make(store, &options, &err);
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    struct store *store = NULL;
    assert_int_equal(store_open(path, &store, &err), ST_OK);
    struct db *db = store_reader(store, &err);
    assert_true(store_city_unfinished(db, large.arena));
    assert_int_equal(demo_city_make(store, NULL, &err), ST_CONFLICT);
    store_close(store);
    struct api *api = NULL;
    const struct api_options serving = {.database = path};
    assert_int_equal(api_open(&serving, &api, &err), ST_CONFLICT);
    assert_non_null(strstr(err.message, "interrupted"));
    static const char *const ends[] = {"", "-wal", "-shm", ".lock", ".key"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[640];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    assert_false(store_city_unfinished(large.db, large.arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_as_many_places_as_were_asked_for),
        cmocka_unit_test(every_place_lies_in_a_grid_that_exists),
        cmocka_unit_test(no_component_is_without_owner_and_code),
        cmocka_unit_test(what_is_a_part_lies_where_the_whole_lies),
        cmocka_unit_test(every_community_has_places_and_every_kind_is_there),
        cmocka_unit_test(working_days_have_more_appeals_than_others),
        cmocka_unit_test(a_day_has_two_peaks_and_nights_are_calm),
        cmocka_unit_test(floods_come_in_summer_and_wages_are_owed_in_winter),
        cmocka_unit_test(every_chain_verifies),
        cmocka_unit_test(todays_orders_cover_every_queue),
        cmocka_unit_test(appeals_come_by_all_channels_and_most_by_the_hotline),
        cmocka_unit_test(half_are_answered_at_once_and_few_are_returned),
        cmocka_unit_test(some_citizens_call_again_and_some_incidents_have_many_callers),
        cmocka_unit_test(no_two_titles_in_ten_are_the_same),
        cmocka_unit_test(personal_numbers_are_said_and_nowhere_shown),
        cmocka_unit_test(the_same_moment_makes_the_same_large_city),
        cmocka_unit_test(there_are_articles_for_operators),
        cmocka_unit_test(a_city_whose_making_was_interrupted_is_not_served),
    };
    return cmocka_run_group_tests(tests, make_large, remove_large);
}
