/**
 * The sandbox bank's memory on disk: one line of JSON for each thing it was told to do. Its judgement depends on nothing
 * but these lines and the files it kept, so a restart repeats them and comes to the same books.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { BankRule } from "./bank-rule.ts";
import type { BankAccount, PlannedLine } from "./bank-state.ts";

/** Amounts are cents as text: JSON has no exact large integers. `now` is ISO 8601. */
export type BankCommand =
  | { readonly do: "open-account"; readonly account: BankAccount }
  | { readonly do: "set-rules"; readonly rules: readonly BankRule[] }
  | { readonly do: "add-rules"; readonly rules: readonly BankRule[] }
  | { readonly do: "pay-in"; readonly line: PlannedLine }
  | {
      readonly do: "take";
      readonly name: string;
      readonly keptAs: string;
      readonly now: string;
      readonly opensAccounts: boolean;
    }
  | { readonly do: "close"; readonly date: string; readonly now: string }
  /** All files decided on so far are in the outbox. */
  | { readonly do: "handed-out" };

export class BankJournal {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, "bank-journal.ndjson");
  }

  /** All commands so far. A last line torn by a kill is cut off: what it said was never begun. */
  read(): BankCommand[] {
    if (!existsSync(this.#path)) return [];
    const text = readFileSync(this.#path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) truncateSync(this.#path, Buffer.byteLength(whole));
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as BankCommand);
  }

  /** On disk when it returns. */
  append(command: BankCommand): void {
    const handle = openSync(this.#path, "a", 0o600);
    try {
      writeSync(handle, `${JSON.stringify(command)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}
