import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BankChannel } from "../../src/exchange/bank-channel.ts";
import { EXCHANGE_POINTS, type ExchangePoint } from "../../src/exchange/fail-point.ts";
import { openChannel } from "../../src/exchange/open-channel.ts";
import { tempDir } from "../support/temp-dir.ts";
import { filesIn, frozenFile, placeIn } from "./bank.ts";
import { attempt, newSending } from "./sender.ts";

class Crash extends Error {}

const NOT_OF_AN_UPLOAD = /^(inspect|download|remove|marker|archive)/;
const POINTS = EXCHANGE_POINTS.filter((point) => !NOT_OF_AN_UPLOAD.test(point));

/** Dies at `point` in the first attempt, then goes on as after a restart; the bank may collect between. */
async function crashAt(point: ExchangePoint, collects: boolean) {
  const root = tempDir();
  mkdirSync(join(root, "inbox"));
  const frozen = frozenFile(500_000);
  const sending = newSending();
  let collected = 0;
  let crashed = false;
  for (let tries = 0; tries < 3 && !["SENT", "SENT_UNCONFIRMED", "STOPPED"].includes(sending.state); tries += 1) {
    const at = async (reached: ExchangePoint) => {
      if (crashed || reached !== point) return;
      crashed = true;
      throw new Crash(point);
    };
    let channel: BankChannel | undefined;
    try {
      channel = await openChannel({ kind: "folder", root }, at);
      await attempt(sending, channel, placeIn("inbox"), frozen, at);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    } finally {
      await channel?.close();
    }
    if (collects && filesIn(join(root, "inbox"))["PAY.xml"] === frozen.sha256) {
      rmSync(join(root, "inbox", "PAY.xml"));
      collected += 1;
    }
  }
  return { sending, collected, crashed, files: filesIn(join(root, "inbox")), sha256: frozen.sha256 };
}

describe("a crash at a fail point", () => {
  it.each(POINTS)("%s: after the restart the bank has the file once", async (point) => {
    const { sending, crashed, files, sha256 } = await crashAt(point, false);
    expect(crashed).toBe(true);
    expect(sending.state).toBe("SENT");
    expect(sending.uploadsAfterRename).toBe(0);
    expect(files).toEqual({ "PAY.xml": sha256 });
  });

  it.each(POINTS)("%s: a bank that collects at once collects it once", async (point) => {
    const { sending, collected, files } = await crashAt(point, true);
    expect(collected).toBe(1);
    expect(sending.state).toBe(point === "rename.after" ? "SENT_UNCONFIRMED" : "SENT");
    expect(sending.uploadsAfterRename).toBe(0);
    expect(files).toEqual({});
  });
});
