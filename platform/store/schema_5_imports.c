/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an import looks its lines up by. */
#include "platform/store/schema.h"

const char schema_5_imports[] =
    "create index region_name on region(name);"
    "create index unit_name on unit(name);"
    "create index place_name on place(name, region_code);"
    "create index place_component on place(component_code) where component_code <> '';";
