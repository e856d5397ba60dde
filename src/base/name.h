/* Names and ids, told apart as people tell them apart on paper. */
#ifndef BASE_NAME_H
#define BASE_NAME_H
#include <stddef.h>
int name_plain(const char *name);                            /* 0: empty, a blank at an end, or a sign that does not print */
void name_key(const char *name, char *key, size_t size);     /* the same for names that differ by capitals (of ASCII) alone */
#endif
