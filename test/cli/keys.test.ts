import { join } from "node:path";
import { expect, it } from "vitest";
import { workplace } from "./remit.ts";

const SAMPLE = join(import.meta.dirname, "../../sample-files/practical-case/multi-capture.ndjson");

it("makes a key that is shown once, lists it without its secret, and revokes it", async () => {
  const place = workplace();
  await place.remit("init");
  expect((await place.remit("import", SAMPLE)).code).toBe(0);
  const made = (await place.remit("keys", "create", "office-corner", "--role", "writer", "--json")).json();
  const { id, key } = made as { id: string; key: string };
  expect(key).toMatch(/^remit_[0-9a-z]{16}_[A-Za-z0-9_-]{43}$/);
  const listed = await place.remit("keys", "list", "office-corner", "--json");
  expect(listed.json().keys).toEqual([{ id, role: "writer", createdAt: "2026-11-20T01:00:00.000Z", revokedAt: null }]);
  expect(listed.stdout).not.toContain(key.split("_")[2]);
  expect((await place.remit("keys", "revoke", id)).code).toBe(0);
  expect((await place.remit("keys", "list", "office-corner")).stdout).toContain("2026-11-20T01:00:00.000Z");
  expect((await place.remit("keys", "create", "nobody", "--json")).json()).toMatchObject({ ok: false });
});
