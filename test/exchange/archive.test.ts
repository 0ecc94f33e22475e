import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { archive, readArchived } from "../../src/exchange/archive.ts";
import { mountSmallDisk } from "../support/small-disk.ts";
import { tempDir } from "../support/temp-dir.ts";
import { bytesOf, codeOf, filesIn, sha256 } from "./bank.ts";

const DAY = "2026-11-20";
const BYTES = Buffer.from("<Document/>");

describe("the archive", () => {
  it("keeps a file under its day, hash and name, and gives it back", async () => {
    const root = tempDir();
    const kept = await archive(root, { pieces: [BYTES], name: "camt.xml", day: DAY });
    expect(kept).toEqual({ path: `${DAY}/${sha256(BYTES)}-camt.xml`, sha256: sha256(BYTES), size: 11, isNew: true });
    expect(await bytesOf(readArchived(root, kept.path))).toEqual(BYTES);
  });

  it("keeps the same file once, and the same bytes under two names twice", async () => {
    const root = tempDir();
    await archive(root, { pieces: [BYTES], name: "a.xml", day: DAY });
    expect((await archive(root, { pieces: [BYTES], name: "a.xml", day: DAY })).isNew).toBe(false);
    expect((await archive(root, { pieces: [BYTES], name: "b.xml", day: DAY })).isNew).toBe(true);
    expect(readdirSync(join(root, DAY))).toHaveLength(2);
  });

  it.each(["../../../etc/cron.d/x", "..", "a\u0000b", "/abs", "x".repeat(300), "", "C:\\x"])(
    "the name %j leads to no other folder",
    async (name) => {
      const root = tempDir();
      const { path } = await archive(root, { pieces: [BYTES], name, day: DAY });
      expect(readdirSync(root)).toEqual([DAY]);
      expect(readdirSync(join(root, DAY))).toEqual([path.slice(DAY.length + 1)]);
    },
  );

  it("refuses a day that is none, and a path that it did not give", async () => {
    const root = tempDir();
    expect(await codeOf(() => archive(root, { pieces: [BYTES], name: "a", day: "../x" }))).toBe("INPUT_INVALID");
    expect(await codeOf(() => bytesOf(readArchived(root, "../secret")))).toBe("NOT_FOUND");
    expect(await codeOf(() => bytesOf(readArchived(root, `${DAY}/${"0".repeat(64)}-a`)))).toBe("NOT_FOUND");
  });

  it("notices a file that was changed on the disk, and writes it anew when it comes again", async () => {
    const root = tempDir();
    const { path } = await archive(root, { pieces: [BYTES], name: "a", day: DAY });
    writeFileSync(join(root, path), "changed");
    expect(await codeOf(() => bytesOf(readArchived(root, path)))).toBe("ARCHIVE_DAMAGED");
    expect((await archive(root, { pieces: [BYTES], name: "a", day: DAY })).isNew).toBe(true);
    expect(await bytesOf(readArchived(root, path))).toEqual(BYTES);
  });

  it.each(["archive-write.before", "archive-write.after", "archive-rename.before"] as const)(
    "a crash at %s leaves nothing under the file's name, and the next try keeps it",
    async (point) => {
      const root = tempDir();
      const crash = (reached: string) => (reached === point ? Promise.reject(new Error("crash")) : Promise.resolve());
      const request = { pieces: [BYTES], name: "a", day: DAY };
      await expect(archive(root, request, crash)).rejects.toThrow("crash");
      expect(readdirSync(join(root, DAY)).filter((name) => !name.startsWith("."))).toEqual([]);
      expect((await archive(root, request)).isNew).toBe(true);
    },
  );

  it("a disk without room is told, and nothing half is left", async () => {
    const root = join(tempDir(), "disk");
    const disk = mountSmallDisk(root);
    const bytes = Buffer.alloc(300 * 1024);
    try {
      // Where this user may not mount, a file stands where the day's folder belongs: the write cannot be done either.
      if (disk === undefined) {
        mkdirSync(root, { recursive: true });
        writeFileSync(join(root, DAY), "");
      }
      await expect(archive(root, { pieces: [bytes], name: "a", day: DAY })).rejects.toThrow(/ENOSPC|EEXIST|ENOTDIR/);
      if (disk !== undefined) expect(filesIn(join(root, DAY))).toEqual({});
    } finally {
      disk?.unmount();
    }
  });
});
