/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read as JSON can be printed, and what was printed is read again. */
#include "core/json.h"
#include "core/text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cJSON *json = json_parse((const char *)data, size);
    if (!json)
        return 0;
    HOLDS(utf8_valid((const char *)data, size));
    (void)json_int(json, "id", 0);
    (void)json_text(json, "name", "");
    (void)json_bool(json, "open", false);
    (void)json_time(json, "at");
    char *printed = cJSON_PrintUnformatted(json);
    HOLDS(printed);
    cJSON *again = json_parse(printed, strlen(printed));
    HOLDS(again);
    cJSON_Delete(again);
    cJSON_free(printed);
    cJSON_Delete(json);
    return 0;
}
