/* See name.h: without regard to capitals (of ASCII; others are as they are written), with no blank at the ends and no sign that prints nothing.
 * Else a certificate for `A-1` with a hidden sign reads as one for the hazardous `A-1`, and `Inspector` checks what `inspector` did. */
#include "base/name.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* First and last of ranges of UTF-8 that print nothing, or a blank that is none: U+00A0, U+00AD, U+2000 to U+200F, U+2028 to U+202F, U+205F to U+206F,
 * U+3000, U+FEFF. Byte order is code point order. */
static const struct {
    const char *first, *last;
} hidden[] = {{"\xc2\x80", "\xc2\xa0"},         {"\xc2\xad", "\xc2\xad"},         {"\xe2\x80\x80", "\xe2\x80\x8f"},
              {"\xe2\x80\xa8", "\xe2\x80\xaf"}, {"\xe2\x81\x9f", "\xe2\x81\xaf"}, {"\xe3\x80\x80", "\xe3\x80\x80"},
              {"\xef\xbb\xbf", "\xef\xbb\xbf"}};

static int hides(const char *at)
{
    if (iscntrl((unsigned char)*at)) return 1;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        size_t n = strlen(hidden[i].first);
        if (strnlen(at, n) == n && memcmp(at, hidden[i].first, n) >= 0 && memcmp(at, hidden[i].last, n) <= 0)
            return 1;
    }
    return 0;
}

int name_plain(const char *name)
{
    size_t n = strlen(name);
    if (!n || name[0] == ' ' || name[n - 1] == ' ') return 0;
    for (; *name; name++)
        if (hides(name)) return 0;
    return 1;
}

void name_key(const char *name, char *key, size_t size)
{
    size_t n = 0;
    for (; name[n] && n + 1 < size; n++)
        key[n] = (char)((name[n] >= 'A' && name[n] <= 'Z') ? name[n] - 'A' + 'a' : name[n]);
    key[n] = 0;
}
