/* What all books share: the table of classes, ports, and the mean of a thing that decays over a step. */
#include "books/books.h"
#include "near.h"
#include <string.h>

/* clang-format off */
#define BOOKS(X) X(home) X(street) X(bin) X(greenhouse) X(coldstore) X(load) X(gateway) X(station) X(solar) X(hydro) X(biogas) X(pump) X(battery) X(line) X(grid)
/* clang-format on */
#define DECLARE(name) extern const struct book_class books_##name;
#define ENTRY(name) &books_##name,
BOOKS(DECLARE)
static const struct book_class *const book_classes[] = {BOOKS(ENTRY) NULL};

void draw(struct book *b, int account, int port)
{
    double in = -b->flow[port] * b->dt_s;
    b->ports |= 1u << port;
    if (b->as->node[port] >= 0) {
        book_post(b, account, in);
        b->entry[account].drawn += in;
        return;
    }
    if (in > 0 && b->row->account[account].of != WATER_M3)
        fail_msg("%s takes %g through a port without a node", b->as->id, in);
    come(b, account, in > 0 ? GROUND : AIR, in);
}

void settle(struct book *b)
{
    uint32_t all = (1u << b->as->cls->n_port) - 1;
    if (b->ports != all) fail_msg("%s: a port is in no account", b->as->id);
    b->ports = 0;
    for (int k = 0; k < ACCOUNTS_MAX && b->row->account[k].name; k++) {
        b->entry[k].left += fabs(b->open[k]);
        b->open[k] = 0;
    }
}

const struct book_class *book_class_find(const char *cls)
{
    for (int i = 0; book_classes[i]; i++)
        if (strcmp(book_classes[i]->cls, cls) == 0) return book_classes[i];
    return NULL;
}

/* phi1(-z) and dt phi2(-z), phi_k(z) the sum of z^n / (n + k)!: the integrals of the exponential, by their series (z is small). */
struct mean mean_over(double rate_per_s, double dt_s)
{
    double z = -rate_per_s * dt_s, one = 1, two = 0.5, phi1 = 0, phi2 = 0;
    for (int n = 0; n < 40 && fabs(one) > 1e-20; n++) {
        phi1 += one, phi2 += two;
        one *= z / (n + 2), two *= z / (n + 3);
    }
    return (struct mean){phi1, dt_s * phi2};
}
