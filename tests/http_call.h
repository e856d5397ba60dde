/* One HTTP call over loopback, for tests of the server. */
#ifndef TESTS_HTTP_CALL_H
#define TESTS_HTTP_CALL_H
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* line: "POST /api/override"; headers end in \r\n each. Returns the status, 0 without an answer; the whole answer in out. */
static inline int http_call(int port, const char *line, const char *headers, const char *body, char *out,
                            size_t size)
{
    char text[4096];
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t at = 0;
    int n = snprintf(text, sizeof text,
                     "%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s",
                     line, port, strlen(body), headers, body);
    int sent = fd >= 0 && n < (int)sizeof text && !connect(fd, (struct sockaddr *)(void *)&to, sizeof to) &&
               write(fd, text, (size_t)n) == n;
    for (ssize_t k; sent && at + 1 < size && (k = read(fd, out + at, size - 1 - at)) > 0;) at += (size_t)k;
    if (fd >= 0) close(fd);
    out[at] = 0;
    return at > 12 ? atoi(out + 9) : 0;
}
#endif
