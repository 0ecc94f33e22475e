/** Makes the names in a folder durable. */
import { open } from "node:fs/promises";

/** After a rename the file's bytes are on disk, but its name is only once the folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (cause) {
    // Some network file systems cannot sync a folder, and have no need to.
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EINVAL" && code !== "ENOTSUP") throw cause;
  } finally {
    await handle.close();
  }
}
