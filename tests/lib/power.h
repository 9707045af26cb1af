/* SPDX-License-Identifier: GPL-3.0-or-later */
/* power: files under SQLite that lose their power or run full. Every write is noted until it is
 * synced; at the failure each noted write is lost, kept or torn by sectors, by chance.
 *
 *   power_install();                 once, before the first database is opened
 *   power_begin(seed);               all is well
 *   power_fail_at(120);              … until the 120th write, sync, cut or deletion from here on
 *   … work, and close what was opened: after the failure nothing reaches the disk any more …
 *   power_lose(50);                  the disk as it is found; power is back
 *
 * What fails here is the test program's own: every thread of it may use the files. */
#ifndef TESTS_LIB_POWER_H
#define TESTS_LIB_POWER_H

#include <stdbool.h>
#include <stdint.h>

/* Makes these files the ones that SQLite opens from here on. Ends the program when it cannot. */
void power_install(void);
/* Forgets what was noted; `seed` is that of chance. */
void power_begin(uint32_t seed);
/* The power goes at the `operation`th operation from here on: 1 is the next, 0 never. */
void power_fail_at(long operation);
/* It goes now. */
void power_cut(void);
bool power_is_off(void);
/* Operations since power_begin or power_fail_at. */
long power_operations(void);
/* The disk says that it has synced, and has not. */
void power_lie(void);
/* Puts the files into a state in which they can be after the failure: what was synced, and of each
 * write since then so many of a hundred sectors. Power is back then. */
void power_lose(uint32_t kept);
/* No file may become longer: what would make it so fails as on a full disk. */
void power_full(bool full);
/* A number below `below` by the seed's chance; for the test's own thread. */
uint32_t power_random(uint32_t below);

#endif
