/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks too often is refused, alone, and nobody else's number makes room for more. */
#include "core/clock.h"
#include "platform/api/api_private.h"
#include <malloc.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct settings settings;
static struct rates *rates;

static int set_up(void **state)
{
    (void)state;
    if (sodium_init() < 0)
        return -1;
    settings = settings_default();
    settings.address_rate = settings.account_rate = 1;
    settings.address_burst = settings.account_burst = 5;
    rates = rates_new();
    return rates ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    rates_free(rates);
    return 0;
}

static bool ask(const char *address)
{
    return rates_take_address(rates, &settings, address);
}

static void exhaust(const char *address)
{
    while (ask(address))
        ;
}

static void a_burst_is_allowed_and_no_more(void **state)
{
    (void)state;
    int64_t from = clock_ticks_ms();
    int allowed = 0;
    while (allowed < 100 && ask("192.0.2.1"))
        allowed++;
    assert_in_range(allowed, 5, 5 + (clock_ticks_ms() - from) / 1000 + 1);
}

static void addresses_and_accounts_do_not_pay_for_each_other(void **state)
{
    (void)state;
    exhaust("192.0.2.1");
    assert_true(ask("192.0.2.2"));
    while (rates_take_account(rates, &settings, 1001))
        ;
    assert_true(rates_take_account(rates, &settings, 1002));
    assert_true(ask("1001"));
}

static bool asks_again(const char *address, int64_t ms)
{
    int64_t end = clock_ticks_ms() + ms;
    while (clock_ticks_ms() < end)
        if (ask(address))
            return true;
    return false;
}

static void time_gives_back_what_was_taken(void **state)
{
    (void)state;
    settings.address_rate = 200;
    exhaust("192.0.2.1");
    assert_true(asks_again("192.0.2.1", 10000));
}

static void a_flood_of_addresses_takes_no_memory_and_frees_no_one(void **state)
{
    enum { MANY = 100000 };
    (void)state;
    char address[32];
    exhaust("192.0.2.1");
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(address, sizeof address, "2001:db8:%x:%x::", i / 65536, i % 65536);
        assert_true(ask(address));
    }
    assert_int_equal(mallinfo2().uordblks, before);
    assert_false(ask("192.0.2.1") && ask("192.0.2.1") && ask("192.0.2.1"));
}

enum { THREADS = 4, TRIES = 2000 };

static void *hammer(void *user)
{
    atomic_int *allowed = user;
    for (int i = 0; i < TRIES; i++)
        if (rates_take_account(rates, &settings, 1001))
            atomic_fetch_add(allowed, 1);
    return NULL;
}

static void threads_share_one_bucket(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    atomic_int allowed = 0;
    int64_t from = clock_ticks_ms();
    settings.account_burst = 1000;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, &allowed), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_in_range(atomic_load(&allowed), 1000, 1000 + (clock_ticks_ms() - from) / 1000 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_burst_is_allowed_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(addresses_and_accounts_do_not_pay_for_each_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(time_gives_back_what_was_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_of_addresses_takes_no_memory_and_frees_no_one,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_share_one_bucket, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
