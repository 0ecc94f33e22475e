import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliverNotifications } from "../../src/app/deliver-notifications.ts";
import { listNotifications } from "../../src/app/list-notifications.ts";
import { replayNotification, replayNotifications } from "../../src/app/replay-notifications.ts";
import { type Outbox, openOutbox, type Receiver, startReceiver } from "./outbox-world.ts";

let outbox: Outbox;
let receiver: Receiver;

beforeEach(async () => {
  outbox = await openOutbox();
  receiver = await startReceiver();
  await outbox.endpoint("hooks", receiver.url);
  for (const [index, hour] of ["01", "02", "03"].entries()) {
    outbox.now = new Date(`2026-11-20T${hour}:00:00Z`);
    await outbox.changes([{ kind: "transfer", ref: `T${index + 1}`, status: "SENT" }]);
  }
  await deliverNotifications(outbox.context, "2026-11-20");
  outbox.now = new Date("2026-11-20T04:00:00Z");
});

afterEach(async () => {
  await receiver.close();
  await outbox.store.close();
});

const told = () =>
  receiver.calls.map(({ body, headers }) => ({
    ref: (JSON.parse(body) as { ref: string }).ref,
    id: headers["webhook-id"],
    at: Number(headers["webhook-timestamp"]),
  }));

describe("a replay", () => {
  it("sends one notification again under its id, at its own time", async () => {
    const [first] = told();
    await replayNotification(outbox.context, String(first?.id));
    await deliverNotifications(outbox.context, "2026-11-20");
    expect(told()).toHaveLength(4);
    expect(told()[3]).toEqual({ ...first, at: outbox.now.getTime() / 1000 });
    const [replayed] = (await listNotifications(outbox.context, { limit: 10 })).filter(({ ref }) => ref === first?.id);
    expect(replayed).toMatchObject({ state: "DELIVERED", attempts: 2 });
  });

  it("sends again what changed in a time range, its end excluded", async () => {
    const from = new Date("2026-11-20T01:00:00Z");
    const to = new Date("2026-11-20T03:00:00Z");
    expect(await replayNotifications(outbox.context, { marketplace: "SHOPS", from, to })).toEqual({ replayed: 2 });
    await deliverNotifications(outbox.context, "2026-11-20");
    expect(
      told()
        .slice(3)
        .map(({ ref }) => ref)
        .sort(),
    ).toEqual(["T1", "T2"]);
  });

  it("can be limited to what failed, and to one endpoint", async () => {
    const range = { marketplace: "SHOPS", from: new Date(0), to: outbox.now } as const;
    expect(await replayNotifications(outbox.context, { ...range, states: ["FAILED"] })).toEqual({ replayed: 0 });
    expect(await replayNotifications(outbox.context, { ...range, endpoint: "other" })).toEqual({ replayed: 0 });
    expect(await replayNotifications(outbox.context, { ...range, marketplace: "OTHER" })).toEqual({ replayed: 0 });
  });

  it("leaves an audit entry", async () => {
    await replayNotification(outbox.context, String(told()[0]?.id));
    const [entry] = await outbox.store.db.selectFrom("audit_log").selectAll().execute();
    expect(entry).toMatchObject({ actor: "tester", action: "replay", subject: `notification ${told()[0]?.id}` });
  });

  it("is refused for an unknown ref, a disabled endpoint and an empty range", async () => {
    await expect(replayNotification(outbox.context, "msg_9_9")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await outbox.store.write((tx) => tx.db.updateTable("endpoints").set({ state: "DISABLED" }).execute());
    await expect(replayNotification(outbox.context, String(told()[0]?.id))).rejects.toMatchObject({
      code: "TRANSITION_REFUSED",
    });
    const range = { marketplace: "SHOPS", from: outbox.now, to: outbox.now };
    await expect(replayNotifications(outbox.context, range)).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });
});
