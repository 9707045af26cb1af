/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seals: the tree of RFC 9162, what a seal covers, who may make one. */
#include "core/log.h"
#include "platform/store/merkle.h"
#include "platform/store/seal.h"
#include "platform_store_fixture.h"
#include <pthread.h>

enum { LEAVES = 130, LEAF = 5 };

/* The definition, word by word. */
static void tree_hash(const unsigned char (*leaves)[LEAF], size_t n, unsigned char out[HASH_SIZE])
{
    unsigned char text[1 + 2 * HASH_SIZE];
    if (n == 0) {
        crypto_generichash(out, HASH_SIZE, NULL, 0, NULL, 0);
        return;
    }
    if (n == 1) {
        text[0] = 0;
        memcpy(text + 1, leaves[0], LEAF);
        crypto_generichash(out, HASH_SIZE, text, 1 + LEAF, NULL, 0);
        return;
    }
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    text[0] = 1;
    tree_hash(leaves, k, text + 1);
    tree_hash(leaves + k, n - k, text + 1 + HASH_SIZE);
    crypto_generichash(out, HASH_SIZE, text, sizeof text, NULL, 0);
}

static void the_tree_is_that_of_rfc_9162_whatever_its_size(void **state)
{
    (void)state;
    static unsigned char leaves[LEAVES][LEAF];
    static struct merkle tree;
    unsigned char expected[HASH_SIZE], root[HASH_SIZE];
    for (size_t n = 0; n <= LEAVES; n++) {
        tree_hash((const unsigned char(*)[LEAF])leaves, n, expected);
        merkle_root(&tree, root);
        assert_memory_equal(root, expected, HASH_SIZE);
        if (n == LEAVES)
            break;
        (void)snprintf((char *)leaves[n], LEAF, "%03d", (int)n);
        merkle_add(&tree, leaves[n], LEAF);
    }
}

static struct seal seal_now(struct fixture *f, int64_t now)
{
    struct seal made;
    struct error err = {ST_OK, ""};
    if (store_seal(f->store, now, &made, NULL, &err))
        fail_msg("%s", err.message);
    return made;
}

static void a_seal_covers_what_came_since_the_one_before_and_follows_from_it(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(seal_now(f, NOW).n, 0); /* nothing is there */
    struct order_case *c = make_case(f);
    put_case(f, c);
    struct seal first = seal_now(f, NOW);
    assert_int_equal(first.n, 1);
    assert_int_equal(first.events, 1);
    assert_int_equal(first.first_seq, 1);
    assert_int_equal(seal_now(f, NOW + 1).n, 0); /* nothing new */
    change_case(f, c, "submit");
    change_case(f, c, "note");
    struct seal second = seal_now(f, NOW + 2);
    assert_int_equal(second.n, 2);
    assert_int_equal(second.events, 2);
    assert_int_equal(second.first_seq, first.last_seq + 1);
    assert_memory_equal(second.previous, first.root, HASH_SIZE);
    assert_memory_not_equal(second.root, first.root, HASH_SIZE);
    struct seal *seals;
    assert_int_equal(store_seals(fixture_db(f), 1, 10, f->arena, &seals), 1);
    assert_true(seal_signed_by(&seals[0], store_keys(f->store)));
    seals[0].at++;
    assert_false(seal_signed_by(&seals[0], store_keys(f->store)));
}

/* Otherwise a root that was kept elsewhere would say nothing of what lies before it. */
static void the_same_events_behind_another_history_have_another_root(void **state)
{
    struct fixture *f = *state;
    put_case(f, make_case(f));
    assert_int_equal(seal_now(f, NOW).n, 1);
    put_case(f, make_case(f));
    struct seal before = seal_now(f, NOW);
    assert_int_equal(run_sql(f, "delete from seal where n = 2"), ST_OK);
    assert_int_equal(run_sql(f, "update seal set root = zeroblob(32)"), ST_OK);
    struct seal again = seal_now(f, NOW);
    assert_int_equal(again.n, before.n);
    assert_int_equal(again.events, before.events);
    assert_memory_not_equal(again.root, before.root, HASH_SIZE);
}

static void of_several_nodes_only_the_one_with_the_lease_seals(void **state)
{
    struct fixture *f = *state;
    enum { MINUTE = 60000 };
    put_case(f, make_case(f));
    assert_int_equal(seal_now(f, NOW).n, 1);
    put_case(f, make_case(f));
    assert_int_equal(run_sql(f, "insert into meta(key, value) values('node', '7')"), ST_OK);
    assert_int_equal(seal_now(f, NOW + MINUTE).n, 0);      /* node 0 has it */
    assert_int_equal(seal_now(f, NOW + 10 * MINUTE).n, 2); /* and is gone */
    put_case(f, make_case(f));
    assert_int_equal(run_sql(f, "update meta set value = '0' where key = 'node'"), ST_OK);
    assert_int_equal(seal_now(f, NOW + 11 * MINUTE).n, 0);
}

struct contender {
    struct fixture *f;
    int made;
};

static void *contend(void *user)
{
    struct contender *c = user;
    struct seal made;
    struct error err;
    for (int i = 0; i < 20; i++)
        if (store_seal(c->f->store, NOW, &made, NULL, &err) == ST_OK)
            c->made += made.n != 0;
    return NULL;
}

static void two_that_seal_at_once_never_seal_twice(void **state)
{
    struct fixture *f = *state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    struct contender contenders[THREADS];
    int made = 0;
    for (int i = 0; i < 10; i++)
        put_case(f, make_case(f));
    for (int i = 0; i < THREADS; i++) {
        contenders[i] = (struct contender){f, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, contend, &contenders[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        made += contenders[i].made;
    }
    assert_int_equal(made, 1);
    assert_int_equal(one_number(f, "select sum(events) from seal"), 10);
}

static void a_root_is_told_and_read_back_and_rubbish_is_not(void **state)
{
    (void)state;
    struct seal seal = {.n = 4711};
    char name[SEAL_NAME_SIZE], longer[SEAL_NAME_SIZE + 1];
    int64_t n = 0;
    unsigned char root[HASH_SIZE];
    for (size_t i = 0; i < HASH_SIZE; i++)
        seal.root[i] = (unsigned char)(i * 7);
    seal_name(&seal, name);
    assert_true(seal_name_read(name, &n, root));
    assert_int_equal(n, 4711);
    assert_memory_equal(root, seal.root, HASH_SIZE);
    (void)snprintf(longer, sizeof longer, "%s0", name);
    assert_false(seal_name_read(longer, &n, root));
    name[strlen(name) - 1] = 'g';
    assert_false(seal_name_read(name, &n, root));
    name[strlen(name) - 1] = '\0';
    static const char *const RUBBISH[] = {
        "", ":", "1", "1:", "-1:00", " 1:00", "x", "1:zz", "99999999999999999999:00"};
    assert_false(seal_name_read(name, &n, root));
    for (size_t i = 0; i < sizeof RUBBISH / sizeof RUBBISH[0]; i++)
        assert_false(seal_name_read(RUBBISH[i], &n, root));
}

static int quiet(void **state)
{
    (void)state;
    log_set_level((enum log_level) - 1);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        cmocka_unit_test(the_tree_is_that_of_rfc_9162_whatever_its_size),
        TEST(a_seal_covers_what_came_since_the_one_before_and_follows_from_it),
        TEST(the_same_events_behind_another_history_have_another_root),
        TEST(of_several_nodes_only_the_one_with_the_lease_seals),
        TEST(two_that_seal_at_once_never_seal_twice),
        cmocka_unit_test(a_root_is_told_and_read_back_and_rubbish_is_not),
    };
    return cmocka_run_group_tests_name("store: seals", tests, quiet, NULL);
}
