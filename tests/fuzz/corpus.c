/* Runs a fuzz target without a fuzzer: every file of its corpus, then seeded mutations of them (flipped, cut,
 * doubled, spliced bytes), so that the ordinary tests and the sanitised ones look for crashes on any machine.
 * libFuzzer, which sees coverage, finds more; what it finds is added to the corpus. Prints TAP. KEND_FUZZ_RUNS sets
 * the number of mutations. */
#include "base/random.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES_MAX = 512, INPUT_MAX = 1 << 16 };
struct input {
    uint8_t *data;
    size_t size;
};
static struct input corpus[FILES_MAX];
static int n_corpus;

static int read_input(const char *dir, const char *name, struct input *in)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f) return -1;
    in->data = malloc(INPUT_MAX);
    in->size = in->data ? fread(in->data, 1, INPUT_MAX, f) : 0;
    fclose(f);
    return in->data ? 0 : -1;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int read_corpus(const char *dir)
{
    struct dirent **entry;
    int n = scandir(dir, &entry, NULL, by_name);
    for (int i = 0; i < n; i++) {
        if (entry[i]->d_name[0] != '.' && n_corpus < FILES_MAX &&
            !read_input(dir, entry[i]->d_name, &corpus[n_corpus]))
            n_corpus++;
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    return n_corpus;
}

/* A piece of one input copied over or into another. */
static size_t splice(struct random *r, uint8_t *to, size_t size)
{
    const struct input *from = &corpus[random_u64(r) % (uint64_t)n_corpus];
    if (!from->size) return size;
    size_t at = random_u64(r) % from->size, n = 1 + random_u64(r) % 64, into = random_u64(r) % (size + 1);
    if (n > from->size - at) n = from->size - at;
    if (size + n > INPUT_MAX) return size;
    memmove(to + into + n, to + into, size - into);
    memcpy(to + into, from->data + at, n);
    return size + n;
}

static size_t mutate_once(struct random *r, uint8_t *b, size_t size)
{
    static const uint8_t odd[] = {0,    0xff, '\n', ' ', '\t', ':', '-', '{',  '[', '"',
                                  '\'', '&',  '*',  '0', '9',  '.', 'e', 0xc3, 0x80};
    size_t at = size ? random_u64(r) % size : 0, n = 1 + random_u64(r) % 16;
    switch (random_u64(r) % 5) {
    case 0:
        if (size) b[at] ^= (uint8_t)(1u << random_u64(r) % 8);
        return size;
    case 1:
        if (size) b[at] = odd[random_u64(r) % sizeof odd];
        return size;
    case 2:
        if (n > size - at) n = size - at;
        memmove(b + at, b + at + n, size - at - n);
        return size - n;
    case 3: return size ? at : 0;
    default: return splice(r, b, size);
    }
}

static void run_copy(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1); /* so that a sanitiser sees a read past the end */
    if (!exact) return;
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(int argc, char **argv)
{
    if (argc < 2 || !read_corpus(argv[1])) {
        printf("1..1\nnot ok 1 - no corpus in %s\n", argc > 1 ? argv[1] : "?");
        return 1;
    }
    const char *asked = getenv("KEND_FUZZ_RUNS");
    long runs = asked ? strtol(asked, NULL, 10) : 3000;
    printf("1..2\n");
    for (int i = 0; i < n_corpus; i++) run_copy(corpus[i].data, corpus[i].size);
    printf("ok 1 - %d inputs of the corpus\n", n_corpus);
    fflush(stdout);
    const char *slash = strrchr(argv[1], '/');
    struct random r = random_stream(1, slash ? slash : argv[1]);
    static uint8_t b[INPUT_MAX];
    for (long i = 0; i < runs; i++) {
        const struct input *in = &corpus[random_u64(&r) % (uint64_t)n_corpus];
        size_t size = in->size;
        memcpy(b, in->data, size);
        for (uint64_t k = 1 + random_u64(&r) % 6; k; k--) size = mutate_once(&r, b, size);
        run_copy(b, size);
    }
    printf("ok 2 - %ld mutations\n", runs);
    for (int i = 0; i < n_corpus; i++) free(corpus[i].data);
    return 0;
}
