/** Where tests keep their databases and mailboxes: in memory, where the machine has room, because they wait for a disk thousands of times. */
import { statfsSync } from "node:fs";

const MEMORY = "/dev/shm";
const ROOM_BYTES = 3 * 1024 ** 3;

/** What the processes of the tests find in their environment; nothing where there is no such file system or too little room. */
export function onMemoryDisk(): Readonly<Record<string, string>> {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize < ROOM_BYTES ? {} : { TMPDIR: MEMORY };
  } catch {
    // Linux has it, macOS has not: then the disk will do.
    return {};
  }
}
