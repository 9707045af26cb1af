/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/platform.h"
#include "tests/lib/platform_private.h"
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

void test_quick_passwords(const struct test_platform *platform)
{
    static const char password[] = "minqing-demo";
    sqlite3 *db = NULL;
    char hash[crypto_pwhash_STRBYTES];
    bool made = sodium_init() >= 0 &&
                crypto_pwhash_str(hash, password, sizeof password - 1, crypto_pwhash_OPSLIMIT_MIN,
                                  crypto_pwhash_MEMLIMIT_MIN) == 0;
    char *sql = sqlite3_mprintf("update account set password_hash = %Q", made ? hash : "");
    bool done = made && sqlite3_open(platform->database, &db) == SQLITE_OK &&
                sqlite3_busy_timeout(db, TEST_LIMIT_MS) == SQLITE_OK &&
                sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_free(sql);
    (void)sqlite3_close(db);
    if (!done)
        test_die(platform, "the passwords could not be replaced");
}
