/** System errors of a machine that has no room for another process, file or connection: nothing was done and nothing was looked at. Source: fork(2), execve(2), open(2), socket(2), connect(2). */
const NO_ROOM: readonly string[] = ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

/** Whether an error says nothing but that there is no room. Shape: `code` is the system's word. */
export function hasNoRoom(code: string): boolean {
  return NO_ROOM.includes(code);
}
