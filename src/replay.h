/* After a crash: what people did since the state was last saved, taken from the audit, which is on disk before an act is
 * acknowledged. Overrides that are still in force are asked of control again, and taken back where they were taken back. */
#ifndef REPLAY_H
#define REPLAY_H
#include <stdint.h>
struct control; struct store; struct village;
/* While nothing runs. Returns the number of acts done. An override that control has already is replaced by itself. */
int acts_replay(struct store *, const struct village *, struct control *, int64_t now_ms);
#endif
