/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console over HTTPS: as over HTTP, and where the platform is not who it should be it says why
 * before anybody's password is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/certificates.h"
#include "tests/lib/platform.h"
#include "tests/lib/screen.h"
#include "tests/lib/verb.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_platform *platform;
static char *directory, *home;
static struct verb_run run;

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text_of(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    assert_true(vasprintf(&text, format, args) > 0);
    va_end(args);
    return text;
}

static int set_up(void **state)
{
    (void)state;
    directory = test_directory();
    home = screen_home_new();
    test_authority_make(directory, "ca");
    test_authority_make(directory, "stranger");
    test_certificate_make(directory, "ca", "server", "IP:127.0.0.1", NULL);
    test_certificate_make(directory, "ca", "expired", "IP:127.0.0.1", "20210101000000Z");
    char *ca = text_of("%s/ca.pem", directory);
    char *certificate = text_of("%s/server.pem", directory),
         *key = text_of("%s/server.key", directory);
    const char *const arguments[] = {"--certificate", certificate, "--key", key, NULL};
    platform = test_platform_start_with(
        &(struct test_platform_options){.ca_file = ca, .arguments = arguments});
    free(ca);
    free(certificate);
    free(key);
    return 0;
}

static int tear_down(void **state)
{
    (void)screen_close_all(state);
    bool good = test_platform_stop(platform);
    screen_home_free(home);
    free(directory);
    return good ? 0 : -1;
}

static void the_console_works_over_https_and_hears_of_changes(void **state)
{
    (void)state;
    char *url = text_of("MINQING_URL=%s", platform->url);
    char *ca = text_of("MINQING_CA=%s", platform->ca_file);
    const char *const env[] = {url, ca, "MINQING_PASSWORD=minqing-demo", NULL};
    struct screen_options options = {.home = home, .env = env, .name = "dispatcher"};
    struct screen *screen =
        screen_minqing(&options, (const char *const[]){"--login", "dispatcher", NULL});
    screen_wait_text(screen, "▌", 0);
    const char *operator= test_login(platform, "operator");
    struct test_reply order =
        test_post(platform, operator, "/appeals",
                  "{\"channel\":\"hotline12345\",\"kind\":\"complaint\",\"phone\":\"13800001111\","
                  "\"region\":\"420281003001\",\"category\":\"010101\",\"urgent\":true,"
                  "\"words\":\"水管爆裂淹了路\",\"next\":\"dispatch\"}");
    assert_int_equal(order.status, 201);
    const char *number = json_text(order.json, "number", "??");
    screen_wait_text(screen, number + 2, 0); /* the list leaves the year out */
    test_reply_free(&order);
    screen_close(screen);
    free(url);
    free(ca);
}

/* `minqing login` as a script would, with this authority ("" the machine's own). */
static void login(const char *url, const char *authority, const char *language)
{
    char *place = text_of("MINQING_URL=%s", url);
    char *ca =
        *authority ? text_of("MINQING_CA=%s/%s", directory, authority) : text_of("MINQING_CA=");
    const char *const env[] = {place, ca, "MINQING_PASSWORD=minqing-demo", NULL};
    verb_run(&run, home, env, (const char *const[]){"--lang", language, "login", "operator", NULL});
    free(place);
    free(ca);
}

static void refused(const char *said)
{
    if (run.status != 1 || !strstr(run.err, said))
        fail_msg("ended with %d and said %s, not %s", run.status, run.err, said);
}

static void who_is_not_trusted_gets_no_password(void **state)
{
    (void)state;
    login(platform->url, "ca.pem", "en");
    assert_int_equal(run.status, 0);
    login(platform->url, "stranger.pem", "en");
    refused("its certificate is not trusted; --ca FILE names who is");
    login(platform->url, "stranger.pem", "zh");
    refused("证书不受信任，可用 --ca 文件 指定信任的签发者");
    login(platform->url, "", "zh");
    refused("证书不受信任");
    char *other = text_of("https://localhost:%u", platform->port);
    login(other, "ca.pem", "en");
    refused("its certificate is for another host name");
    login(other, "ca.pem", "zh");
    refused("证书与主机名不符");
    free(other);
    login(platform->url, "absent.pem", "en");
    refused("The file of trusted certificates");
    test_shell(directory, "echo nonsense >nonsense.pem");
    login(platform->url, "nonsense.pem", "zh");
    refused("信任证书文件（--ca）无法使用");
}

static void an_expired_certificate_is_told_as_such(void **state)
{
    (void)state;
    test_shell(directory, "cp server.pem kept.pem && cp server.key kept.key && "
                          "cp expired.pem server.pem && cp expired.key server.key");
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT((login(platform->url, "ca.pem", "en"), run.status != 0)));
    refused("its certificate has expired");
    login(platform->url, "ca.pem", "zh");
    refused("证书已过期");
    test_shell(directory, "cp kept.pem server.pem && cp kept.key server.key");
    assert_int_equal(kill(platform->pid, SIGHUP), 0);
    assert_true(TEST_WAIT((login(platform->url, "ca.pem", "en"), run.status == 0)));
}

static void beyond_this_machine_the_console_wants_https(void **state)
{
    (void)state;
    login("http://12345.example.cn", "", "en");
    refused("http:// sends the password and citizens' data in the clear");
    login("http://12345.example.cn", "", "zh");
    refused("请改用 https://");
    login("http://127.0.0.1.example.cn", "", "en");
    refused("in the clear");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_console_works_over_https_and_hears_of_changes),
        cmocka_unit_test(who_is_not_trusted_gets_no_password),
        cmocka_unit_test(an_expired_certificate_is_told_as_such),
        cmocka_unit_test(beyond_this_machine_the_console_wants_https),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
