/* Any text as a zone, a time, and a value with unit: no crash, no undefined behaviour, and what is read is finite.
 * The first line is the key, the rest the text. */
#include "base/err.h"
#include "base/instant.h"
#include "base/unit.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one(const char *key, const char *text)
{
    struct err e = {0};
    struct zone z;
    double value;
    int64_t at_ms;
    char shown[64];
    if (!zone_parse(text, &z, &e)) zone_offset_s(&z, 1700000000000);
    if (!instant_parse(text, NULL, &at_ms, &e)) instant_format(shown, sizeof shown, NULL, at_ms);
    if (!unit_parse(text, key, &value, &e)) {
        must(!isnan(value), "`%s` for `%s` is NaN", text, key);
        unit_format(shown, sizeof shown, value, key);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *key = calloc(1, size + 1);
    if (!key) return 0;
    memcpy(key, data, size);
    char *text = strchr(key, '\n');
    if (text) *text++ = 0;
    one(key, text ? text : "");
    free(key);
    return 0;
}
