import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { askForFile, type ByHandRequest, confirmForFile, dropRequest } from "../../src/app/by-hand.ts";
import { approveFile } from "../../src/app/decide-file.ts";
import { sendFiles } from "../../src/app/send-files.ts";
import { showTransferFile } from "../../src/app/show-transfer-file.ts";
import { checkBooks } from "../../src/app/verify-books.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import { TRANSFER_FILE_LIFECYCLE, type TransferFileState } from "../../src/domain/transfer-file.ts";
import { openExceptions } from "../../src/store/exceptions.ts";
import { STORE_KINDS, type StoreKind } from "../support/test-database.ts";
import { type FileWorld, FRIDAY, fileWorld } from "./file-world.ts";

const worlds: FileWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.store.close();
});

async function approved(kind: StoreKind): Promise<FileWorld> {
  const world = await fileWorld(kind);
  worlds.push(world);
  await approveFile(world.as("bob"), { messageId: world.messageId });
  return world;
}

const ask = (world: FileWorld, kind: ByHandRequest["kind"], by = "bob") =>
  askForFile(world.as(by), { messageId: world.messageId, kind, reason: "a double entry" });
const confirm = (world: FileWorld, kind: ByHandRequest["kind"], by = "carol") =>
  confirmForFile(world.as(by), { messageId: world.messageId, kind });

const transferStates = async ({ store }: FileWorld) =>
  (await store.db.selectFrom("transfers").select("state").orderBy("id").execute()).map(({ state }) => state);
const told = async ({ store }: FileWorld) =>
  (await store.db.selectFrom("status_changes").select(["status", "detail"]).orderBy("id").execute()).slice(-2);
const audits = async ({ store }: FileWorld) =>
  store.db.selectFrom("audit_log").select(["actor", "action", "detail"]).orderBy("id").execute();

/** Puts the file into a state, as the engine does on its way; the fence is held until then. */
async function put(world: FileWorld, state: TransferFileState, fenceUntil: string | null = null): Promise<void> {
  await world.store.write(async (tx) => {
    await sql`UPDATE transfer_files SET state = ${state}, fence_until = ${fenceUntil}, fence_owner = ${fenceUntil}`.execute(
      tx.db,
    );
  });
}

describe.each(STORE_KINDS)("by hand, on %s", (kind) => {
  it("a file is withdrawn by two people, its money is available again, and its transfers go in a new file", async () => {
    const world = await approved(kind);
    expect(await ask(world, "WITHDRAW")).toMatchObject({ state: "APPROVED", askedBy: "bob" });
    expect(await world.state()).toBe("APPROVED");
    expect(await confirm(world, "WITHDRAW")).toMatchObject({
      state: "CANCELLED",
      askedBy: "bob",
      confirmedBy: "carol",
    });
    expect(await transferStates(world)).toEqual(["SCHEDULED", "SCHEDULED"]);
    expect(await told(world)).toEqual(Array(2).fill({ status: "SCHEDULED", detail: "file withdrawn" }));
    expect((await checkBooks(world.store.db)).breaches).toEqual([]);
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 0 });
    await writeTransferFiles({ ...world, actor: "alice" }, FRIDAY);
    const files = await world.store.db
      .selectFrom("transfer_files")
      .select(["message_id", "state"])
      .orderBy("id")
      .execute();
    expect(files.map(({ state }) => state)).toEqual(["CANCELLED", "AWAITING_APPROVAL"]);
    await approveFile(world.as("bob"), { messageId: files[1]?.message_id ?? "" });
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
    expect((await checkBooks(world.store.db)).breaches).toEqual([]);
  });

  it("a file that a person gave to the bank counts as sent, is sent by the engine no more, and is expected to be answered", async () => {
    const world = await approved(kind);
    await ask(world, "SENT_BY_HAND");
    expect(await confirm(world, "SENT_BY_HAND")).toMatchObject({ state: "SENT" });
    expect(await transferStates(world)).toEqual(["SENT", "SENT"]);
    expect(await told(world)).toEqual(Array(2).fill({ status: "SENT", detail: world.messageId }));
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 0 });
    expect(world.inbox()).toEqual({});
    expect(await showTransferFile(world, world.messageId)).toMatchObject({
      sentAt: expect.any(String),
      answerBy: expect.any(String),
      byHand: [{ kind: "SENT_BY_HAND", state: "CONFIRMED", askedBy: "bob", confirmedBy: "carol" }],
    });
  });

  it("a file in doubt that the bank has by its own telling is acknowledged, and its exceptions are over", async () => {
    const world = await approved(kind);
    await sendFiles(world, FRIDAY);
    await put(world, "UPLOAD_UNKNOWN");
    const exception = {
      reason: "UPLOAD_UNKNOWN",
      subjectKind: "transfer-file",
      subjectRef: "M",
      says: "s",
      owner: "operations",
    } as const;
    await world.store.write((tx) =>
      openExceptions(tx, [{ ...exception, identity: `upload-unknown/${world.messageId}` }], FRIDAY, world.clock()),
    );
    await ask(world, "CONFIRMED_BY_PHONE");
    expect(await confirm(world, "CONFIRMED_BY_PHONE")).toMatchObject({ state: "ACKNOWLEDGED" });
    expect(await world.store.db.selectFrom("exceptions").select(["state", "resolution"]).execute()).toEqual([
      { state: "RESOLVED", resolution: "CONFIRMED_BY_PHONE by bob and carol" },
    ]);
  });

  it("is in the audit log with both people and the reason, and so is a request that was dropped", async () => {
    const world = await approved(kind);
    await ask(world, "WITHDRAW");
    await dropRequest(world.as("dave"), { messageId: world.messageId, kind: "WITHDRAW" });
    await expect(confirm(world, "WITHDRAW")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await ask(world, "WITHDRAW");
    await confirm(world, "WITHDRAW");
    expect((await audits(world)).slice(-4)).toEqual([
      { actor: "bob", action: "file.withdraw.asked", detail: "a double entry" },
      { actor: "dave", action: "file.withdraw.dropped", detail: "asked by bob: a double entry" },
      { actor: "bob", action: "file.withdraw.asked", detail: "a double entry" },
      { actor: "carol", action: "file.withdraw.confirmed", detail: "asked by bob: a double entry" },
    ]);
  });

  it.each(["bob", "BOB ", "", " "])("is not confirmed by %j after bob asked", async (second) => {
    const world = await approved(kind);
    await ask(world, "WITHDRAW");
    await expect(confirm(world, "WITHDRAW", second)).rejects.toMatchObject({ code: "APPROVAL_REFUSED" });
    expect(await world.state()).toBe("APPROVED");
  });

  it.each(["bob", "BOB ", ""])("the table itself refuses that %j confirms what bob asked for", async (second) => {
    const world = await approved(kind);
    await ask(world, "WITHDRAW");
    const forged = world.store.write(async (tx) => {
      await sql`UPDATE file_requests SET state = 'CONFIRMED', confirmed_by = ${second}`.execute(tx.db);
    });
    await expect(forged).rejects.toThrow();
  });

  it("needs a reason, a name, and no other open request", async () => {
    const world = await approved(kind);
    const { messageId } = world;
    for (const [by, reason] of [
      ["bob", "  "],
      [" ", "why"],
    ] as const) {
      await expect(askForFile(world.as(by), { messageId, kind: "WITHDRAW", reason })).rejects.toMatchObject({
        code: "INPUT_INVALID",
      });
    }
    await ask(world, "WITHDRAW");
    await expect(ask(world, "SENT_BY_HAND")).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    await expect(confirm(world, "SENT_BY_HAND")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is possible in exactly the states of the lifecycle, and never withdraws once an upload was begun", async () => {
    const world = await approved(kind);
    const EVENTS = { WITHDRAW: "cancel", SENT_BY_HAND: "sendByHand", CONFIRMED_BY_PHONE: "confirmByPhone" } as const;
    const possible: string[] = [];
    for (const state of Object.keys(TRANSFER_FILE_LIFECYCLE) as TransferFileState[]) {
      await put(world, state);
      for (const request of Object.keys(EVENTS) as (keyof typeof EVENTS)[]) {
        const asked = await ask(world, request).then(
          () => true,
          () => false,
        );
        expect([state, request, asked]).toEqual([state, request, EVENTS[request] in TRANSFER_FILE_LIFECYCLE[state]]);
        if (!asked) continue;
        await dropRequest(world, { messageId: world.messageId, kind: request });
        if (request === "WITHDRAW") possible.push(state);
      }
    }
    expect(possible).toEqual(["AWAITING_APPROVAL", "APPROVED"]);
  });

  it("a confirmation that comes after the upload was begun is refused, and the file goes on", async () => {
    const world = await approved(kind);
    await ask(world, "WITHDRAW");
    await put(world, "UPLOADING");
    await expect(confirm(world, "WITHDRAW")).rejects.toMatchObject({ code: "TRANSITION_REFUSED" });
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
  });

  it.each(["claim.commit.after", "upload.commit.before"] as const)(
    "a file that is withdrawn while a worker stands at %s is not sent",
    async (point) => {
      const world = await approved(kind);
      await ask(world, "WITHDRAW");
      const at = async (reached: string) => {
        if (reached === point) await confirm(world, "WITHDRAW");
      };
      const { counts, findings } = await sendFiles({ ...world, at }, FRIDAY);
      expect([counts.sent, counts.failed, findings[0]?.code]).toEqual([0, 1, "FENCE_LOST"]);
      expect(world.inbox()).toEqual({});
      expect(await world.state()).toBe("CANCELLED");
    },
  );

  it.each(["upload.commit.after", "mid-write.after", "verify.commit.after", "rename.commit.before"] as const)(
    "a file that people gave to the bank while a worker stands at %s is not published as well",
    async (point) => {
      const world = await approved(kind);
      await ask(world, "SENT_BY_HAND");
      const at = async (reached: string) => {
        if (reached === point) await confirm(world, "SENT_BY_HAND");
      };
      expect((await sendFiles({ ...world, at }, FRIDAY)).counts).toMatchObject({ sent: 0, failed: 1 });
      expect(Object.keys(world.inbox()).filter((name) => name.endsWith(".xml"))).toEqual([]);
      expect(await world.state()).toBe("SENT");
      expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 0, failed: 0 });
    },
  );

  it("two confirmations at once do it once", async () => {
    const world = await approved(kind);
    await ask(world, "WITHDRAW");
    const ends = await Promise.allSettled(["carol", "dave", "erin"].map((who) => confirm(world, "WITHDRAW", who)));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await checkBooks(world.store.db)).breaches).toEqual([]);
  });
});
