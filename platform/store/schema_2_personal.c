/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Citizens and their words are sealed; the log of who looked at them; signed roots. */
#include "platform/store/schema.h"

/* The rows themselves are moved by personal_convert, which has the key. The hashes of numbers that
 * a person does not have are empty. */
const char schema_2_personal[] =
    "drop index person_phone;"
    "alter table person rename to open_person;"
    "alter table statement rename to open_statement;"
    "create table person(id int8 not null primary key, sealed bytes not null,"
    " phone_hash bytes not null, identity_hash bytes not null, confidential int8 not null) strict;"
    "create index person_phone on person(phone_hash) where length(phone_hash) > 0;"
    "create index person_identity on person(identity_hash) where length(identity_hash) > 0;"
    "create table statement(id int8 not null primary key, sealed bytes not null,"
    " hash bytes not null) strict;"
    "create index access_log_account on access_log(account_id, at);"
    "create index access_log_order on access_log(order_id, at) where order_id <> 0;"
    /* A root over the events since the seal before, in commit order (seal.c). Of several nodes the
     * one that holds the lease makes them. */
    "create table seal(n int8 not null primary key, first_seq int8 not null,"
    " last_seq int8 not null, events int8 not null, root bytes not null, previous bytes not null,"
    " at int8 not null, key_id text not null, signature bytes not null) strict;"
    /* Who spoke in an order while another was merged into it: its texts may name him. */
    "create table former_citizen(order_id int8 not null, person_id int8 not null,"
    " primary key(order_id, person_id)) strict;"
    "create index former_citizen_person on former_citizen(person_id);"
    "create table lease(name text not null primary key, node int8 not null, until int8 not null)"
    " strict;";
