import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Context } from "../../src/app/context.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { gatewayParts, runOperations } from "../../src/app/run-operations.ts";
import type { Gateway } from "../../src/gateways/gateway.ts";
import { httpGateway } from "../../src/gateways/http-gateway.ts";
import { type SandboxGateway, startSandboxGateway } from "../../src/sandbox/sandbox-gateway.ts";
import { marketplaceNamed } from "../../src/store/marketplaces.ts";
import { insertOperations } from "../../src/store/operations.ts";
import { tempDir } from "../support/temp-dir.ts";
import { testContext } from "../support/test-context.ts";
import { STORE_KINDS, type StoreKind } from "../support/test-database.ts";

const DAY = "2026-11-18";
const NAMES = ["T1", "T2", "T3", "T4", "T5"];
const AUTHORISATION = {
  honourUntil: new Date("2026-11-23T10:00:00Z"),
  expiresAt: new Date("2026-11-24T10:00:00Z"),
};
const MARKETPLACE = {
  ...{ type: "marketplace", id: "m", name: "Market", bank: "b", profile: "sandbox", gateway: "g" },
  ...{ integrationMode: "MULTI_CAPTURE", debtor: { name: "Market SAS", iban: "FR7630006000011234567890189" } },
};

let context: Context;
let sandbox: SandboxGateway;
let gateway: Gateway;

afterEach(async () => {
  await gateway.close();
  await sandbox.stop();
  await context.store.close();
});

/** Five authorised transactions, each with a capture for seller a and one for seller b that nobody has asked for. */
async function world(kind: StoreKind): Promise<void> {
  const plain = await testContext({}, `${DAY}T00:00:00Z`, kind);
  sandbox = await startSandboxGateway({ clock: plain.clock, apiKey: "key" });
  gateway = httpGateway({ url: sandbox.url, key: "key" });
  context = { ...plain, gateway: () => Promise.resolve(gateway) };
  const records = NAMES.flatMap((id) => {
    const [planted] = sandbox.register({
      ...{ reference: `${id}-authorisation`, orderRef: `O${id}`, amount: 1_500n, currency: "EUR", ...AUTHORISATION },
    });
    const items = [
      { id: "i0", name: "thing", amount: 1_000, seller: "a" },
      { id: "i1", name: "thing", amount: 500, seller: "b" },
    ];
    const times = {
      authorisedAt: "2026-11-17T10:00:00Z",
      honourUntil: AUTHORISATION.honourUntil.toISOString(),
      expiresAt: AUTHORISATION.expiresAt.toISOString(),
    };
    return [
      { type: "order", marketplace: "m", id: `O${id}`, amount: 1_500, items },
      {
        ...{ type: "transaction", marketplace: "m", id, order: `O${id}`, amount: 1_500, status: "AUTHORISED" },
        ...{ ...times, gatewayRef: planted?.authorisationId },
      },
    ];
  });
  const sellers = ["a", "b"].map((id) => ({ type: "seller", marketplace: "m", id, legalName: id }));
  const path = join(tempDir(), "records.ndjson");
  writeFileSync(path, [MARKETPLACE, ...sellers, ...records].map((record) => JSON.stringify(record)).join("\n"));
  expect((await importFiles(context, [path])).findings).toEqual([]);
  await context.store.write(async (tx) => {
    const { id } = await marketplaceNamed(tx.db, "m");
    const transactions = await tx.db.selectFrom("transactions").select(["id", "ref"]).orderBy("id").execute();
    const found = await tx.db.selectFrom("sellers").select(["id", "ref"]).where("ref", "in", ["a", "b"]).execute();
    const captures = found.flatMap((seller) =>
      transactions.map(({ id: transactionId, ref }) => ({
        ...{
          kind: "CAPTURE" as const,
          ref: `${ref}-${seller.ref}`,
          transactionId,
          sellerId: seller.id,
          currency: "EUR",
        },
        amount: seller.ref === "a" ? 1_000n : 500n,
      })),
    );
    await insertOperations(tx, id, captures, DAY, context.clock());
  });
}

it.each(STORE_KINDS)("calls to a gateway are shared out by transactions on %s, each call in one part", async (kind) => {
  await world(kind);
  const marketplace = await marketplaceNamed(context.store.db, "m");
  const ids = (await context.store.db.selectFrom("transactions").select("id").orderBy("id").execute()).map(
    ({ id }) => id,
  );
  const parts = await gatewayParts(context, marketplace, DAY, 2);
  expect(parts.map(({ from, to }) => `${from}-${to}`)).toEqual(
    [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)].map((few) => `${few.at(0)}-${few.at(-1)}`),
  );
  const reports = await Promise.all(parts.map((part) => runOperations(context, part)));
  expect(reports.map(({ counts }) => counts["m.succeeded"])).toEqual([4, 4, 2]);
  expect(sandbox.captures()).toHaveLength(NAMES.length * 2);
  expect(await gatewayParts(context, marketplace, DAY)).toEqual([]);
  // What a late helper finds is done.
  for (const part of parts) expect((await runOperations(context, part)).counts).toMatchObject({ "m.succeeded": 0 });
  expect(sandbox.captures()).toHaveLength(NAMES.length * 2);
});
