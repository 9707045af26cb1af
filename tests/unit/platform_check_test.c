/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The check of a whole database: a city that grew by the rules is found good, and whatever is
 * changed behind the platform's back is found, and named. */
#include "core/buf.h"
#include "core/log.h"
#include "platform/commands/anonymise.h"
#include "platform/commands/check.h"
#include "tests/unit/platform_api.h"
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

static char copy[128];      /* the database that a test changes */
static struct verify last;  /* what its check counted */
static struct buf findings; /* what it found, a line each */
static char sealed_name[SEAL_NAME_SIZE], middle_name[SEAL_NAME_SIZE];
static int64_t order_id;    /* of the first seal, with a history */
static int64_t revealed_id; /* its last event, a look at personal data, is of the last seal */

/* --- the city --------------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(in >= 0 && out >= 0);
    for (ssize_t n; (n = read(in, bytes, sizeof bytes)) > 0;)
        assert_int_equal(write(out, bytes, (size_t)n), n);
    close(in);
    close(out);
}

static int64_t query(const char *file, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t number = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

/* Changes the copy; %lld of the text is order_id, wherever it stands. */
static void change(const char *format)
{
    char *sql = strdup(format), *at, error[512];
    for (struct buf whole = BUF_EMPTY;; buf_free(&whole)) {
        at = strstr(sql, "ORDER");
        if (!at)
            break;
        buf_add(&whole, sql, (size_t)(at - sql));
        buf_printf(&whole, "%lld%s", (long long)order_id, at + 5);
        free(sql);
        sql = strdup(whole.data);
    }
    sqlite3 *db;
    assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    (void)snprintf(error, sizeof error, "%s: %s", sql, sqlite3_errmsg(db));
    int changes = sqlite3_total_changes(db);
    sqlite3_close(db);
    if (code != SQLITE_OK || changes == 0)
        fail_msg("%s (%d rows)", error, changes);
    free(sql);
}

static void newest(char name[SEAL_NAME_SIZE])
{
    struct store *store;
    struct error err = {ST_OK, ""};
    struct seal seal;
    if (store_open(path, &store, &err))
        fail_msg("%s", err.message);
    assert_int_equal(store_seal_last(store_reader(store, &err), &seal, &err), ST_OK);
    store_close(store);
    seal_name(&seal, name);
}

static void reveal(int64_t id)
{
    char target[64];
    (void)snprintf(target, sizeof target, "/orders/%lld/reveal", (long long)id);
    struct answer a =
        ask(API_POST, target, token_of("callback"), NULL, -1, "{\"reason\":\"回访核实\"}");
    assert_int_equal(a.status, 200);
    drop(&a);
}

/* A smaller city is checked quicker. Before the first seal nobody sees that there were more. */
#define LONERS                                                                                     \
    "select id from orders where merged_into = 0 and id not in (select merged_into from orders)"
#define KEPT                                                                                       \
    "(select id from (" LONERS " order by id desc limit 50) union"                                 \
    " select id from (" LONERS " order by id limit 12) union"                                      \
    " select id from (" LONERS " and state = 'callback' limit 4))"
#define REDUCE                                                                                     \
    "create temp table kept as select id from orders where id in " KEPT ";"                        \
    "delete from appeal where id not in (select appeal_id from appeal_order where order_id in"     \
    " (select id from kept));"                                                                     \
    "delete from orders where id not in (select id from kept);"                                    \
    "delete from order_number where order_id not in (select id from kept);"                        \
    "delete from appeal_order where order_id not in (select id from kept);"                        \
    "delete from assignment where order_id not in (select id from kept);"                          \
    "delete from objection where order_id not in (select id from kept);"                           \
    "delete from callback where order_id not in (select id from kept);"                            \
    "delete from timer where order_id not in (select id from kept);"                               \
    "delete from event where order_id not in (select id from kept);"                               \
    "delete from person where id not in (select person_id from appeal);"

static int city_setup(void **state)
{
    if (set_up(state))
        return -1;
    tamper(REDUCE);
    log_set_level((enum log_level) - 1);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", directory);
    api_seal(api);
    int64_t version, id = fresh_order(&version);
    api_seal(api);
    struct answer a = act("dispatcher", id, "dispatch", version, "", "{\"unit\":11}");
    if (a.status != 200)
        print_error("dispatch: %d %s\n", a.status, json_text(a.json, "title", ""));
    drop(&a);
    (void)fresh_order(&version);
    api_seal(api);
    api_close(api);
    api = NULL;
    newest(middle_name);
    struct error err;
    struct api_options options = {.database = path};
    if (api_open(&options, &api, &err))
        return -1;
    revealed_id = query(path, "select id from orders where state = 'callback' limit 1");
    char text[200];
    (void)snprintf(text, sizeof text,
                   "select order_id from event where order_id <> %lld group by order_id"
                   " having count(*) > 7 order by order_id limit 1",
                   (long long)revealed_id);
    order_id = query(path, text);
    reveal(revealed_id);
    api_seal(api);
    (void)fresh_order(&version); /* not sealed */
    api_close(api);
    api = NULL;
    newest(sealed_name);
    return order_id && revealed_id ? 0 : -1;
}

static void remove_copy(void)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock", ".key"};
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        char file[160];
        (void)snprintf(file, sizeof file, "%s%s", copy, ENDS[i]);
        (void)unlink(file);
    }
}

static int copy_setup(void **state)
{
    (void)state;
    char from[128], to[160];
    remove_copy();
    (void)snprintf(from, sizeof from, "%s.key", path);
    (void)snprintf(to, sizeof to, "%s.key", copy);
    copy_file(path, copy);
    copy_file(from, to);
    buf_clear(&findings);
    return 0;
}

static int city_teardown(void **state)
{
    remove_copy();
    buf_free(&findings);
    return tear_down(state);
}

/* --- the check -------------------------------------------------------------------------------- */

static void found(void *user, const char *where, const char *what)
{
    (void)user;
    buf_printf(&findings, "%s: %s\n", where, what);
}

/* How many findings the copy has. */
static size_t check_with(const char *expect, bool quick)
{
    struct store *store;
    struct error err = {ST_OK, ""};
    struct check_options options = {.quick = quick};
    buf_clear(&findings);
    buf_add_text(&findings, "");
    if (expect)
        assert_true(seal_name_read(expect, &options.expect_n, options.expect_root));
    last = (struct verify){.found = found};
    if (store_open(copy, &store, &err))
        fail_msg("%s", err.message);
    if (check_database(store, &options, &last, &err))
        fail_msg("%s", err.message);
    store_close(store);
    return last.findings;
}

/* The check must find something, and a line must hold each of both words. */
static void must_find_by(bool quick, const char *where, const char *what)
{
    size_t count = check_with(NULL, quick);
    bool there = false;
    for (char *line = findings.data, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        there |= strstr(line, where) && strstr(line, what);
        *end = '\n';
    }
    if (!count || !there)
        fail_msg("%zu findings, none at \"%s\" of \"%s\":\n%s", count, where, what, findings.data);
}

static void must_find(const char *where, const char *what)
{
    must_find_by(false, where, what);
}

/* By the histories and seals alone. */
static void must_find_quickly(const char *where, const char *what)
{
    must_find_by(true, where, what);
}

static void must_find_nothing(const char *expect)
{
    if (check_with(expect, false))
        fail_msg("%s", findings.data);
}

/* --- good ------------------------------------------------------------------------------------- */

static void a_city_that_grew_by_the_rules_is_found_good(void **state)
{
    (void)state;
    must_find_nothing(sealed_name);
    assert_true(last.orders > 60 && last.events > 300);
    assert_int_equal(last.seals, 4);
    assert_true(last.unsealed > 0);
    char name[SEAL_NAME_SIZE];
    seal_name(&last.last, name);
    assert_string_equal(name, sealed_name);
    must_find_nothing(middle_name); /* an older root is still to be found */
    assert_int_equal(check_with(NULL, true), 0);
}

static void what_was_anonymised_is_good_as_well(void **state)
{
    (void)state;
    struct store *store;
    struct error err = {ST_OK, ""};
    size_t count = 0;
    assert_int_equal(store_open(copy, &store, &err), ST_OK);
    assert_int_equal(anonymise(store, clock_now_ms(), false, &count, &err, NULL, NULL), ST_OK);
    store_close(store);
    assert_true(count > 0);
    must_find_nothing(sealed_name);
}

static void hash_file(unsigned char hash[HASH_SIZE])
{
    unsigned char bytes[65536];
    crypto_generichash_state s;
    int fd = open(copy, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    crypto_generichash_init(&s, NULL, 0, HASH_SIZE);
    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
        crypto_generichash_update(&s, bytes, (unsigned long long)n);
    crypto_generichash_final(&s, hash, HASH_SIZE);
    close(fd);
}

static void a_check_changes_no_byte(void **state)
{
    (void)state;
    unsigned char before[HASH_SIZE], after[HASH_SIZE];
    hash_file(before);
    must_find_nothing(NULL);
    hash_file(after);
    assert_memory_equal(before, after, HASH_SIZE);
}

/* --- the first level: histories --------------------------------------------------------------- */

static void a_changed_byte_of_an_event_is_found(void **state)
{
    (void)state;
    change("update event set body = replace(body, '\"n\":3,', '\"n\":3, ') where order_id = ORDER"
           " and n = 3");
    must_find_quickly("order ", "event 3 was changed");
    assert_int_equal(last.findings, 1); /* the seal's root is over hashes, which still stand */
}

static void a_column_that_differs_from_its_event_is_found(void **state)
{
    (void)state;
    change("update event set account_id = account_id + 1 where order_id = ORDER and n = 2");
    must_find_quickly("order ", "event 2: account is not what its body says");
    assert_int_equal(last.findings, 1);
}

/* A forger who knows how the chain is made, but has no key. */
static void a_history_that_was_rewritten_with_its_chain_is_found_by_the_seal(void **state)
{
    (void)state;
    sqlite3 *db;
    sqlite3_stmt *read, *write;
    unsigned char hash[HASH_SIZE] = {0};
    change("update event set body = replace(body, '\"action\":\"', '\"action\":\"x'),"
           " action = 'x' || action where order_id = ORDER and n = 2");
    assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
    sqlite3_prepare_v2(db, "select n, body from event where order_id = ?1 order by n", -1, &read,
                       NULL);
    sqlite3_prepare_v2(db, "update event set hash = ?1 where order_id = ?2 and n = ?3", -1, &write,
                       NULL);
    sqlite3_bind_int64(read, 1, order_id);
    while (sqlite3_step(read) == SQLITE_ROW) {
        crypto_generichash_state s;
        crypto_generichash_init(&s, NULL, 0, HASH_SIZE);
        crypto_generichash_update(&s, hash, HASH_SIZE);
        crypto_generichash_update(&s, sqlite3_column_text(read, 1),
                                  (unsigned long long)sqlite3_column_bytes(read, 1));
        crypto_generichash_final(&s, hash, HASH_SIZE);
        sqlite3_bind_blob(write, 1, hash, HASH_SIZE, SQLITE_TRANSIENT);
        sqlite3_bind_int64(write, 2, order_id);
        sqlite3_bind_int64(write, 3, sqlite3_column_int64(read, 0));
        assert_int_equal(sqlite3_step(write), SQLITE_DONE);
        sqlite3_reset(write);
    }
    sqlite3_finalize(read);
    sqlite3_finalize(write);
    sqlite3_close(db);
    change("update orders set event_hash = (select hash from event where order_id = ORDER"
           " order by n desc limit 1) where id = ORDER");
    must_find_quickly("seal 1", "its root is not that of its events");
    assert_int_equal(last.findings, 1);
}

static void a_missing_event_is_found(void **state)
{
    (void)state;
    change("delete from event where order_id = ORDER and n = 4");
    must_find_quickly("order ", "event 4 is missing");
    must_find_quickly("seal 1", "events were deleted");
}

#define DELETE_ORDER                                                                               \
    "delete from orders where id = ORDER; delete from order_number where order_id = ORDER;"        \
    "delete from assignment where order_id = ORDER; delete from objection where order_id = ORDER;" \
    "delete from callback where order_id = ORDER; delete from timer where order_id = ORDER;"       \
    "delete from appeal where id in (select appeal_id from appeal_order where order_id = ORDER);"  \
    "delete from appeal_order where order_id = ORDER or through = ORDER;"

static void an_order_that_was_deleted_with_all_its_rows_is_found(void **state)
{
    (void)state;
    change(DELETE_ORDER "delete from event where order_id = ORDER");
    must_find_quickly("seal 1", "events were deleted");
}

static void a_deleted_order_whose_events_are_left_is_found(void **state)
{
    (void)state;
    change(DELETE_ORDER);
    must_find_quickly("order ", "it was deleted");
}

/* As if the last thing had not happened: the order's row goes back to the earlier head. */
#define CUT_REVEAL                                                                                 \
    "delete from event where action = 'reveal';"                                                   \
    "update orders set event_n = event_n - 1, event_hash = (select hash from event"                \
    " where order_id = orders.id order by n desc limit 1) where event_n ="                         \
    " (select max(n) + 1 from event where order_id = orders.id);"

static void a_cut_tail_is_found_by_the_seal(void **state)
{
    (void)state;
    change(CUT_REVEAL);
    must_find_quickly("seal 4", "events were deleted");
}

static void a_row_that_was_changed_without_an_event_is_found(void **state)
{
    (void)state;
    change("update orders set state = 'archived', open = 0 where id = ORDER and state <> 'archived'"
           " or id = (select id from orders where state = 'in_hand' limit 1)");
    must_find_quickly("order ", "the row was changed without an event");
}

/* --- the second level: seals ------------------------------------------------------------------ */

static void
a_tail_that_was_cut_with_its_seals_is_found_by_the_root_that_was_kept_elsewhere(void **state)
{
    (void)state;
    change("delete from seal where n = 4;" CUT_REVEAL);
    must_find_nothing(NULL); /* by itself it is a good database, of an earlier time */
    must_find_nothing(middle_name);
    assert_int_equal(check_with(sealed_name, false), 1);
    assert_non_null(strstr(findings.data, "put back to an earlier state"));
}

static void another_history_up_to_an_expected_seal_is_found(void **state)
{
    (void)state;
    char other[SEAL_NAME_SIZE];
    (void)snprintf(other, sizeof other, "%s", middle_name);
    char *digit = strchr(other, ':') + 5;
    *digit = *digit == '0' ? '1' : '0';
    assert_int_equal(check_with(other, true), 1);
    assert_non_null(strstr(findings.data, "not the expected one"));
}

static void a_changed_signature_is_found(void **state)
{
    (void)state;
    change("update seal set signature = cast(x'00' || substr(signature, 2) as blob) where n = 2 and"
           " substr(signature, 1, 1) <> x'00' or n = 3");
    must_find_quickly("seal 3", "its signature does not fit");
}

static void each_changed_part_of_a_seal_is_found(void **state)
{
    static const struct {
        const char *sql, *what;
    } PARTS[] = {
        {"update seal set at = at + 1 where n = 2", "signature"},
        {"update seal set events = events + 1 where n = 2", "signature"},
        {"update seal set last_seq = last_seq - 1 where n = 2", "signature"},
        {"update seal set root = previous where n = 2", "does not fit"},
        {"update seal set previous = root where n = 2", "does not follow"},
        {"update seal set key_id = '0000000000000000' where n = 2", "another key"},
    };
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        (void)copy_setup(state);
        change(PARTS[i].sql);
        must_find_quickly("seal 2", PARTS[i].what);
    }
}

static void a_missing_seal_is_found(void **state)
{
    (void)state;
    change("delete from seal where n = 2");
    must_find_quickly("seal 3", "seals were deleted");
    (void)copy_setup(state);
    change("delete from seal where n = 1");
    must_find_quickly("seal 2", "seals were deleted");
}

static void an_event_that_was_put_in_among_sealed_ones_is_found(void **state)
{
    (void)state;
    change("insert into event select (select max(seq) + 1 from event), 4711, 1, action, subject,"
           " subject_id, from_state, to_state, account_id, done_at, arrived_at, statement_id,"
           " version, body, hash, region_code, category_code, industry, channel, state, units"
           " from event where order_id = ORDER and n = 1");
    must_find_quickly("order 4711", "it was deleted");
}

/* --- what is sealed with the key -------------------------------------------------------------- */

static void changed_words_are_found(void **state)
{
    (void)state;
    change("update statement set sealed = cast(substr(sealed, 1, 40) || x'ff' || substr(sealed, 42)"
           " as blob) where id = (select min(id) from statement)");
    must_find("statement ", "do not open");
}

static void words_in_the_place_of_others_are_found(void **state)
{
    (void)state;
    change("update statement set (sealed, hash) = (select sealed, hash from statement order by id"
           " desc limit 1) where id = (select statement_id from event where statement_id <> 0"
           " order by seq limit 1)");
    must_find("statement ", "do not open");
    must_find("order ", "the words of event");
}

static enum status say_something_else(struct db *db, void *user)
{
    struct statement *s = user;
    enum status st =
        db_run(db, "delete from statement where id = $1", DB_PARAMS(db_int(s->id)), NULL);
    return st ? st : store_statement_put(db, s);
}

/* By somebody who has the key. */
static void other_words_of_a_citizen_are_found_by_the_history(void **state)
{
    (void)state;
    struct store *store;
    struct error err = {ST_OK, ""};
    struct statement s = {.id = query(copy, "select max(statement_id) from appeal"),
                          .text = "没有这回事。"};
    assert_int_equal(store_open(copy, &store, &err), ST_OK);
    assert_int_equal(store_write_wait(store, say_something_else, &s), ST_OK);
    store_close(store);
    must_find_quickly("order ", "the words of event 1 were replaced");
}

static void a_changed_hash_of_words_is_found(void **state)
{
    (void)state;
    change("update statement set hash = zeroblob(32) where id = (select min(id) from statement)");
    must_find("statement ", "not those that were hashed");
}

static void a_changed_citizen_is_found(void **state)
{
    (void)state;
    change("update person set sealed = cast(substr(sealed, 1, 40) || x'ff' || substr(sealed, 42)"
           " as blob) where id = (select min(id) from person)");
    must_find("citizen ", "does not open");
}

/* --- what is kept so that it need not be computed ----------------------------------------------
 */

static void whatever_is_kept_twice_must_be_the_same(void **state)
{
    static const struct {
        const char *sql, *where, *what;
    } CHANGES[] = {
        {"update orders set open = 1 - open where id = ORDER", "order ", "counted as"},
        {"update orders set sort_at = sort_at + 1 where id = ORDER", "order ", "place in lists"},
        {"update orders set units = ',/1/,' where id = ORDER", "order ", "units"},
        {"update orders set needs = 0 where id = (select id from orders where needs <> 0 limit 1)",
         "order ", "missing in a queue"},
        {"update orders set needs = needs | 1 where id = (select id from orders where"
         " state = 'in_hand' limit 1)",
         "order ", "wrong queue"},
        {"update orders set version = version + 1 where id = ORDER", "order ", "version"},
        {"update orders set region_code = '420281' where id = ORDER", "order ", "its region is"},
        {"delete from order_number where order_id = ORDER", "order ", "nobody finds it"},
        {"update order_number set order_id = 1 where order_id = ORDER", "order ", "it was deleted"},
        {"delete from appeal_order where order_id = ORDER", "order ", "no appeal belongs to it"},
        {"delete from appeal where id = (select appeal_id from appeal_order where order_id ="
         " ORDER)",
         "appeal ", "a row was deleted"},
        {"update appeal_order set through = 99 where order_id = ORDER", "order ", "not merged"},
        {"insert into former_citizen values(ORDER, 99)", "order ", "a citizen who spoke in it"},
        {"insert into former_citizen select 4711, min(id) from person", "order 4711",
         "a citizen who spoke in it"},
        {"delete from person where id = (select min(id) from person)", "appeal ", "citizen's row"},
        {"delete from statement where id = (select statement_id from event where statement_id <> 0"
         " limit 1)",
         "order ", "the row was deleted"},
        {"delete from timer where kind = 'red_on' and order_id = (select id from orders where"
         " state = 'in_hand' and card <> 'red' limit 1)",
         "order ", "rest for ever"},
        {"insert into timer values(ORDER, 'review_on', ORDER, 1)", "order ", "cannot come"},
        {"insert into timer values(4711, 'review_on', 4711, 1)", "order 4711", "not there"},
        {"drop index assignment_lead; update assignment set lead = 1, round = 1,"
         " state = 'offered' where order_id = ORDER; insert into assignment select id + 1,"
         " order_id, unit_id, unit_path, lead, round, state, limit_n, limit_unit, offered_at,"
         " sign_by, due_at, signed_at, replied_at, ended_at, signed_by, replied_by, offered_by,"
         " result_statement_id, reply_statement_id, return_reason, return_asked_at,"
         " extension_asked_at, extension_days, late from assignment where order_id = ORDER"
         " limit 1",
         "order ", "two units lead"},
    };
    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        (void)copy_setup(state);
        change(CHANGES[i].sql);
        must_find(CHANGES[i].where, CHANGES[i].what);
    }
}

/* --- the file --------------------------------------------------------------------------------- */

/* Whatever byte of the file is wrong, the check ends, in order. */
static void a_damaged_file_ends_no_check_but_in_order(void **state)
{
    enum { ROUNDS = 10, FLIPS = 40 };
    uint32_t seed = 4711;
    int seen = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct stat st;
        (void)copy_setup(state);
        int fd = open(copy, O_RDWR | O_CLOEXEC);
        assert_int_equal(fstat(fd, &st), 0);
        for (int i = 0; i < FLIPS; i++) {
            unsigned char byte;
            seed = seed * 1664525U + 1013904223U;
            off_t at = 100 + (off_t)((uint64_t)(seed >> 4) * 16 % (uint64_t)(st.st_size - 100));
            assert_int_equal(pread(fd, &byte, 1, at), 1);
            byte ^= (unsigned char)(1 + (seed >> 8) % 255);
            assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        }
        close(fd);
        struct store *store;
        struct error err = {ST_OK, ""};
        struct check_options options = {.quick = false};
        buf_clear(&findings);
        last = (struct verify){.found = found};
        if (store_open(copy, &store, &err)) {
            assert_true(err.message[0] != '\0');
            seen++;
            continue;
        }
        seen += check_database(store, &options, &last, &err) != ST_OK || last.findings > 0;
        store_close(store);
    }
    assert_int_equal(seen, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, copy_setup)
        TEST(a_city_that_grew_by_the_rules_is_found_good),
        TEST(what_was_anonymised_is_good_as_well),
        TEST(a_check_changes_no_byte),
        TEST(a_changed_byte_of_an_event_is_found),
        TEST(a_column_that_differs_from_its_event_is_found),
        TEST(a_history_that_was_rewritten_with_its_chain_is_found_by_the_seal),
        TEST(a_missing_event_is_found),
        TEST(an_order_that_was_deleted_with_all_its_rows_is_found),
        TEST(a_deleted_order_whose_events_are_left_is_found),
        TEST(a_cut_tail_is_found_by_the_seal),
        TEST(a_row_that_was_changed_without_an_event_is_found),
        TEST(a_tail_that_was_cut_with_its_seals_is_found_by_the_root_that_was_kept_elsewhere),
        TEST(another_history_up_to_an_expected_seal_is_found),
        TEST(a_changed_signature_is_found),
        TEST(each_changed_part_of_a_seal_is_found),
        TEST(a_missing_seal_is_found),
        TEST(an_event_that_was_put_in_among_sealed_ones_is_found),
        TEST(changed_words_are_found),
        TEST(words_in_the_place_of_others_are_found),
        TEST(other_words_of_a_citizen_are_found_by_the_history),
        TEST(a_changed_hash_of_words_is_found),
        TEST(a_changed_citizen_is_found),
        TEST(whatever_is_kept_twice_must_be_the_same),
        TEST(a_damaged_file_ends_no_check_but_in_order),
    };
    return cmocka_run_group_tests_name("check", tests, city_setup, city_teardown);
}
