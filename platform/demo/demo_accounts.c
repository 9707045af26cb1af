/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An account for every role, and one for every unit that handles. */
#include "platform/demo/demo_private.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

const char demo_password[] = "minqing-demo";

enum { FIRST_UNIT_ACCOUNT = 1000 };

static void add_scope(struct demo_city *city, int64_t account_id, enum scope_dimension dimension,
                      const char *value)
{
    *DEMO_ADD(city->arena, city->scopes) = (struct scope_row){account_id, dimension, value};
}

/* "unit", "industry:emergency", "region:420281108" or "". */
static void make_scope(struct demo_city *city, const struct account *account, const char *scope)
{
    const struct unit *unit = demo_unit(city, account->unit_id);
    const char *value = strchr(scope, ':');
    if (strcmp(scope, "unit") == 0 && unit)
        add_scope(city, account->id, SCOPE_UNIT, unit->path);
    else if (strncmp(scope, "industry:", 9) == 0)
        add_scope(city, account->id, SCOPE_INDUSTRY, value + 1);
    else if (strncmp(scope, "region:", 7) == 0)
        add_scope(city, account->id, SCOPE_REGION, value + 1);
}

static struct account *add_account(struct demo_city *city, int64_t id, const char *login,
                                   const char *name, enum role role, int64_t unit_id,
                                   const char *hash)
{
    struct account *account = DEMO_ADD(city->arena, city->accounts);
    *account = (struct account){.id = id,
                                .login = login,
                                .name = name,
                                .password_hash = hash,
                                .roles = BIT(role),
                                .unit_id = unit_id,
                                .language = LANGUAGE_ZH,
                                .demo = true};
    return account;
}

enum status demo_accounts_make(struct demo_city *city)
{
    /* One hash for all: it takes as long as a hundred orders, and the password is public. */
    char *hash = arena_alloc(city->arena, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str(hash, demo_password, strlen(demo_password),
                          crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE))
        return ST_NO_MEMORY;
    for (const char *const *line = demo_csv_accounts; *line; line++) {
        const char *f[6];
        demo_split(city->arena, *line, f, 6);
        int role = word_find(WORDS_ROLE, f[3]);
        if (role < 0)
            return ST_INVALID;
        make_scope(city,
                   add_account(city, demo_number(f[0]), f[1], f[2], (enum role)role,
                               demo_number(f[4]), hash),
                   f[5]);
    }
    for (size_t i = 0; i < city->units.count; i++) {
        const struct unit *unit = &city->units.items[i];
        if (strcmp(unit->kind, "office") == 0 || demo_handler(city, unit->id))
            continue;
        make_scope(city,
                   add_account(city, FIRST_UNIT_ACCOUNT + unit->id,
                               arena_printf(city->arena, "unit%" PRId64, unit->id),
                               arena_printf(city->arena, "%s承办员", unit->name), ROLE_HANDLER,
                               unit->id, hash),
                   "unit");
    }
    return ST_OK;
}

const struct account *demo_account(const struct demo_city *city, const char *login)
{
    for (size_t i = 0; i < city->accounts.count; i++)
        if (strcmp(city->accounts.items[i].login, login) == 0)
            return &city->accounts.items[i];
    return NULL;
}

const struct account *demo_staff(const struct demo_city *city, const char *login, size_t nth)
{
    size_t n = strlen(login), count = 0;
    for (size_t turn = 0; turn < 2; turn++) {
        /* The first turn counts them, the second finds the one whose turn it is. */
        size_t seen = 0;
        for (size_t i = 0; i < city->accounts.count; i++) {
            const char *name = city->accounts.items[i].login;
            if (strncmp(name, login, n) != 0 || strspn(name + n, "0123456789") != strlen(name + n))
                continue;
            if (turn == 1 && seen == nth % count)
                return &city->accounts.items[i];
            seen++;
        }
        if (seen == 0)
            return NULL;
        count = seen;
    }
    return NULL;
}

const struct account *demo_handler(const struct demo_city *city, int64_t unit_id)
{
    for (size_t i = 0; i < city->accounts.count; i++)
        if (city->accounts.items[i].unit_id == unit_id &&
            (city->accounts.items[i].roles & BIT(ROLE_HANDLER)))
            return &city->accounts.items[i];
    return NULL;
}
