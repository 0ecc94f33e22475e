/** A sandbox bank brain over a fresh folder, and the few looks at its outbox the tests need. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxBankBrain } from "../../src/sandbox/bank-brain.ts";
import type { BankRule } from "../../src/sandbox/bank-rule.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type OrderText, OWN_IBAN, orderText } from "./order-text.ts";

export const clock = () => new Date("2026-11-20T03:00:00Z");

export function newFolder(): string {
  return tempDir("sandbox-bank-");
}

export function openBrain(folder = newFolder(), behaviour?: readonly BankRule[]) {
  const brain = new SandboxBankBrain({
    folder,
    clock,
    accounts: [{ iban: OWN_IBAN, name: "Marketplace SA", currency: "EUR", openingMinor: 1_000_000n }],
    ...(behaviour === undefined ? {} : { behaviour }),
  });
  return {
    folder,
    brain,
    put: (name: string, content: string | Uint8Array) => writeFileSync(join(folder, "inbox", name), content),
    order: (order: OrderText, name = `${order.messageId ?? "MSG-1"}.xml`) => {
      writeFileSync(join(folder, "inbox", name), orderText(order));
      return brain.processInbox();
    },
    outbox: (prefix: string) =>
      readdirSync(join(folder, "outbox"))
        .filter((name) => name.startsWith(prefix) && name !== "archive")
        .sort()
        .map((name) => ({ name, text: readFileSync(join(folder, "outbox", name), "utf8") })),
  };
}

/** The text of every element of that name, in the order of the document. */
export function texts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, "g"))].map((match) => match[1] ?? "");
}
