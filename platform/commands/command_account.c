/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts for the one who runs the machine: the first administrator of a city, and the way back in
 * when nobody can log in any more. */
#include "core/arena.h"
#include "core/clock.h"
#include "core/text.h"
#include "platform/commands/command.h"
#include "platform/domain/settings.h"
#include "platform/domain/views.h"
#include "platform/store/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOGIN_MAX = 64, NAME_MAX_POINTS = 64, LIST_PAGE = 200 };

static const char *name, *unit, *language = "zh";
static struct option_list roles;

struct task {
    const char *login;
    struct arena *arena;
    const struct account *account; /* NULL: there is none */
    struct account created;
    char password[INITIAL_PASSWORD_SIZE], hash[PASSWORD_HASH_SIZE];
    int64_t now;
    struct error err;
};

static enum status note(struct db *db, const struct task *t, const char *kind)
{
    return store_access_account(db, 0, kind, t->account->id, t->now);
}

/* --- the jobs --------------------------------------------------------------------------------- */

static enum status unlock(struct db *db, void *user)
{
    const struct task *t = user;
    enum status st = store_login_guard_clear(db, t->login);
    return st ? st : note(db, t, "unlocked");
}

static enum status reset(struct db *db, void *user)
{
    const struct task *t = user;
    const int32_t kept = settings_default().account.password_kept;
    enum status st = store_password_set(db, t->account->id, NULL, t->hash, true, kept, t->now);
    if (!st)
        st = store_sessions_end(db, t->account->id, 0);
    if (!st)
        st = store_login_guard_clear(db, t->login);
    return st ? st : note(db, t, "password_reset");
}

static enum status disable(struct db *db, void *user)
{
    struct task *t = user;
    if ((t->account->roles & BIT(ROLE_ADMINISTRATOR)) && !t->account->disabled &&
        store_accounts_active(db, BIT(ROLE_ADMINISTRATOR), t->account->id) <= 0)
        return error_set(&t->err, ST_CONFLICT,
                         "%s is the last administrator: name another one first", t->login);
    enum status st = store_account_disable(db, t->account->id, true);
    if (!st)
        st = store_sessions_end(db, t->account->id, 0);
    return st ? st : note(db, t, "disabled");
}

static enum status enable(struct db *db, void *user)
{
    const struct task *t = user;
    enum status st = store_account_disable(db, t->account->id, false);
    return st ? st : note(db, t, "enabled");
}

static enum status create(struct db *db, void *user)
{
    struct task *t = user;
    t->created.id = store_new_id(db, t->now);
    t->created.password_hash = t->hash;
    enum status st = store_account_put(db, &t->created, roles_see_orders(t->created.roles));
    t->account = &t->created;
    return st ? st : note(db, t, "created");
}

/* --- what is to be created -------------------------------------------------------------------- */

static enum status read_roles(struct task *t)
{
    for (size_t i = 0; i < roles.count; i++) {
        int role = word_find(WORDS_ROLE, roles.items[i]);
        if (role < 0)
            return error_set(&t->err, ST_INVALID, "there is no role \"%s\"", roles.items[i]);
        t->created.roles |= BIT(role);
    }
    if (t->created.roles == 0)
        return error_set(&t->err, ST_INVALID, "which --role? An account without one sees nothing");
    return ST_OK;
}

static enum status read_unit(struct db *db, struct task *t)
{
    struct unit *units;
    size_t count = unit ? store_units(db, t->arena, &units) : 0;
    for (size_t i = 0; i < count && !t->created.unit_id; i++)
        if (strcmp(units[i].name, unit) == 0)
            t->created.unit_id = units[i].id;
    if (unit && !t->created.unit_id)
        return error_set(&t->err, ST_NOT_FOUND, "there is no unit \"%s\"", unit);
    return ST_OK;
}

/* One line of letters that a person can type again. */
static bool is_login(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n <= LOGIN_MAX &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@") == n;
}

static enum status describe(struct db *db, struct task *t)
{
    if (t->account)
        return error_set(&t->err, ST_CONFLICT, "there is an account %s already", t->login);
    if (!is_login(t->login))
        return error_set(&t->err, ST_INVALID,
                         "a login has 1 to %d letters, digits, dots, dashes, \"_\" or \"@\"",
                         LOGIN_MAX);
    if (!name || !*name || !utf8_valid(name, strlen(name)) || utf8_count(name) > NAME_MAX_POINTS)
        return error_set(&t->err, ST_INVALID, "whose account is it? --name NAME");
    if (strcmp(language, "zh") != 0 && strcmp(language, "en") != 0)
        return error_set(&t->err, ST_INVALID, "--language is zh or en");
    t->created = (struct account){.login = t->login,
                                  .name = name,
                                  .language = *language == 'e' ? LANGUAGE_EN : LANGUAGE_ZH,
                                  .must_change = true,
                                  .password_at = t->now};
    enum status st = read_roles(t);
    return st ? st : read_unit(db, t);
}

/* --- the commands ----------------------------------------------------------------------------- */

static const struct what {
    const char *word, *done;
    store_job job;
    bool makes, gives_password;
} whats[] = {
    {"create", "is made", create, true, true},
    {"reset", "has another password, its sessions are ended", reset, false, true},
    {"unlock", "is unlocked", unlock, false, false},
    {"disable", "is disabled, its sessions are ended", disable, false, false},
    {"enable", "is enabled", enable, false, false},
};

static enum status do_it(struct store *store, const struct what *what, struct task *t)
{
    struct db *db = store_reader(store, &t->err);
    if (!db)
        return t->err.status;
    t->account = store_account_by_login(db, t->login, t->arena);
    enum status st = ST_OK;
    if (what->makes)
        st = describe(db, t);
    else if (!t->account)
        st = error_set(&t->err, ST_NOT_FOUND, "there is no account %s", t->login);
    if (!st && what->gives_password) {
        password_initial(t->password);
        if (!password_hash(t->password, t->hash))
            st = error_set(&t->err, ST_NO_MEMORY, "out of memory");
    }
    if (st)
        return st;
    st = store_write_wait(store, what->job, t);
    if (st && t->err.status == ST_OK)
        (void)error_set(&t->err, st, "%s could not be written: %s", command_db, status_name(st));
    return st;
}

static int change(struct store *store, const struct what *what, const char *login)
{
    struct task t = {.login = login, .arena = arena_new(), .now = clock_now_ms()};
    enum status st =
        t.arena ? do_it(store, what, &t) : error_set(&t.err, ST_NO_MEMORY, "out of memory");
    if (!st) {
        (void)fprintf(stderr, "%s %s\n", login, what->done);
        /* Alone on standard output, so that it can go where it is wanted. */
        if (what->gives_password)
            (void)printf("%s\n", t.password);
    }
    explicit_bzero(t.password, sizeof t.password);
    arena_free(t.arena);
    return st ? command_failed(&t.err) : fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void print_account(const struct account *account, int64_t locked_until)
{
    const struct settings settings = settings_default();
    char last[CLOCK_TEXT_SIZE] = "-";
    if (account->last_login_at)
        clock_format(account->last_login_at, last);
    enum account_state state =
        account_state(account, locked_until, &settings.account, clock_now_ms());
    (void)printf("%s\t%s\t%s\t%.16s\t", account->login, account->name, account_state_name(state),
                 last);
    const char *separator = "";
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (!(account->roles & BIT(role)))
            continue;
        (void)printf("%s%s", separator, word_name(WORDS_ROLE, role));
        separator = ",";
    }
    (void)printf("\n");
}

static int list(struct store *store, const char *text)
{
    struct error err = {ST_OK, ""};
    struct db *db = store_reader(store, &err);
    struct arena *arena = db ? arena_new() : NULL;
    if (!arena) {
        if (db)
            (void)error_set(&err, ST_NO_MEMORY, "out of memory");
        return command_failed(&err);
    }
    enum status st = store_read_begin(db);
    size_t count = st ? 0 : LIST_PAGE;
    for (int64_t after = 0; count == LIST_PAGE;) {
        struct account *accounts;
        int64_t *locked;
        count = store_accounts_find(db, text, after, LIST_PAGE, arena, &accounts, &locked);
        for (size_t i = 0; i < count; i++)
            print_account(&accounts[i], locked[i]);
        after = count ? accounts[count - 1].id : after;
    }
    if (!st)
        st = store_read_end(db);
    arena_free(arena);
    if (st) {
        (void)error_set(&err, st, "%s cannot be read", command_db);
        return command_failed(&err);
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(int count, char **words)
{
    struct error err = {ST_OK, ""};
    struct store *store;
    const struct what *what = NULL;
    bool listing = strcmp(words[0], "list") == 0;
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++)
        if (strcmp(words[0], whats[i].word) == 0)
            what = &whats[i];
    if (!listing && !what)
        return command_wrong("account: \"%s\"? It is list, create, reset, unlock, disable, enable",
                             words[0]);
    if (!listing && count < 2)
        return command_wrong("account %s needs LOGIN", words[0]);
    if (command_db_exists(&err) || command_open(&store, &err))
        return command_failed(&err);
    int code = listing ? list(store, count > 1 ? words[1] : "") : change(store, what, words[1]);
    store_close(store);
    return code;
}

/* clang-format off */
static const struct command_option options[] = {
    OPTION_DB,
    {"name", OPTION_TEXT, &name, 0, 0, "NAME", "create: the person's name"},
    {"role", OPTION_LIST, &roles, 0, 0, "ROLE", "create: administrator, operator, …; may be given again"},
    {"unit", OPTION_TEXT, &unit, 0, 0, "NAME", "create: the unit that the person works for"},
    {"language", OPTION_TEXT, &language, 0, 0, "zh|en", "create: what the platform speaks (zh)"},
};
/* clang-format on */
const struct command command_account = {
    "account",
    "list|create|reset|unlock|disable|enable [LOGIN]",
    "accounts while the platform does not run; a new password is printed once",
    COMMAND_OPTIONS(options),
    1,
    2,
    run};
