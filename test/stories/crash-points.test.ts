import { generateKey } from "openpgp";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { FAIL_POINTS } from "../../src/app/fail-points.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { STORE_KINDS, type StoreKind } from "../support/test-database.ts";
import { type CrashMarket, crashMarket } from "./crash-market.ts";
import { type CrashBank, type CrashWorld, crashWorld } from "./crash-world.ts";

const around = (...steps: readonly string[]) => steps.flatMap((step) => [`${step}.before`, `${step}.after`]);

/** What every file passes on its way to the bank, in order. */
const HAND_OFF = [
  ...around(
    "claim.commit",
    "upload.commit",
    "connect",
    "check-final",
    "open",
    "first-write",
    "mid-write",
    "last-write",
  ),
  ...around("fsync", "close", "stat", "read-back", "verify.commit", "rename.commit", "rename", "sent.commit"),
];

/** What is passed only after a first death: the process dies again while it recovers. */
const RECOVERIES = [
  ...around("inspect", "remove").map((point) => ["open.after", point]),
  ...around("inspect", "rename").map((point) => ["read-back.after", point]),
  ...around("inspect", "sent.commit").map((point) => ["rename.after", point]),
];

const MARKER = { exchange: { marker: { suffix: ".done" } } };
const NO_RENAME = { exchange: { rename: false } };
const SEALED = { exchange: { pgp: { encrypt: true, sign: true, decrypt: false } } };

/** What every file of the bank passes on its way in. */
const INBOUND = [
  ...around("connect", "download", "archive-write", "archive-rename", "inbound.apply"),
  "inbound.recorded",
];

const reached = new Set<string>();
let kills = 0;
const main = inject("remitMain");
let pgp: Readonly<Record<string, unknown>>;
let sshd: TestSshd;

beforeAll(async () => {
  [sshd, pgp] = await Promise.all([startSshd(), newKeys()]);
}, 120_000);
afterAll(() => sshd?.stop());

describe.each(STORE_KINDS)("a process that is killed by SIGKILL, on %s", { timeout: 180_000 }, (kind) => {
  let market: CrashMarket;
  beforeAll(async () => {
    market = await crashMarket(kind);
    for (const point of market.reached) reached.add(point);
  }, 120_000);
  afterAll(() => market?.database.drop());

  it.concurrent.each(HAND_OFF)(
    "at %s: after the restart the bank has taken each payment exactly once",
    async (point) => {
      await inWorld(market, {}, async (world) => {
        await die(world, "send-files", nth(kind, point));
        await finishHandOff(world);
      });
    },
  );

  it.concurrent.each(HAND_OFF.slice(HAND_OFF.indexOf("rename.after")))(
    "at %s while the bank collects at once: it is never offered a second time",
    async (point) => {
      await inWorld(market, {}, async (world) => {
        await die(world, "send-files", nth(kind, point));
        world.brain.processInbox();
        await finishHandOff(world);
      });
    },
  );

  it.concurrent.each(RECOVERIES)("at %s and again at %s: the second death changes nothing", async (first, second) => {
    await inWorld(market, {}, async (world) => {
      await die(world, "send-files", nth(kind, first));
      await die(world, "send-files", second);
      await finishHandOff(world);
    });
  });

  it.concurrent.each(around("marker"))("at %s: the bank that waits for a marker gets it, once", async (point) => {
    const world = await crashWorld(market, sshd, main, MARKER);
    await die(world, "send-files", nth(kind, point));
    await world.run("send-files");
    const names = world.inbox();
    expect(names).toHaveLength(4);
    expect(names.filter((name) => name.endsWith(".done"))).toEqual(
      names.filter((name) => name.endsWith(".xml")).map((name) => `${name}.done`),
    );
    await world.drop();
  });

  it.concurrent.each(["publish.commit.before", "unopened.commit.after"])(
    "at %s: a bank that forbids to rename has taken each payment exactly once",
    async (point) => {
      await inWorld(market, NO_RENAME, async (world) => {
        world.allowCreating(!point.startsWith("unopened"));
        await die(world, "send-files", nth(kind, point));
        world.allowCreating(true);
        await finishHandOff(world);
      });
    },
  );

  it.concurrent.each(["publish.commit.after", "unopened.commit.before"])(
    "at %s: a bank that forbids to rename is never offered the file again, and people are told",
    async (point) => {
      const world = await crashWorld(market, sshd, main, NO_RENAME);
      world.allowCreating(!point.startsWith("unopened"));
      await die(world, "send-files", nth(kind, point));
      world.allowCreating(true);
      for (let run = 0; run < 2; run += 1) await world.run("send-files");
      expect(await world.states()).toEqual(["SENT", "UPLOAD_UNKNOWN"]);
      expect(world.inbox()).toHaveLength(1);
      await world.drop();
    },
  );

  it.concurrent.each([...around("seal.commit"), "mid-write.after", "rename.after"])(
    "at %s: the bank gets the bytes that were sealed once",
    async (point) => {
      const world = await crashWorld(market, sshd, main, { ...SEALED, pgp });
      await die(world, "send-files", nth(kind, point));
      await world.run("send-files");
      expect(world.inboxHashes()).toEqual(await world.outgoing());
      await world.drop();
    },
  );

  it.concurrent.each(INBOUND)("at %s of what the bank answered: it is applied exactly once", async (point) => {
    await inWorld(market, {}, async (world) => {
      await world.run("send-files");
      world.brain.processInbox();
      await die(world, "collect-files", nth(kind, point));
      await world.run("collect-files");
    });
  });
});

it("dies at fifty places and more, and no fail point is in the list that nothing passes", () => {
  expect(kills).toBeGreaterThan(50);
  expect(Object.keys(FAIL_POINTS).filter((point) => !reached.has(point))).toEqual([]);
});

/** On one store the first file dies, on the other the second one, after the first was sent. */
function nth(kind: StoreKind, point: string): string {
  return kind === "sqlite" || point.startsWith("connect") ? point : `${point}:2`;
}

async function inWorld(
  market: CrashMarket,
  bank: CrashBank,
  live: (world: CrashWorld) => Promise<void>,
): Promise<void> {
  const world = await crashWorld(market, sshd, main, bank);
  try {
    await live(world);
    expect(await world.faults()).toEqual([]);
  } finally {
    await world.drop();
  }
}

async function die(world: CrashWorld, job: string, order: string): Promise<void> {
  expect(await world.remit(job, order)).toEqual({ end: "SIGKILL", output: "" });
  kills += 1;
  reached.add(order.replace(/:\d+$/, ""));
  world.later();
}

async function finishHandOff(world: CrashWorld): Promise<void> {
  await world.run("send-files");
  world.brain.processInbox();
  await world.run("collect-files");
}

/** Keys of both sides, as a configuration holds them. */
async function newKeys(): Promise<Readonly<Record<string, unknown>>> {
  const [us, bank] = await Promise.all(
    ["us", "bank"].map((name) =>
      generateKey({ userIDs: [{ name }], date: new Date("2026-01-01T00:00:00Z"), format: "armored" }),
    ),
  );
  return { bankKeys: [{ value: bank?.publicKey }], ourKeys: [{ key: { value: us?.privateKey } }] };
}
