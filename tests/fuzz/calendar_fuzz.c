/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A holiday file of any bytes is taken or refused with a message, and deadlines still come. */
#include "core/worktime.h"
#include "tests/fuzz/fuzz.h"
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct error err = {ST_OK, ""};
    int fd = memfd_create("holidays", MFD_CLOEXEC);
    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct calendar *calendar = calendar_new();
    HOLDS(calendar);
    enum status st = calendar_load(calendar, path, &err);
    HOLDS(st == ST_OK || (st == err.status && err.message[0]));
    int64_t from = INT64_C(1794963600000);
    struct limit limit = {5, LIMIT_DAYS};
    HOLDS(worktime_deadline(calendar, from, limit) >= from);
    calendar_free(calendar);
    (void)close(fd);
    return 0;
}
