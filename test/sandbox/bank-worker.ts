/** A sandbox bank in a process of its own, for the test that kills it: it takes files one by one and says so. */
import { writeSync } from "node:fs";
import { SandboxBankBrain } from "../../src/sandbox/bank-brain.ts";
import { clock } from "./bank-bench.ts";
import { OWN_IBAN } from "./order-text.ts";

const brain = new SandboxBankBrain({
  folder: process.argv[2] ?? "",
  clock: () => {
    // Asked once for every file, in the middle of judging it.
    writeSync(1, "file\n");
    return clock();
  },
  accounts: [{ iban: OWN_IBAN, name: "Marketplace SA", currency: "EUR", openingMinor: 1_000_000n }],
});
brain.processInbox();
