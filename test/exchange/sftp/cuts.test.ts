import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RemitError } from "../../../src/domain/errors.ts";
import type { At } from "../../../src/exchange/fail-point.ts";
import { connectSftp } from "../../../src/exchange/sftp/connect.ts";
import { type CutKind, type ProxyFault, startProxy } from "../../support/proxy.ts";
import { startSshd, type TestSshd } from "../../support/sshd.ts";
import { filesIn, frozenFile, placeIn, settingsFor } from "../bank.ts";
import { attempt, newSending, type Sending } from "../sender.ts";

const SIZE = 300_000;
/** Inside the handshake, the log-in, the writes; negative: counted from the end of an upload, its last requests. */
const UP = [0, 20, 900, 2_000, 2_600, 3_000, 3_400, 5_000, 60_000, 134_000, 200_000, -1_200, -700, -300, -160, -100];
const DOWN = [0, 1_000, 2_500, 3_000, 3_800, 60_000, 200_000];
const KINDS = ["fin", "rst", "black-hole"] as const satisfies readonly CutKind[];

let server: TestSshd;
let wholeUpload: number;
beforeAll(async () => {
  server = await startSshd();
  wholeUpload = (await sendThrough({ kind: "none" }, undefined)).bytesUp;
});
afterAll(() => server?.stop());

let folders = 0;
function newFolder(): string {
  folders += 1;
  const folder = join(server.folders.inbox, `f${folders}`);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  return folder;
}

interface Night {
  readonly sending: Sending;
  readonly folder: string;
  readonly sha256: string;
  readonly codes: readonly string[];
  readonly bytesUp: number;
}

/** The first attempt meets the fault; the next ones have a good line. Ends when the file is sent or nobody may go on. */
async function sendThrough(fault: ProxyFault, atFault: At | undefined, collected = false): Promise<Night> {
  const proxy = await startProxy(server, atFault === undefined ? fault : { kind: "none" });
  const folder = newFolder();
  const place = placeIn(folder);
  const frozen = frozenFile(SIZE);
  const sending = newSending();
  const codes: string[] = [];
  const quick = { keepaliveIntervalMs: 150, keepaliveCountMax: 2, connectTimeoutMs: 3_000, deadlineMs: 20_000 };
  for (let tries = 0; tries < 4 && !["SENT", "SENT_UNCONFIRMED", "STOPPED"].includes(sending.state); tries += 1) {
    let channel: Awaited<ReturnType<typeof connectSftp>> | undefined;
    try {
      channel = await connectSftp(settingsFor(server, { port: proxy.port, ...quick }));
      await attempt(sending, channel, place, frozen, async (point) => {
        await atFault?.(point);
        if (tries === 0 && atFault !== undefined && point === "rename.before") proxy.fault = fault;
      });
    } catch (error) {
      codes.push(error instanceof RemitError ? error.code : String(error));
    } finally {
      await channel?.close();
    }
    const seen = filesIn(folder)["PAY.xml"];
    expect([undefined, frozen.sha256]).toContain(seen);
    proxy.fault = { kind: "none" };
    if (collected && tries === 0) rmSync(join(folder, "PAY.xml"));
  }
  await proxy.stop();
  return { sending, folder, sha256: frozen.sha256, codes, bytesUp: proxy.bytes.up };
}

function fromStart(cut: Extract<ProxyFault, { kind: "cut" }>): ProxyFault {
  return cut.afterBytes >= 0 ? cut : { ...cut, afterBytes: wholeUpload + cut.afterBytes };
}

const CUTS = KINDS.flatMap((how) => [
  ...UP.map((afterBytes) => ({ kind: "cut", how, direction: "up", afterBytes }) as const),
  ...DOWN.map((afterBytes) => ({ kind: "cut", how, direction: "down", afterBytes }) as const),
]);

describe("a line that is cut", () => {
  it.concurrent.each(CUTS)(
    "$how after $afterBytes bytes $direction: one whole file in the end, nothing else",
    async (cut) => {
      const { sending, folder, sha256, codes } = await sendThrough(fromStart(cut), undefined);
      expect(sending.state).toBe("SENT");
      expect(filesIn(folder)).toEqual({ "PAY.xml": sha256 });
      expect(sending.uploadsAfterRename).toBe(0);
      expect(codes).toHaveLength(1);
      expect(["BANK_CONNECTION_LOST", "BANK_TIMEOUT"]).toContain(codes[0]);
    },
  );
});

describe("a rename whose reply is lost", () => {
  it.concurrent.each(KINDS)("%s: the file is found under its final name and not uploaded again", async (how) => {
    const { sending, folder, sha256, codes } = await sendThrough({ kind: "drop-reply", how }, nothing);
    expect(codes).toEqual(["BANK_CONNECTION_LOST"]);
    expect(sending).toMatchObject({ state: "SENT", uploads: 1, uploadsAfterRename: 0 });
    expect(filesIn(folder)).toEqual({ "PAY.xml": sha256 });
  });

  it.concurrent.each(KINDS)("%s: when the bank has collected it already it is not offered again", async (how) => {
    const { sending, folder } = await sendThrough({ kind: "drop-reply", how }, nothing, true);
    expect(sending).toMatchObject({ state: "SENT_UNCONFIRMED", uploads: 1, uploadsAfterRename: 0 });
    expect(filesIn(folder)).toEqual({});
  });
});

const nothing: At = () => Promise.resolve();
