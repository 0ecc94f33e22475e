/** What every bank channel must do; run for each adapter. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BankChannel } from "../../src/exchange/bank-channel.ts";
import { publish, removePart, uploadPart } from "../../src/exchange/hand-off.ts";
import { inspect } from "../../src/exchange/inspect.ts";
import { codeOf, filesIn, frozenFile, placeIn, received } from "./bank.ts";

export interface ContractSubject {
  open(): Promise<BankChannel>;
  /** The mailbox as the channel names it and as this machine does. */
  readonly remote: string;
  readonly local: string;
  stop(): Promise<void>;
}

export function channelContract(name: string, start: () => Promise<ContractSubject>): void {
  describe(`a ${name} channel`, () => {
    let subject: ContractSubject;
    let channel: BankChannel;
    let folders = 0;
    beforeAll(async () => {
      subject = await start();
      channel = await subject.open();
    });
    afterAll(async () => {
      await channel?.close();
      await subject?.stop();
    });
    /** A new empty folder of the mailbox that the channel's user may write to. */
    const folder = () => {
      folders += 1;
      const base = `f${folders}`;
      const local = join(subject.local, base);
      mkdirSync(local);
      chmodSync(local, 0o777);
      return { local, remote: subject.remote === "" ? base : `${subject.remote}/${base}` };
    };

    it.each([0, 1, 131_072, 131_073, 5_000_000])(
      "hands over a file of %i bytes whole under its final name",
      async (size) => {
        const { local, remote } = folder();
        const frozen = frozenFile(size);
        await uploadPart(channel, placeIn(remote), frozen);
        expect(filesIn(local)).toEqual({ "PAY.xml.part": frozen.sha256 });
        await publish(channel, placeIn(remote));
        expect(filesIn(local)).toEqual({ "PAY.xml": frozen.sha256 });
        const seen = { size, sha256: frozen.sha256 };
        expect(await inspect(channel, placeIn(remote))).toEqual({ part: null, final: seen });
        const fetched = await received(channel, { folder: remote, name: "PAY.xml" }, size);
        expect(fetched.sha256).toBe(frozen.sha256);
        expect(Buffer.compare(fetched.bytes, frozen.bytes)).toBe(0);
      },
    );

    it("never overwrites: neither an old .part, nor a file under the final name, nor at the rename", async () => {
      const { local, remote } = folder();
      const frozen = frozenFile(1_000);
      writeFileSync(join(local, "PAY.xml"), "theirs");
      expect(await codeOf(() => uploadPart(channel, placeIn(remote), frozen))).toBe("BANK_TARGET_EXISTS");
      const other = placeIn(remote, "B.xml");
      await uploadPart(channel, other, frozen);
      expect(await codeOf(() => uploadPart(channel, other, frozen))).toBe("BANK_TARGET_EXISTS");
      writeFileSync(join(local, "B.xml"), "theirs");
      expect(await codeOf(() => publish(channel, other))).toBe("BANK_TARGET_EXISTS");
      expect(readFileSync(join(local, "PAY.xml"), "utf8")).toBe("theirs");
      expect(readFileSync(join(local, "B.xml"), "utf8")).toBe("theirs");
    });

    it("tells a missing file, a missing folder and a wrong hash apart", async () => {
      const { local, remote } = folder();
      const frozen = frozenFile(10);
      const nowhere = placeIn(`${remote}/missing`);
      expect(await codeOf(() => uploadPart(channel, nowhere, frozen))).toBe("BANK_FOLDER_MISSING");
      expect(await codeOf(() => channel.list(`${remote}/missing`))).toBe("BANK_FOLDER_MISSING");
      expect(await codeOf(() => publish(channel, placeIn(remote)))).toBe("BANK_FILE_MISSING");
      expect(await codeOf(() => channel.remove(`${remote}/A`))).toBe("BANK_FILE_MISSING");
      expect(await codeOf(() => received(channel, { folder: remote, name: "A" }, 9))).toBe("BANK_FILE_MISSING");
      const wrong = { ...frozen, sha256: "00" };
      expect(await codeOf(() => uploadPart(channel, placeIn(remote), wrong))).toBe("BANK_HASH_DIFFERS");
      expect(Object.keys(filesIn(local))).toEqual(["PAY.xml.part"]);
    });

    it("removes our own .part, and takes it well when there is none", async () => {
      const { local, remote } = folder();
      writeFileSync(join(local, "PAY.xml.part"), "half");
      await removePart(channel, placeIn(remote));
      await removePart(channel, placeIn(remote));
      expect(filesIn(local)).toEqual({});
    });

    it("refuses to fetch more than the cap", async () => {
      const { local, remote } = folder();
      writeFileSync(join(local, "A"), Buffer.alloc(1_001));
      expect(await codeOf(() => received(channel, { folder: remote, name: "A" }, 1_000))).toBe("FILE_TOO_LARGE");
      expect((await received(channel, { folder: remote, name: "A" }, 1_001)).bytes.length).toBe(1_001);
    });

    it("lists names, kinds and sizes, and follows no link", async () => {
      const { local, remote } = folder();
      writeFileSync(join(local, "a b é.xml"), "123");
      mkdirSync(join(local, "sub"));
      symlinkSync("/etc/passwd", join(local, "link"));
      const found = (await channel.list(remote)).map(({ name, kind, size }) => [
        name,
        kind,
        kind === "file" ? size : 0,
      ]);
      expect(found.sort()).toEqual([
        ["a b é.xml", "file", 3],
        ["link", "other", 0],
        ["sub", "folder", 0],
      ]);
    });

    it("lists 10 000 files", async () => {
      const { local, remote } = folder();
      for (let i = 0; i < 10_000; i += 1) writeFileSync(join(local, `F${i}`), "");
      expect(new Set((await channel.list(remote)).map(({ name }) => name)).size).toBe(10_000);
    });

    it.each(["../x", "a/b", "..", "", "a\u0000b", "a\nb", "a\\b", `${"n".repeat(256)}`])(
      "refuses the name %j before anything is asked of the bank",
      async (bad) => {
        const { remote } = folder();
        expect(await codeOf(() => received(channel, { folder: remote, name: bad }, 9))).toBe("REMOTE_NAME_INVALID");
        expect(await codeOf(() => uploadPart(channel, placeIn(remote, bad), frozenFile(1)))).toBe(
          "REMOTE_NAME_INVALID",
        );
      },
    );

    it("refuses everything after it was closed, and closes twice", async () => {
      const closed = await subject.open();
      await closed.close();
      await closed.close();
      expect(await codeOf(() => closed.stat(`${subject.remote}/A`))).toBe("BANK_CONNECTION_LOST");
    });
  });
}
