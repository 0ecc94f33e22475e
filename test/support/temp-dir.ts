/** Temporary folders of a test process, removed when it ends however it ends. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { janitor } from "./janitor.ts";

/** A new empty folder (mode 0700) with an absolute path. */
export function tempDir(prefix = "remit-"): string {
  const path = mkdtempSync(join(tmpdir(), prefix));
  janitor.removeAtEnd(path);
  return path;
}
