import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { tempDir } from "../support/temp-dir.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");

describe("DATABASE_URL", () => {
  it("sqlite:PATH opens the file of that path", async () => {
    const path = join(tempDir(), "a", "remit.db");
    const store = await openStore(`sqlite:${path}`, { clock, access: "migrate" });
    await store.migrate();
    await store.close();
    const reader = await openStore(`sqlite:${path}`, { clock, access: "read" });
    expect(reader.kind).toBe("sqlite");
    await reader.close();
  });

  it.each(["read", "write"] as const)(
    "of a file that is not there is refused for access to %s, and makes none",
    async (access) => {
      const path = join(tempDir(), "mistyped.db");
      await expect(openStore(`sqlite:${path}`, { clock, access })).rejects.toThrow(/no such file.*remit init/);
      expect(existsSync(path)).toBe(false);
      expect(existsSync(`${path}.lock`)).toBe(false);
    },
  );

  it.each(["", "remit.db", "mysql://app:hunter2secret@host/remit", "sqlite:"])("%j is refused", async (url) => {
    const refused = await openStore(url, { clock, access: "migrate" }).catch((error: Error) => error.message);
    expect(refused).toMatch(/DATABASE_URL.*sqlite:/);
    expect(refused).not.toContain("hunter2secret");
  });
});
