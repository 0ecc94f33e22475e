/** One timed case of the pain.001 benchmark, in a process of its own: `pain001-case.ts CASE COUNT`, one JSON line out. */
import { closeSync, openSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import {
  checkMessage,
  encodePain001,
  inspectTransfers,
  type Pain001Transfer,
  recount,
} from "../../src/bankfiles/index.ts";

const require = createRequire(import.meta.url);

const DEBTOR = { name: "Marketplace Operator SAS", iban: "FR7630006000011234567890189", bic: "AGRIFRPPXXX" };
const CREATED_AT = new Date("2026-11-20T08:00:00Z");
const ACCOUNTS = Array.from({ length: 1_000 }, (_, index) => germanIban(index));

/** A German IBAN with right check digits. */
function germanIban(index: number): string {
  const bban = `37040044${String(index * 7_919).padStart(10, "0")}`;
  const check = 98n - (BigInt(`${bban}131400`) % 97n);
  return `DE${String(check).padStart(2, "0")}${bban}`;
}

/** A text in one piece, as a parser or a database hands it over; `a${b}` makes a tree of pieces. */
function flat(...parts: readonly string[]): string {
  return parts.join("");
}

function transfer(index: number): Pain001Transfer {
  // A reader of rows has bytes, not numbers, whose texts V8 keeps for a while: of a million 10 MB would be counted as ours.
  const digits = BigInt(index).toString();
  return {
    endToEndId: flat("PAYOUT-2026-", digits.padStart(8, "0")),
    amountMinor: BigInt(((index * 7_919) % 9_999_900) + 100),
    currency: "EUR",
    creditor: {
      name: index % 10 === 0 ? flat("Käufer & Söhne ", digits) : flat("Seller Number ", digits, " GmbH"),
      iban: ACCOUNTS[index % ACCOUNTS.length] ?? "",
      bic: "COBADEFFXXX",
    },
    remittance: flat("Settlement 2026-11-20 order ", digits),
  };
}

const profile = loadProfile("sepa");

/** Made anew on each pass, as rows from a database would be. */
function streamed(count: number): Iterable<Pain001Transfer> {
  return {
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index += 1) yield transfer(index);
    },
  };
}

/** Every rule checked, every byte written: what the other packages are asked for, and more. */
function remit(transfers: Iterable<Pain001Transfer>, sink: (chunk: Buffer) => void): { readonly bytes: number } {
  const { findings, count, sumMinor } = inspectTransfers(transfers, profile);
  const batch = { executionDate: "2026-11-20", debtor: DEBTOR, service: "sct", transfers, count, sumMinor };
  const message = { messageId: "BENCH-1", createdAt: CREATED_AT, initiatingParty: DEBTOR, payments: [batch] };
  const limits = { ...profile.limits, transfersPerFile: count, transfersPerPayment: count };
  const faults = [...findings, ...checkMessage(message, { ...profile, limits })];
  if (faults.length > 0) throw new Error(JSON.stringify(faults[0]));
  let bytes = 0;
  for (const chunk of encodePain001(message, profile)) {
    sink(chunk);
    bytes += chunk.length;
  }
  return { bytes };
}

/** The file counted again from its bytes, as the engine does before a file may be approved. */
function remitRecounted(
  transfers: Iterable<Pain001Transfer>,
  sink: (chunk: Buffer) => void,
): { readonly bytes: number } {
  const chunks: Buffer[] = [];
  remit(transfers, (chunk) => {
    sink(chunk);
    chunks.push(chunk);
  });
  const counted = recount(chunks);
  if (!counted.agrees) throw new Error("the second count differs");
  return counted;
}

/** npm sepa 3.0.0: version 03, which it writes faster than 09. */
function sepa(transfers: readonly Pain001Transfer[]): { readonly bytes: number } {
  const SEPA = require("sepa");
  const document = new SEPA.Document("pain.001.001.03");
  document.grpHdr.id = "BENCH-1";
  document.grpHdr.created = CREATED_AT;
  document.grpHdr.initiatorName = DEBTOR.name;
  const info = document.createPaymentInfo();
  info.requestedExecutionDate = CREATED_AT;
  info.debtorIBAN = DEBTOR.iban;
  info.debtorBIC = DEBTOR.bic;
  info.debtorName = DEBTOR.name;
  document.addPaymentInfo(info);
  for (const { endToEndId, amountMinor, creditor, remittance } of transfers) {
    const tx = info.createTransaction();
    tx.creditorName = creditor.name;
    tx.creditorIBAN = creditor.iban;
    tx.creditorBIC = creditor.bic;
    tx.amount = Number(amountMinor) / 100;
    tx.remittanceInfo = remittance;
    tx.end2endId = endToEndId;
    info.addTransaction(tx);
  }
  return { bytes: Buffer.from(document.toString()).length };
}

function sepaXml(transfers: readonly Pain001Transfer[]): Promise<{ readonly bytes: number }> {
  const SepaXML = require("sepa-xml");
  const file = new SepaXML();
  file.setHeaderInfo({ messageId: "BENCH-1", initiator: DEBTOR.name });
  file.setPaymentInfo({
    id: "BENCH-1-1",
    method: "TRF",
    senderName: DEBTOR.name,
    senderIBAN: DEBTOR.iban,
    bic: DEBTOR.bic,
  });
  for (const { endToEndId, amountMinor, creditor, remittance } of transfers) {
    file.addTransaction({
      id: endToEndId,
      amount: Number(amountMinor) / 100,
      name: creditor.name,
      iban: creditor.iban,
      bic: creditor.bic,
      description: remittance,
    });
  }
  return new Promise((resolve, reject) => {
    file.compile((error: unknown, xml: string) => {
      if (error) reject(error);
      else resolve({ bytes: Buffer.from(xml).length });
    });
  });
}

type Work = () => { readonly bytes: number } | Promise<{ readonly bytes: number }>;

function workOf(name: string, count: number): Work {
  if (name === "remit-stream") return () => toDevNull((sink) => remit(streamed(count), sink));
  const transfers = [...streamed(count)];
  const cases: Readonly<Record<string, Work>> = {
    remit: () => remit(transfers, () => {}),
    "remit-recounted": () => remitRecounted(transfers, () => {}),
    sepa: () => sepa(transfers),
    "sepa-xml": () => sepaXml(transfers),
  };
  const work = cases[name];
  if (work === undefined) throw new Error(`no case ${name}`);
  return work;
}

function toDevNull<T>(work: (sink: (chunk: Buffer) => void) => T): T {
  const file = openSync("/dev/null", "w");
  try {
    return work((chunk) => writeSync(file, chunk));
  } finally {
    closeSync(file);
  }
}

/** Every case runs once with so many transfers before it is timed, and starts with a heap that holds its input only. */
const WARM_UP_COUNT = 20_000;

const [name = "remit", count = "100000"] = process.argv.slice(2);
if (name !== "remit-stream") await workOf(name, WARM_UP_COUNT)();
const work = workOf(name, Number(count));
globalThis.gc?.();
const start = performance.now();
const before = process.cpuUsage();
const { bytes } = await work();
const { user, system } = process.cpuUsage(before);
const ms = performance.now() - start;
process.stdout.write(
  JSON.stringify({ ms, cpuMs: (user + system) / 1000, bytes, rssMb: process.resourceUsage().maxRSS / 1024 }),
);
