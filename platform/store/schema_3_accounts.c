/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lockout, passwords that must be changed, sessions that end. */
#include "platform/store/schema.h"

/* A login is kept as a keyed hash: what was typed there may be a password. A session has a row for
 * each of its tokens; those from before have no session, and people log in once more. */
const char schema_3_accounts[] =
    "alter table account add column must_change int8 not null default 0;"
    "alter table account add column password_at int8 not null default 0;"
    "alter table account add column last_login_at int8 not null default 0;"
    "create table old_password(account_id int8 not null, at int8 not null,"
    " password_hash text not null, primary key(account_id, at)) strict;"
    "create table login_guard(login_hash bytes not null primary key, account_id int8 not null,"
    " wrong int8 not null, since int8 not null, locked_until int8 not null) strict;"
    "create index login_guard_account on login_guard(account_id) where account_id > 0;"
    "create index login_guard_unknown on login_guard(since) where account_id = 0;"
    "delete from session;"
    "alter table session add column id int8 not null default 0;"
    "alter table session add column issued_at int8 not null default 0;"
    "alter table session add column seen_at int8 not null default 0;"
    "alter table session add column replaced int8 not null default 0;"
    "create index session_id on session(id);"
    "alter table access_log add column about_account_id int8 not null default 0;";
