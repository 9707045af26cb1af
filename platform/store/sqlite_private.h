/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sqlite_private: between the two files of the driver for SQLite. */
#ifndef PLATFORM_STORE_SQLITE_PRIVATE_H
#define PLATFORM_STORE_SQLITE_PRIVATE_H

#include "platform/store/store_private.h"

/* Fills `err` for a result code of SQLite: what a person can do first, then SQLite's own words. */
enum status sqlite_fail(struct db *db, int code, struct error *err);
/* Ends the connection's queries and frees its statements. */
void sqlite_forget(struct db *db);

#endif
