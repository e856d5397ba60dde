/* Village file as YAML: parse, places, faults. Every fault is kept with its line and column until the whole file
 * has been read, then shown in the order of the file with the source line and a caret, so that one pass tells
 * everything. Before libfyaml sees a byte, what is no text at all (NUL bytes, 10 MB, several documents) is turned
 * away in one line. Anchors and aliases are refused: groups do their work, and a file that unfolds is no
 * documentation. Nearest word: Damerau's distance restricted to adjacent swaps (optimal string alignment). */
#include "village/source.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 63, LINE_WIDTH = 160, LINE_MAX = 10000 };

/* --- faults --- */

static void fault_put(struct source *s, struct spot at, const char *text)
{
    if (s->n_kept == s->fault_room) {
        int room = s->fault_room ? 2 * s->fault_room : 32;
        struct fault *more = ARENA_NEW(&s->scratch, struct fault, room);
        if (s->n_kept) memcpy(more, s->fault, sizeof *more * (size_t)s->n_kept);
        s->fault = more;
        s->fault_room = room;
    }
    s->fault[s->n_kept] = (struct fault){at, s->n_kept, text};
    s->n_kept++;
}

void source_fault(struct source *s, struct spot at, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    if (s->n_fault++ >= SOURCE_FAULTS_KEPT) return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 32 || *p == 127) *p = '?'; /* quoted from the file; a terminal may act on it */
    fault_put(s, at, arena_strdup(&s->scratch, text));
}

static int fault_order(const void *a, const void *b)
{
    const struct fault *p = a, *q = b;
    if (p->at.line != q->at.line) return p->at.line < q->at.line ? -1 : 1;
    if (p->at.col != q->at.col) return p->at.col < q->at.col ? -1 : 1;
    return p->order - q->order;
}

static void lines_find(struct source *s)
{
    int n = 1;
    for (const char *p = s->text; (p = strchr(p, '\n')); p++) n++;
    s->line_start = ARENA_NEW(&s->scratch, const char *, n);
    s->line_start[s->n_line++] = s->text;
    for (const char *p = s->text; (p = strchr(p, '\n')); p++) s->line_start[s->n_line++] = p + 1;
}

/* Columns count characters, a line holds bytes: walks UTF-8 so that the caret stands under the character meant.
 * Long lines show a window around the caret; what a terminal might act on is shown as '?'. */
static void caret_show(struct source *s, struct spot at, FILE *out)
{
    if (at.line < 1 || at.line > s->n_line) return;
    const char *p = s->line_start[at.line - 1];
    int first = at.col > LINE_WIDTH - 40 ? at.col - (LINE_WIDTH - 40) : 1, col = 0;
    fputs("    ", out);
    for (; *p && *p != '\n'; p++) {
        unsigned char c = (unsigned char)*p;
        if ((c & 0xC0) != 0x80) col++;
        if (col >= first + LINE_WIDTH) break;
        if (col >= first && c != '\r') fputc(c == '\t' ? ' ' : c < 32 || c == 127 ? '?' : c, out);
    }
    fprintf(out, "\n    %*s^\n", at.col > first ? at.col - first : 0, "");
}

void source_show(struct source *s, FILE *out)
{
    if (!out || !s->n_fault) return;
    qsort(s->fault, (size_t)s->n_kept, sizeof *s->fault, fault_order);
    lines_find(s);
    for (int i = 0; i < s->n_kept && i < SOURCE_FAULTS_SHOWN; i++) {
        const struct fault *f = &s->fault[i];
        if (f->at.line == 0)
            fprintf(out, "%s: %s\n", s->name, f->text);
        else {
            fprintf(out, "%s:%d:%d: %s\n", s->name, f->at.line, f->at.col, f->text);
            caret_show(s, f->at, out);
        }
    }
    if (s->n_fault > SOURCE_FAULTS_SHOWN)
        fprintf(out, "%s: and %d more\n", s->name, s->n_fault - SOURCE_FAULTS_SHOWN);
}

/* --- the tree --- */

static struct spot spot_of_token(struct fy_token *t)
{
    const struct fy_mark *m = t ? fy_token_start_mark(t) : NULL;
    return m ? (struct spot){m->line + 1, m->column + 1} : (struct spot){1, 1};
}

static struct spot spot_of_key(struct fy_node *n)
{
    struct fy_node *up = fy_node_get_parent(n), *last = NULL;
    struct fy_node_pair *pair;
    for (void *it = NULL; is_map(up) && (pair = fy_node_mapping_iterate(up, &it));) {
        last = fy_node_pair_key(pair);
        if (fy_node_pair_value(pair) == n) break;
    }
    return last && fy_node_get_type(last) == FYNT_SCALAR ? spot_of_token(fy_node_get_scalar_token(last))
                                                         : (struct spot){1, 1};
}

/* libfyaml keeps no place of a quote or a bracket: steps back from the first thing inside over `depth` brackets of its line.
 */
static struct spot spot_of_bracket(struct spot at, const char *text, size_t pos, int depth)
{
    if (pos > 0 && strchr("\"'", text[pos - 1])) {
        pos--;
        at.col--;
    }
    int col = at.col;
    for (size_t i = pos; depth > 0 && i > 0 && text[i - 1] != '\n'; i--) {
        if (!strchr(" [{", text[i - 1])) break;
        col--;
        if (text[i - 1] == ' ') continue;
        at.col = col;
        depth--;
    }
    return at;
}

struct spot spot_of(struct source *s, struct fy_node *n)
{
    struct fy_node *in = n;
    int flow = 0;
    while (in && fy_node_get_type(in) != FYNT_SCALAR) {
        void *it = NULL;
        flow += fy_node_get_style(in) == FYNS_FLOW;
        struct fy_node_pair *pair = is_map(in) ? fy_node_mapping_iterate(in, &it) : NULL;
        in = is_list(in) ? fy_node_sequence_iterate(in, &it) : pair ? fy_node_pair_key(pair) : NULL;
    }
    if (!in) return n ? spot_of_key(n) : (struct spot){1, 1};
    struct fy_token *token = fy_node_get_scalar_token(in);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark) return spot_of_key(in);
    return mark->input_pos <= s->len ? spot_of_bracket(spot_of_token(token), s->text, mark->input_pos, flow)
                                     : spot_of_token(token);
}

const char *scalar_text(struct source *s, struct arena *a, struct fy_node *n)
{
    if (!n || fy_node_get_type(n) != FYNT_SCALAR) return NULL;
    if (fy_node_is_alias(n)) {
        source_fault(s, spot_of(s, n), "an alias; write the value out, or use a group");
        return NULL;
    }
    size_t len = 0;
    const char *text = fy_node_get_scalar(n, &len);
    char *copy = arena_alloc(a, len + 1);
    if (text) memcpy(copy, text, len);
    for (size_t i = 0; i < len; i++) {
        if (((unsigned char)copy[i] >= 32 && copy[i] != 127) || copy[i] == '\n') continue;
        source_fault(s, spot_of(s, n), "a control character in a text; write plain text");
        return NULL;
    }
    return copy;
}

struct fy_node *map_get(struct fy_node *map, const char *key)
{
    struct fy_node_pair *pair;
    for (void *it = NULL; is_map(map) && (pair = fy_node_mapping_iterate(map, &it));) {
        size_t len = 0;
        struct fy_node *k = fy_node_pair_key(pair);
        const char *text = is_scalar(k) ? fy_node_get_scalar(k, &len) : NULL;
        if (text && len == strlen(key) && memcmp(text, key, len) == 0) return fy_node_pair_value(pair);
    }
    return NULL;
}

/* --- opening --- */

static struct spot spot_of_byte(const char *text, size_t at)
{
    struct spot s = {1, 1};
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n')
            s = (struct spot){s.line + 1, 1};
        else if (((unsigned char)text[i] & 0xC0) != 0x80)
            s.col++;
    }
    return s;
}

/* The byte where the text stops being UTF-8 without control characters; len when it never does. */
static size_t text_ends(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)text[i];
        int more = c < 0x80                ? 0
                   : c >= 0xC2 && c < 0xE0 ? 1
                   : c >= 0xE0 && c < 0xF0 ? 2
                   : c >= 0xF0 && c < 0xF5 ? 3
                                           : -1;
        if (more < 0 || (c < 32 && c != '\n' && c != '\r' && c != '\t') || c == 127 || i + (size_t)more >= len)
            return i;
        for (int k = 1; k <= more; k++)
            if (((unsigned char)text[i + (size_t)k] & 0xC0) != 0x80) return i;
        i += (size_t)more + 1;
    }
    return len;
}

/* What no village file holds at the start of a line: a second document (libfyaml would silently read the first
 * only), a directive, or a line so long that only a machine wrote it. Returns what, with its byte in *at; NULL when
 * all is well. */
static const char *line_refused(const char *text, size_t *at)
{
    int content = 0;
    for (const char *p = text, *end; *p; p = *end ? end + 1 : end) {
        end = strchr(p, '\n') ? strchr(p, '\n') : p + strlen(p);
        int marker = strncmp(p, "---", 3) == 0 && strchr(" \t\r\n", p[3]);
        *at = (size_t)(p - text);
        if (marker && content) return "a second document; a village file holds one";
        if (*p == '%') return "a directive; a village file uses none";
        if (end - p > LINE_MAX) return "a line of more than 10,000 characters; break it";
        if (marker || !strchr("#\r\n", *p)) content = 1;
    }
    return NULL;
}

static int text_acceptable(struct source *s)
{
    size_t at = text_ends(s->text, s->len);
    const char *why =
        at < s->len ? "not plain UTF-8 text here; a village file is YAML text" : line_refused(s->text, &at);
    if (why) source_fault(s, spot_of_byte(s->text, at), "%s", why);
    return !why;
}

/* The first error of the parser; 0 when it told none (a file of comments has no document and no error). */
static int parse_fault(struct source *s, struct fy_diag *diag)
{
    struct fy_diag_error *e;
    struct spot at = {1, 1};
    for (void *it = NULL; (e = fy_diag_errors_iterate(diag, &it));) {
        if (e->line > 0) at = (struct spot){e->line, e->column > 0 ? e->column : 1};
        if (e->type != FYET_ERROR) continue;
        source_fault(s, at, "broken YAML: %s", e->msg ? e->msg : "cannot be parsed");
        return 1;
    }
    return 0;
}

static struct fy_node *document_root(struct source *s)
{
    struct fy_node *root = s->doc ? fy_document_root(s->doc) : NULL;
    if (is_map(root)) return root;
    source_fault(s, SPOT_FILE, "%s; a village file starts with `site:`",
                 root && !fy_node_is_null(root) ? "no mapping of sections" : "the file is empty");
    return NULL;
}

static struct fy_node *document_parse(struct source *s)
{
    struct fy_diag_cfg quiet = {.fp = NULL, .level = FYET_ERROR, .module_mask = ~0u};
    struct fy_diag *diag = fy_diag_create(&quiet);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {.search_path = "",
                               .diag = diag,
                               .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_ALLOW_DUPLICATE_KEYS |
                                        FYPCF_DISABLE_RECYCLING | FYPCF_DEFAULT_VERSION_1_2};
    s->doc = fy_document_build_from_string(&cfg, s->text, s->len);
    struct fy_node *root = !s->doc && parse_fault(s, diag) ? NULL : document_root(s);
    fy_diag_destroy(diag);
    return root;
}

struct fy_node *source_open(struct source *s, const char *name, const char *text, size_t len)
{
    *s = (struct source){.name = name, .text = ""};
    if (len > SOURCE_BYTES_MAX) {
        source_fault(s, SPOT_FILE, "more than %d MB; use groups for many alike", SOURCE_BYTES_MAX >> 20);
        return NULL;
    }
    char *copy = arena_alloc(&s->scratch, len + 1);
    if (len) memcpy(copy, text, len);
    s->text = copy;
    s->len = len;
    return text_acceptable(s) ? document_parse(s) : NULL;
}

void source_close(struct source *s)
{
    if (s->doc) fy_document_destroy(s->doc);
    arena_free(&s->scratch);
}

/* --- nearest word --- */

static int distance(const char *a, const char *b)
{
    int n = (int)strlen(a), m = (int)strlen(b), row[3][WORD_MAX + 2];
    if (n > WORD_MAX || m > WORD_MAX) return 99;
    for (int j = 0; j <= m; j++) row[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = row[i % 3], *up = row[(i + 2) % 3], *upup = row[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            int best = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < best) best = up[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && upup[j - 2] + 1 < best)
                best = upup[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

struct near near_start(const struct source *s, const char *typed)
{
    return (struct near){.typed = typed, .off = s->n_fault > SOURCE_FAULTS_SHOWN};
}

void near_try(struct near *n, const char *word)
{
    if (n->off) return;
    int d = distance(n->typed, word);
    if (!n->best || d < n->distance) {
        n->best = word;
        n->distance = d;
    }
}

const char *near_hint(const struct near *n, char *buf, size_t size)
{
    int room = (int)strlen(n->typed) / 3 > 2 ? (int)strlen(n->typed) / 3 : 2;
    if (!n->best || n->distance > room)
        buf[0] = 0;
    else
        snprintf(buf, size, "; did you mean `%s`?", n->best);
    return buf;
}
