/** `remit verify`: the invariants of the books. */
import type { Command } from "commander";
import { checkBooks } from "../../app/verify-books.ts";
import { act } from "../act.ts";
import { withContext } from "../with-context.ts";

export function addVerifyCommand(program: Command): void {
  const command = program
    .command("verify")
    .description("check every invariant of the books; names the first row that breaks each; writes nothing");
  act(command, (call) =>
    withContext(call, "read", async ({ store }) => {
      const { breaches, proofs, filesRecounted, seals } = await store.snapshot(checkBooks);
      const findings = breaches.map(({ code, where, found, expected }) => ({ code, where, found, expected }));
      const sealed = `${seals.postings} postings under ${seals.seals} seals (newest hash ${seals.head})`;
      const looked = `${proofs.length} proofs of conservation, ${filesRecounted} files recounted, ${sealed}`;
      const text = findings.length === 0 ? `every invariant holds: ${looked}` : `the books are broken: ${looked}`;
      return { findings, json: { filesRecounted, seals, proofs }, text };
    }),
  );
}
