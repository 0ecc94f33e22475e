import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliverNotifications } from "../../src/app/deliver-notifications.ts";
import { enableEndpoint } from "../../src/app/enable-endpoint.ts";
import { listExceptions } from "../../src/app/list-exceptions.ts";
import { listNotifications } from "../../src/app/list-notifications.ts";
import { showNotification } from "../../src/app/show-notification.ts";
import { breaches } from "../../src/store/invariants.ts";
import { claimNotifications, endpointsDue, recordAttempts } from "../../src/store/notifications.ts";
import type { StatusChange } from "../../src/store/status-changes.ts";
import { type Outbox, openOutbox, type Receiver, SECRET, startReceiver } from "./outbox-world.ts";

const DAY = "2026-11-20";
let outbox: Outbox;
let receiver: Receiver;

beforeEach(async () => {
  outbox = await openOutbox();
  receiver = await startReceiver();
});

afterEach(async () => {
  await receiver.close();
  await outbox.store.close();
});

const transfer = (ref: string, status: string): StatusChange => ({ kind: "transfer", ref, status });
const deliver = () => deliverNotifications(outbox.context, DAY);
const statesOf = async () => (await listNotifications(outbox.context, { limit: 100 })).map(({ state }) => state);
const later = (ms: number) => {
  outbox.now = new Date(outbox.now.getTime() + ms);
};

describe("the outbox", () => {
  it("is sent as thin, signed calls that the reference library verifies, and logged", async () => {
    outbox.now = new Date();
    await outbox.endpoint("hooks", `${receiver.url}/hooks`);
    await outbox.changes([{ kind: "transfer", ref: "T1", status: "REJECTED", detail: "AC04" }]);
    expect((await deliver()).counts).toMatchObject({ attempts: 1, delivered: 1, retries: 0 });
    const [call] = receiver.calls;
    const headers = Object.fromEntries(Object.entries(call?.headers ?? {}).map(([name, text]) => [name, String(text)]));
    expect(new Webhook(SECRET).verify(call?.body ?? "", headers)).toEqual({
      id: headers["webhook-id"],
      marketplace: "SHOPS",
      kind: "transfer",
      ref: "T1",
      sequence: 1,
      status: "REJECTED",
      detail: "AC04",
      occurredAt: outbox.now.toISOString(),
    });
    const shown = await showNotification(outbox.context, headers["webhook-id"] ?? "");
    expect(shown).toMatchObject({ state: "DELIVERED", attempts: 1 });
    expect(shown.log).toEqual([
      expect.objectContaining({ attempt: 1, outcome: "DELIVERED", httpStatus: 204, error: null }),
    ]);
  });

  it("does nothing when run again", async () => {
    await outbox.endpoint("hooks", receiver.url);
    await outbox.changes([transfer("T1", "SENT")]);
    await deliver();
    expect((await deliver()).counts).toMatchObject({ attempts: 0 });
    expect(receiver.calls).toHaveLength(1);
  });

  it("tells the changes of one object in their order, and of several objects side by side", async () => {
    await outbox.endpoint("hooks", receiver.url);
    const refs = Array.from({ length: 40 }, (_, index) => `T${index}`);
    for (const status of ["SENT", "ACCEPTED", "EXECUTED"])
      await outbox.changes(refs.map((ref) => transfer(ref, status)));
    expect((await deliver()).counts).toMatchObject({ delivered: 120 });
    const told = receiver.calls.map(({ body }) => JSON.parse(body) as { ref: string; sequence: number });
    for (const ref of refs) {
      expect(told.filter((one) => one.ref === ref).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    }
  });

  it("holds later changes of an object back until the earlier one is delivered, but no other object", async () => {
    await outbox.endpoint("hooks", receiver.url);
    receiver.answer = (response, { body }) => response.writeHead(body.includes('"SENT"') ? 500 : 204).end();
    await outbox.changes([transfer("T1", "SENT"), transfer("T1", "ACCEPTED"), transfer("T2", "EXECUTED")]);
    expect((await deliver()).counts).toMatchObject({ attempts: 2, delivered: 1, retries: 1 });
    expect(receiver.calls.filter(({ body }) => body.includes("ACCEPTED"))).toEqual([]);
    later(6_000);
    receiver.answer = (response) => response.writeHead(204).end();
    expect((await deliver()).counts).toMatchObject({ delivered: 2 });
    expect(receiver.calls.slice(-2).map(({ body }) => JSON.parse(body).status)).toEqual(["SENT", "ACCEPTED"]);
  });

  it("is tried ten times under the same id and then given up, and the next change of the object follows", async () => {
    await outbox.endpoint("hooks", receiver.url);
    receiver.answer = (response, { body }) => response.writeHead(body.includes('"SENT"') ? 500 : 204).end();
    await outbox.changes([transfer("T1", "SENT"), transfer("T1", "ACCEPTED")]);
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await deliver();
      later(27 * 3_600_000);
      // Something else gets through, so that the endpoint does not count as dead.
      await outbox.changes([transfer(`X${attempt}`, "EXECUTED")]);
    }
    const [gaveUp] = (await listNotifications(outbox.context, { limit: 100, state: "FAILED" })).slice(-1);
    expect(gaveUp).toMatchObject({ attempts: 10, status: "SENT" });
    const ids = receiver.calls
      .filter(({ body }) => body.includes('"SENT"'))
      .map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(1);
    expect(receiver.calls.some(({ body }) => body.includes('"ACCEPTED"'))).toBe(true);
  });

  it("waits as long as an overloaded endpoint asks, and sends it nothing else in this run", async () => {
    await outbox.endpoint("hooks", receiver.url);
    receiver.answer = (response) => response.writeHead(429, { "retry-after": "600" }).end();
    await outbox.changes(Array.from({ length: 30 }, (_, index) => transfer(`T${index}`, "SENT")));
    await deliver();
    expect(receiver.calls.length).toBeLessThanOrEqual(8);
    const [waiting] = (await listNotifications(outbox.context, { limit: 100 })).filter(({ attempts }) => attempts > 0);
    expect(Date.parse(waiting?.nextAttemptAt ?? "")).toBe(outbox.now.getTime() + 600_000);
  });

  it("lets an endpoint rest that only fails, while another one gets everything", async () => {
    await outbox.endpoint("dead", "http://127.0.0.1:1/");
    await outbox.endpoint("alive", receiver.url);
    await outbox.changes(Array.from({ length: 100 }, (_, index) => transfer(`T${index}`, "SENT")));
    const { counts } = await deliver();
    expect(counts.delivered).toBe(100);
    expect(counts.retries).toBeLessThanOrEqual(16);
    expect((await deliver()).counts.delivered).toBe(0);
  });

  it("keeps telling one endpoint what is new while another one does not answer", async () => {
    const silent: (() => void)[] = [];
    receiver.answer = (response, { path }) => {
      const end = () => response.writeHead(204).end();
      if (path === "/silent") silent.push(end);
      else end();
    };
    await outbox.endpoint("silent", `${receiver.url}/silent`, ["transfer"]);
    await outbox.endpoint("alive", `${receiver.url}/alive`);
    await outbox.changes([transfer("T1", "SENT")]);
    const run = deliver();
    await expect.poll(() => silent.length).toBe(1);
    await outbox.changes([{ kind: "order", ref: "O1", status: "SUCCEEDED" }]);
    await expect.poll(() => receiver.calls.filter(({ path }) => path === "/alive").length).toBe(2);
    silent[0]?.();
    expect((await run).counts).toMatchObject({ delivered: 3 });
  });

  it("disables an endpoint that answers 410, tells operations once, and resumes in order when it is enabled", async () => {
    await outbox.endpoint("hooks", receiver.url);
    receiver.answer = (response) => response.writeHead(410).end();
    await outbox.changes([transfer("T1", "SENT")]);
    expect((await deliver()).counts).toMatchObject({ attempts: 1, disabled: 1 });
    await outbox.changes([transfer("T1", "ACCEPTED"), { kind: "order", ref: "O1", status: "SUCCEEDED" }]);
    expect((await deliver()).counts).toMatchObject({ attempts: 0 });
    const opened = await listExceptions(outbox.context, { limit: 10 });
    expect(opened).toMatchObject([{ reason: "ENDPOINT_DISABLED", subject: "endpoint hooks", owner: "operations" }]);

    receiver.answer = (response) => response.writeHead(204).end();
    expect(await enableEndpoint(outbox.context, { marketplace: "SHOPS", endpoint: "hooks" })).toEqual({ missed: 2 });
    await deliver();
    const told = receiver.calls.slice(1).map(({ body }) => JSON.parse(body) as { ref: string; status: string });
    expect(told.filter(({ ref }) => ref === "T1").map(({ status }) => status)).toEqual(["SENT", "ACCEPTED"]);
    expect(told.filter(({ ref }) => ref === "O1")).toHaveLength(1);
    expect(await breaches(outbox.store.db)).toEqual([]);
  });

  it("disables an endpoint of which nothing got through for five days", async () => {
    await outbox.endpoint("hooks", receiver.url);
    receiver.answer = (response) => response.writeHead(500).end();
    await outbox.changes([transfer("T1", "SENT")]);
    await deliver();
    later(5 * 86_400_000);
    expect((await deliver()).counts).toMatchObject({ attempts: 1, disabled: 1 });
    expect(await listExceptions(outbox.context, { limit: 10 })).toHaveLength(1);
  });

  it("forgets that an endpoint failed once something gets through", async () => {
    const id = await outbox.endpoint("hooks", receiver.url);
    const failingSince = async () =>
      (await outbox.store.db.selectFrom("endpoints").selectAll().where("id", "=", id).executeTakeFirstOrThrow())
        .failing_since;
    receiver.answer = (response) => response.writeHead(500).end();
    await outbox.changes([transfer("T1", "SENT")]);
    await deliver();
    expect(await failingSince()).toBe("2026-11-20T01:00:00.000Z");
    receiver.answer = (response) => response.writeHead(204).end();
    later(10_000);
    await deliver();
    expect(await failingSince()).toBeNull();
  });

  it("repeats, under the same id, what was sent before a crash and not recorded", async () => {
    await outbox.endpoint("hooks", receiver.url);
    await outbox.changes([transfer("T1", "SENT")]);
    const crashed = new Error("killed here");
    const at = async (point: string) => {
      if (point === "notification.sent") throw crashed;
    };
    await expect(deliverNotifications({ ...outbox.context, at }, DAY)).rejects.toBe(crashed);
    expect((await deliver()).counts).toMatchObject({ attempts: 0 });
    later(6 * 60_000);
    expect((await deliver()).counts).toMatchObject({ attempts: 1, delivered: 1 });
    expect(new Set(receiver.calls.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(receiver.calls).toHaveLength(2);
  });

  it("counts only the attempt of the worker that holds the notification", async () => {
    const id = await outbox.endpoint("hooks", receiver.url);
    await outbox.changes([transfer("T1", "SENT")]);
    const claim = () =>
      outbox.store.write((tx) => claimNotifications(tx, id, outbox.now, new Date(outbox.now.getTime() + 1_000), 10));
    const [first] = await claim();
    expect(await claim()).toEqual([]);
    later(2_000);
    const [second] = await claim();
    if (first === undefined || second === undefined) throw new Error("nothing was claimed");
    const attempt = { outcome: "DELIVERED", httpStatus: 204, error: undefined, durationMs: 1, attemptedAt: outbox.now };
    const record = (notification: typeof first) =>
      outbox.store.write((tx) =>
        recordAttempts(tx, [{ ...attempt, notification, state: "DELIVERED", nextAttemptAt: outbox.now }]),
      );
    expect((await record(first)).size).toBe(0);
    expect((await record(second)).size).toBe(1);
    expect(await statesOf()).toEqual(["DELIVERED"]);
  });

  it("fails, without stopping others, for an endpoint whose secrets cannot sign", async () => {
    const id = await outbox.endpoint("broken", receiver.url);
    await outbox.endpoint("alive", `${receiver.url}/alive`);
    await outbox.store.write((tx) =>
      tx.db.updateTable("endpoints").set({ secrets: "[]" }).where("id", "=", id).execute(),
    );
    await outbox.changes([transfer("T1", "SENT")]);
    expect((await deliver()).counts).toMatchObject({ delivered: 1, retries: 1 });
    expect(receiver.calls.map(({ path }) => path)).toEqual(["/alive"]);
  });

  it("never calls an address of our own network unless the configuration allows loopback", async () => {
    await outbox.endpoint("hooks", receiver.url);
    await outbox.changes([transfer("T1", "SENT")]);
    const config = { ...outbox.context.config, allowLoopbackEndpoints: false };
    await deliverNotifications({ ...outbox.context, config }, DAY);
    expect(receiver.calls).toEqual([]);
    const [refused] = await listNotifications(outbox.context, { limit: 1 });
    expect((await showNotification(outbox.context, refused?.ref ?? "")).log[0]?.error).toBe("ADDRESS_FORBIDDEN");
  });

  it("does not find endpoints due whose only notifications wait for an earlier one", async () => {
    await outbox.endpoint("hooks", receiver.url);
    receiver.answer = (response) => response.writeHead(500).end();
    await outbox.changes([transfer("T1", "SENT"), transfer("T1", "ACCEPTED")]);
    await deliver();
    expect(await endpointsDue(outbox.store.db, outbox.now)).toEqual([]);
  });
});

describe("the invariant of notifications", () => {
  it("finds one that is missing", async () => {
    await outbox.endpoint("hooks", receiver.url);
    await outbox.changes([transfer("T1", "SENT"), transfer("T2", "SENT")]);
    expect(await breaches(outbox.store.db)).toEqual([]);
    await outbox.store.write((tx) =>
      tx.db
        .deleteFrom("notifications")
        .where("status_change_id", "=", 2n)
        .execute()
        .then(() => undefined),
    );
    expect(await breaches(outbox.store.db)).toMatchObject([
      { code: "NOTIFICATION_MISSING", where: "transfer T2, change 1", found: "none for endpoint hooks" },
    ]);
  });

  it("asks nothing of endpoints for changes before them, or of kinds that they do not want", async () => {
    await outbox.changes([transfer("T1", "SENT")]);
    await outbox.endpoint("later", receiver.url, ["transfer"]);
    await outbox.changes([transfer("T1", "ACCEPTED"), { kind: "order", ref: "O1", status: "SUCCEEDED" }]);
    expect(await breaches(outbox.store.db)).toEqual([]);
  });
});
