/* Log: one line an event on stderr, "<level>" prefixed when systemd reads it, with a UTC time otherwise. */
#ifndef BASE_LOG_H
#define BASE_LOG_H
enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_INFO = 6, LOG_DEBUG = 7 };
void log_line(enum log_level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_threshold(enum log_level); /* lines above this are dropped; LOG_INFO at start */
#endif
