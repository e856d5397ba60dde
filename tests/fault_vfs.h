/* An SQLite VFS that fails on purpose. It passes everything to the machine's own VFS, keeps a log of every write, truncation,
 * sync and delete, and can make writes fail as a full or broken disk does. From the log, fault_crash builds what the disk
 * may hold after the power went at a given moment: what was synced is there; of what was not, any part may be there, in any
 * order, torn at sectors of 512 bytes. After SQLite's own crash tests (sqlite.org/testing.html, section 3.3). */
#ifndef TESTS_FAULT_VFS_H
#define TESTS_FAULT_VFS_H
#include <stdint.h>
#include <stdio.h>
enum fault_kind { FAULT_WRITE, FAULT_TRUNCATE, FAULT_SYNC, FAULT_DELETE };
enum fault_fate { FATE_LOST, FATE_KEPT, FATE_ANY };        /* of what was not synced */
#define FAULT_VFS "fault"
void fault_register(void);                                 /* once */
void fault_start(void);                                    /* empties the log, no faults */
long fault_length(void);                                   /* operations logged so far */
enum fault_kind fault_kind_at(long op);
double fault_time_at(long op);                             /* monotonic seconds */
/* Writes the files as they may be when the power goes just before operation `op` takes effect, into `dir`. */
void fault_crash(long op, enum fault_fate, uint64_t seed, const char *dir);
void fault_disk_bytes(int64_t room);                       /* writes past this much more fail: disk full. -1: no limit */
void fault_break(int writes, int syncs);                   /* this many writes and syncs from now on fail with an I/O error */
#endif
