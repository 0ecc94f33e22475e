import { beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { workplace } from "./remit.ts";

const place = workplace();
const clock = () => new Date("2026-11-20T01:00:00Z");
const ACCOUNT = "FR7630006000011234567890189";

/** A quarantined file of a bank, and the exception that it opened, straight into the tables. */
beforeAll(async () => {
  expect((await place.remit("init", "--json")).code).toBe(0);
  const store = await openStore(place.databaseUrl, { clock, access: "write" });
  const now = clock().toISOString();
  await store.write(async ({ db }) => {
    await db
      .insertInto("inbound_files")
      .values({
        ...{ id: 1n, bank: "b", remote_name: "camt053-1.xml", sha256: "ab", size: 4n, state: "QUARANTINED" },
        findings: JSON.stringify([{ code: "FILE_TRUNCATED", where: "byte 4", found: "the end", expected: "more" }]),
        received_at: now,
      })
      .execute();
    await db
      .insertInto("exceptions")
      .values({
        ...{ id: 7n, identity: "recon/ENTRY_UNMATCHED/m/X", reason: "ENTRY_UNMATCHED", subject_kind: "bank-entry" },
        ...{ subject_ref: `${ACCOUNT}|C1|5|EUR|CRDT||2026-11-20#1`, says: `nothing explains ${ACCOUNT}` },
        ...{ state: "OPEN", owner: "finance", opened_on: "2026-11-20", changed_at: now },
      })
      .execute();
  });
  await store.close();
});

describe("what came in, at the command line", () => {
  it("lists and shows files of the bank with their findings", async () => {
    const listed = await place.remit("files", "list", "--inbound", "--state", "quarantined", "--json");
    expect(listed.json()).toMatchObject({
      files: [{ id: "1", remoteName: "camt053-1.xml", state: "QUARANTINED", because: "FILE_TRUNCATED" }],
    });
    const shown = await place.remit("files", "show", "1", "--inbound");
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/findings:[\s\S]*FILE_TRUNCATED +byte 4/);
  });

  it("refuses to read a file again that is not there, and one whose bank has no marketplace any more", async () => {
    const absent = await place.remit("files", "reprocess", "9");
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringMatching(/NOT_FOUND/)]);
    const orphan = await place.remit("files", "reprocess", "1");
    expect([orphan.code, orphan.stderr]).toEqual([1, expect.stringMatching(/NOT_FOUND: .*found b,/)]);
  });

  it("gives a matter to a person, closes it with a word, and hides account numbers", async () => {
    const assigned = await place.remit("exceptions", "assign", "7", "--to", "carol", "--as", "dave", "--json");
    expect(assigned.json()).toMatchObject({ ok: true, state: "ASSIGNED", owner: "carol" });
    const listed = await place.remit("exceptions", "list", "--json");
    expect(listed.json()).toMatchObject({ exceptions: [{ id: "7", state: "ASSIGNED", owner: "carol" }] });
    expect(listed.stdout).not.toContain(ACCOUNT);
    expect(listed.stdout).toContain("FR76****0189");
    const mute = await place.remit("exceptions", "resolve", "7", "--how", " ", "--as", "carol");
    expect([mute.code, mute.stderr]).toEqual([1, expect.stringMatching(/INPUT_INVALID.*how it was cleared/)]);
    const cleared = await place.remit("exceptions", "resolve", "7", "--how", "a gift of a friend", "--as", "carol");
    expect(cleared.stdout).toBe("exception 7 (ENTRY_UNMATCHED) is RESOLVED, owner carol\n");
    const shown = await place.remit("exceptions", "show", "7", "--json");
    expect(shown.json()).toMatchObject({ resolution: "a gift of a friend", resolvedBy: "carol" });
    const again = await place.remit("exceptions", "assign", "7", "--to", "dave");
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/TRANSITION_REFUSED/)]);
  });
});
