import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { LANE_LIMITS } from "../../src/app/endpoint-lane.ts";
import { FAILING_LIMIT_MS, PAUSES_MS } from "../../src/notify/retry-schedule.ts";
import { signMessage } from "../../src/notify/signatures.ts";
import { packageFile } from "../../src/package-file.ts";
import { OBJECT_KINDS } from "../../src/store/status-changes.ts";

const TEXT = readFileSync(packageFile("docs/notifications.md"), "utf8");
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

/** `30 min` -> 1800000; `none` -> 0. */
function msOf(text: string): number {
  const [, count = "0", unit = "s"] = /^(\d+) (s|min|h)$/.exec(text) ?? [];
  return text === "none" ? 0 : Number(count) * (UNIT_MS[unit] ?? Number.NaN);
}

describe("the page about notifications", () => {
  it("shows the very schedule of retries that is used", () => {
    const rows = [...TEXT.matchAll(/^\| (\d{1,2}) \| ([^|]+) \|$/gm)];
    expect(rows.map(([, attempt]) => Number(attempt))).toEqual(PAUSES_MS.map((_, index) => index + 1));
    expect(rows.map(([, , pause = ""]) => msOf(pause))).toEqual(PAUSES_MS);
  });

  it("names every kind of object", () => {
    for (const kind of OBJECT_KINDS) expect(TEXT).toContain(`\`${kind}\``);
  });

  it("tells the limits that are in force", () => {
    expect(LANE_LIMITS).toMatchObject({ timeoutMs: 15_000, failuresInARow: 8 });
    expect(TEXT).toContain("within 15 seconds");
    expect(TEXT).toContain("eight times in a row");
    expect(FAILING_LIMIT_MS).toBe(5 * 24 * 3_600_000);
    expect(TEXT).toContain("for five days");
  });

  it("has code that tells our signatures from others", () => {
    const [, code = ""] = /```js\n(.*?)```/s.exec(TEXT) ?? [];
    const script = code.replace(/^import .*$/m, "").replace("export function", "function");
    const globals = { ...crypto, Buffer, Date, Math, Number };
    const isFromRemit = runInNewContext(`${script}; isFromRemit`, globals) as (
      headers: Record<string, string>,
      body: string,
      secret: string,
    ) => boolean;
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const headersAt = (timestamp: number) => ({
      "webhook-id": "msg_1_2",
      "webhook-timestamp": String(timestamp),
      "webhook-signature": `v1,AAAA ${signMessage({ id: "msg_1_2", timestamp, body: "{}", secrets: [secret] })}`,
    });
    const now = Math.floor(Date.now() / 1000);
    expect(isFromRemit(headersAt(now), "{}", secret)).toBe(true);
    expect(isFromRemit(headersAt(now), "{ }", secret)).toBe(false);
    expect(isFromRemit(headersAt(now - 400), "{}", secret)).toBe(false);
    expect(isFromRemit({ ...headersAt(now), "webhook-signature": "v1,AAAA" }, "{}", secret)).toBe(false);
  });
});
