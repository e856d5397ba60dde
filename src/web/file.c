/* The page's own files. A closed list of folders and endings: "/" is index.html, "/x.js" lies in the ui folder,
 * "/lib/uplot/.." and
 * "/lib/leaflet/.." in the libraries' dist folders. A path with anything but letters, digits, "-", "_", "." and "/"
 * or with
 * ".." in it is not found, so nothing outside these folders can be named. */
#include "web/http.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *ending, *type;
} type_table[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".webmanifest", "application/manifest+json"},
};

static const char *type_of(const char *path)
{
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof type_table / sizeof *type_table; i++) {
        size_t m = strlen(type_table[i].ending);
        if (n > m && !strcmp(path + n - m, type_table[i].ending)) return type_table[i].type;
    }
    return NULL;
}

static int harmless(const char *path)
{
    if (strstr(path, "..")) return 0;
    for (const char *c = path; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_./", *c)) return 0;
    return 1;
}

static int full_name(const struct http_options *o, const char *path, char *out, size_t size)
{
    static const char *const lib[] = {"uplot", "leaflet"};
    if (!strcmp(path, "/")) path = "/index.html";
    if (strncmp(path, "/lib/", 5)) return snprintf(out, size, "%s%s", o->ui_dir, path) < (int)size ? 0 : -1;
    for (size_t i = 0; i < sizeof lib / sizeof *lib; i++) {
        size_t n = strlen(lib[i]);
        if (!strncmp(path + 5, lib[i], n) && path[5 + n] == '/')
            return snprintf(out, size, "%s/%s/dist%s", o->lib_dir, lib[i], path + 5 + n) < (int)size ? 0 : -1;
    }
    return -1;
}

struct MHD_Response *file_response(const struct http_options *o, const char *path, int *status)
{
    char name[1024];
    const char *type = type_of(!strcmp(path, "/") ? "/index.html" : path);
    *status = 404;
    if (!type || !harmless(path) || full_name(o, path, name, sizeof name)) return NULL;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return NULL;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        close(fd);
        return NULL;
    }
    struct MHD_Response *r = MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
    if (!r) {
        close(fd);
        return NULL;
    }
    MHD_add_response_header(r, "Content-Type", type);
    MHD_add_response_header(r, "Cache-Control", strncmp(path, "/lib/", 5) ? "no-cache" : "max-age=86400");
    *status = 200;
    return r;
}
