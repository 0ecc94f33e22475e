import { afterEach, describe, expect, it } from "vitest";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import { approveFile, refuseFile } from "../../src/app/decide-file.ts";
import { fileCutoff } from "../../src/app/file-cutoff.ts";
import { listTransferFiles } from "../../src/app/list-transfer-files.ts";
import { measure } from "../../src/app/measure.ts";
import { sendFiles } from "../../src/app/send-files.ts";
import { showTransferFile } from "../../src/app/show-transfer-file.ts";
import { STORE_KINDS } from "../support/test-database.ts";
import { type Changes, type FileWorld, FRIDAY, fileWorld } from "./file-world.ts";

const SANDBOX = loadProfile("sandbox");
const zone = process.env.TZ;
const worlds: FileWorld[] = [];
afterEach(async () => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
  for (const world of worlds.splice(0)) await world.store.close();
});

async function open(kind: (typeof STORE_KINDS)[number], changes: Changes = {}): Promise<FileWorld> {
  const world = await fileWorld(kind, changes);
  worlds.push(world);
  return world;
}

const exceptionsOf = async ({ store }: FileWorld) =>
  store.db.selectFrom("exceptions").select(["reason", "state", "resolution"]).orderBy("id").execute();

describe("when a file can go and be executed", () => {
  it.each(["UTC", "Pacific/Auckland", "America/Los_Angeles"])(
    "is told in the bank's zone and calendar by a process whose zone is %s",
    (processZone) => {
      process.env.TZ = processZone;
      const cutoff = fileCutoff(SANDBOX, FRIDAY, new Date("2026-11-20T12:59:00Z"));
      expect(cutoff).toMatchObject({ executes: FRIDAY, late: false });
      expect(cutoff?.nextCutoff.toISOString()).toBe("2026-11-20T13:00:00.000Z");
      expect(fileCutoff(SANDBOX, FRIDAY, new Date("2026-11-20T13:00:00Z"))).toMatchObject({
        executes: "2026-11-23",
        late: true,
      });
    },
  );

  it("is at once for a bank without windows, although it executes on its next day", () => {
    const now = new Date("2026-11-20T13:30:00Z");
    expect(fileCutoff(SANDBOX, FRIDAY, now)).toMatchObject({ sendsFrom: now, executes: "2026-11-23", late: true });
  });

  it("is never late for a bank that executes at any hour", () => {
    const services = SANDBOX.services.filter(({ everyDay }) => everyDay);
    expect(fileCutoff({ ...SANDBOX, services }, FRIDAY, new Date("2026-11-22T23:00:00Z"))).toBeUndefined();
  });

  it("counts the days that the bank needs before", () => {
    const profile = { ...SANDBOX, execution: { ...SANDBOX.execution, leadDays: 2 } };
    const cutoff = fileCutoff(profile, "2026-11-24", new Date("2026-11-20T12:00:00Z"));
    expect(cutoff).toMatchObject({ late: false, executes: "2026-11-24" });
    expect(cutoff?.lastCutoff.toISOString()).toBe("2026-11-20T13:00:00.000Z");
  });
});

describe.each(STORE_KINDS)("cutoffs on %s", (kind) => {
  it("are told when a file is approved, and before", async () => {
    const world = await open(kind);
    const told = { nextCutoff: "2026-11-20T13:00:00.000Z", executes: FRIDAY };
    expect(await listTransferFiles(world, { limit: 5 })).toMatchObject([told]);
    expect(await showTransferFile(world, world.messageId)).toMatchObject(told);
    const { cutoff } = await approveFile(world.as("bob"), { messageId: world.messageId });
    expect(cutoff).toMatchObject({ late: false, executes: FRIDAY, sendsFrom: world.clock() });
  });

  it("let a file that is approved after one go in the next window, and say when it is executed", async () => {
    const world = await open(kind, { exchange: { cutoffWindows: [{ from: "08:00", to: "14:00" }] } });
    world.setClock("2026-11-20T13:30:00Z");
    const { cutoff } = await approveFile(world.as("bob"), { messageId: world.messageId });
    expect(cutoff).toMatchObject({ late: true, executes: "2026-11-23" });
    expect(cutoff?.sendsFrom.toISOString()).toBe("2026-11-23T07:00:00.000Z");
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 0, waiting: 1 });
    world.setClock("2026-11-23T07:00:00Z");
    expect((await sendFiles(world, "2026-11-23")).counts).toMatchObject({ sent: 1 });
  });

  it("refuse the approval where the bank would reject the date, and leave the way of a new file", async () => {
    const world = await open(kind, { execution: { pastDate: "refuse" } });
    world.setClock("2026-11-20T13:00:00Z");
    await expect(approveFile(world.as("bob"), { messageId: world.messageId })).rejects.toMatchObject({
      code: "CUTOFF_MISSED",
    });
    expect(await world.state()).toBe("AWAITING_APPROVAL");
    const refused = await refuseFile(world.as("bob"), { messageId: world.messageId, reason: "too late" });
    expect(refused.state).toBe("REFUSED");
  });

  it("keep an approved file that missed its date from a bank that would reject it, with one exception", async () => {
    const world = await open(kind, { execution: { pastDate: "refuse" } });
    await approveFile(world.as("bob"), { messageId: world.messageId });
    world.setClock("2026-11-20T13:00:00Z");
    for (let run = 0; run < 2; run += 1) {
      expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 0, waiting: 1 });
    }
    expect(await exceptionsOf(world)).toMatchObject([{ reason: "CUTOFF_MISSED", state: "OPEN" }]);
    expect(world.inbox()).toEqual({});
  });

  it.each([
    ["approved", (world: FileWorld) => approveFile(world.as("bob"), { messageId: world.messageId })],
    ["refused", (world: FileWorld) => refuseFile(world.as("bob"), { messageId: world.messageId, reason: "no" })],
  ])("raise an alarm when one comes near and nobody has decided, until the file is %s", async (_name, decide) => {
    const world = await open(kind);
    world.setClock("2026-11-20T11:59:59Z");
    expect((await sendFiles(world, FRIDAY)).findings).toEqual([]);
    world.setClock("2026-11-20T12:00:00Z");
    for (let run = 0; run < 2; run += 1) {
      const { findings } = await sendFiles(world, FRIDAY);
      expect(findings).toMatchObject([
        { code: "CUTOFF_NEAR", expected: expect.stringContaining("14:00 Europe/Paris") },
      ]);
    }
    expect(await exceptionsOf(world)).toMatchObject([{ reason: "CUTOFF_NEAR", state: "OPEN" }]);
    expect(world.warnings.filter((line) => line.includes("cutoff near"))).toHaveLength(1);
    expect((await measure(world)).filesNearCutoff).toBe(1);
    await decide(world);
    expect(await exceptionsOf(world)).toMatchObject([
      { state: "RESOLVED", resolution: expect.stringContaining("bob") },
    ]);
    expect((await measure(world)).filesNearCutoff).toBe(0);
    expect((await sendFiles(world, FRIDAY)).findings).toEqual([]);
  });

  it("raise it as long before as the profile says", async () => {
    const world = await open(kind, { exchange: { approvalAlarmMinutes: 300 } });
    world.setClock("2026-11-20T08:00:00Z");
    expect((await sendFiles(world, FRIDAY)).findings).toHaveLength(1);
  });
});
