/** Puts a report into its folder so that whoever looks finds the whole of it or the one before, never a part. */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Text is gathered to pieces of about this size before it goes to the disk. */
const PIECE = 64 * 1024;

/** Writes all pieces to a file beside `path`, then renames it. The folder is made when it is missing. */
export async function writeReport(path: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomUUID()}.part`);
  try {
    await writeAll(temporary, pieces);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(path: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const file = await open(path, "wx", 0o640);
  try {
    let gathered = "";
    for await (const piece of pieces) {
      gathered += piece;
      if (gathered.length < PIECE) continue;
      await file.writeFile(gathered);
      gathered = "";
    }
    await file.writeFile(gathered);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name as one folder: letters, digits, dot and hyphen stay, anything else becomes `_` and its code; never `..`. */
export function folderName(ref: string): string {
  const safe = ref.replace(/[^A-Za-z0-9.-]/g, (sign) => `_${(sign.codePointAt(0) ?? 0).toString(16)}`);
  return /^\.+$/.test(safe) ? safe.replaceAll(".", "_2e") : safe;
}
