/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log: one line an occurrence on standard error, time first, without personal data. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Lines above `level` are dropped; LOG_INFO at the start. */
void log_set_level(enum log_level level);
/* Writes one line of at most 4096 bytes atomically: "2026-11-18T09:00:00.000+08:00 info message".
 * What could steer a terminal becomes '?'. Keeps errno, so that %m works. Thread-safe. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
