import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { settledWorld } from "../app/settled-world.ts";
import { emptyDatabase, migratedDatabase, type TestDatabase } from "../support/test-database.ts";
import { workplace } from "./remit.ts";

let password = "hunter2secret";
const place = workplace();
const databases: TestDatabase[] = [];
let original: string;

beforeAll(async () => {
  original = await made(migratedDatabase("sqlite"));
  const store = await openStore(original, { clock: () => new Date("2026-11-20T01:00:00Z"), access: "write" });
  await settledWorld(store).finally(() => store.close());
});
afterAll(() => Promise.all(databases.map((database) => database.drop())));

/** Its URL; that of PostgreSQL with a password, which nobody may print. The server that tests start asks for none. */
async function made(database: Promise<TestDatabase>): Promise<string> {
  databases.push(await database);
  const { url } = await database;
  if (url.startsWith("sqlite:")) return url;
  const withPassword = new URL(url);
  if (withPassword.password === "") withPassword.password = password;
  password = withPassword.password;
  return withPassword.toString();
}

const copy = (from: string, to: string, ...words: string[]) => place.remit("store", "copy", from, to, ...words);

// Each command is a process of its own, which takes seconds where the machine is busy.
describe("remit store copy", { timeout: 180_000 }, () => {
  it("takes a store from SQLite to PostgreSQL and back, and the books of each copy hold", async () => {
    const [there, back] = [await made(migratedDatabase("postgres")), await made(migratedDatabase("sqlite"))];
    const first = await copy(original, there, "--json");
    expect(first.code).toBe(0);
    const { from, to, ...report } = first.json();
    expect(report).toMatchObject({
      ok: true,
      findings: [],
      proofs: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect([from, to]).toEqual([original, there.replace(password, "***")]);
    const second = await copy(there, back, "--json");
    const { from: _from, to: _to, ...again } = second.json();
    expect(again).toEqual(report);
    const verify = (url: string) => workplace(undefined, { DATABASE_URL: url }).remit("verify", "--json");
    for (const { code, json } of await Promise.all([there, back].map(verify))) {
      expect(json()).toMatchObject({ ok: true, findings: [], filesRecounted: 2 });
      expect(code).toBe(0);
    }
    for (const { stdout, stderr } of [first, second]) expect(stdout + stderr).not.toContain(password);
  });

  it("says in words what was copied, and refuses a store that holds rows, a store that was never made and one that cannot be reached, with the password masked", async () => {
    const full = await made(migratedDatabase("postgres"));
    const { code: done, stdout: said } = await copy(original, full);
    expect(said).toMatch(/:\*\*\*@.*: \d+ rows copied and read back \(sha256 [0-9a-f]{64}\); the books hold/);
    expect(said).not.toContain(password);
    expect(done).toBe(0);
    const never = await made(emptyDatabase("postgres"));
    const away = `postgres://remit:${password}@127.0.0.1:1/remit`;
    const refused = [
      [original, full, "STORE_NOT_EMPTY"],
      [original, never, "STORE_OUTDATED"],
      [original, away, "STORE_UNREACHABLE"],
      [away, await made(emptyDatabase("sqlite")), "STORE_UNREACHABLE"],
    ] as const;
    const answers = await Promise.all(refused.map(([from, to]) => copy(from, to, "--json")));
    for (const [index, { code, stdout, stderr, json }] of answers.entries()) {
      expect(json()).toMatchObject({ ok: false, findings: [{ code: refused[index]?.[2] }] });
      expect(stdout + stderr).not.toContain(password);
      expect(code).toBe(1);
    }
  });
});
