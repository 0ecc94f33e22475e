import { expect, it } from "vitest";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import { refuseFile } from "../../src/app/decide-file.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import { FRIDAY, fileWorld } from "./file-world.ts";

it("counts the files that a bank gets of a day, where its names count them", async () => {
  const { fileNames } = loadProfile("sandbox").exchange;
  const world = await fileWorld("sqlite", {
    exchange: { fileNames: { ...fileNames, outbound: "{date}_{sequence:3}.xml" } },
  });
  await refuseFile(world.as("bob"), { messageId: world.messageId, reason: "again" });
  await writeTransferFiles(world.as("alice"), FRIDAY);
  const files = await world.store.db.selectFrom("transfer_files").select("remote_name").orderBy("id").execute();
  expect(files.map(({ remote_name }) => remote_name)).toEqual(["20261120_001.xml", "20261120_002.xml"]);
});
