import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { connectFolder } from "../../../src/exchange/folder/connect.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { codeOf, received } from "../bank.ts";
import { channelContract } from "../channel-contract.ts";

channelContract("folder", async () => {
  const root = tempDir();
  return {
    open: () => connectFolder({ kind: "folder", root }),
    remote: "",
    local: root,
    stop: () => Promise.resolve(),
  };
});

it("a folder channel leaves its root by no path and through no link", async () => {
  const outside = tempDir();
  writeFileSync(join(outside, "secret"), "s");
  const root = join(outside, "root");
  mkdirSync(root);
  symlinkSync(join(outside, "secret"), join(root, "link"));
  const channel = await connectFolder({ kind: "folder", root });
  expect(await codeOf(() => channel.stat("../secret"))).toBe("REMOTE_NAME_INVALID");
  expect(await codeOf(() => channel.list(".."))).toBe("REMOTE_NAME_INVALID");
  expect(await codeOf(() => received(channel, { folder: "", name: "link" }, 9))).toBe("BANK_REFUSED");
  await channel.close();
});

it("a share that is not mounted is unreachable, and a relative root is a fault of the configuration", async () => {
  const missing = join(tempDir(), "missing");
  expect(await codeOf(() => connectFolder({ kind: "folder", root: missing }))).toBe("BANK_UNREACHABLE");
  expect(await codeOf(() => connectFolder({ kind: "folder", root: "var/bank" }))).toBe("CONFIG_INVALID");
});
