/** One timed case of the camt.053 benchmark, in a process of its own: `camt053-case.ts CASE FILE`, one JSON line out. */
import { createReadStream, readFileSync } from "node:fs";
import { SaxesParser } from "saxes";
import type { Entry } from "../../src/bankfiles/read/document.ts";
import { readBankFile, readBankFileStream } from "../../src/bankfiles/read/read-bank-file.ts";
import { HOSTILE_SHAPES } from "../bankfiles/read/hostile-shapes.ts";
import { sample, sampleNames } from "../bankfiles/read/sample-folder.ts";

/** What every case has to get right: the number of entries and the sum of the details' amounts. */
interface Tally {
  entries: number;
  cents: bigint;
}

const PIECE = 64 * 1024;

function count(tally: Tally, { details }: Pick<Entry, "details">): void {
  tally.entries++;
  for (const { amount } of details) tally.cents += BigInt((amount ?? "").replace(".", ""));
}

async function remitStream(source: AsyncIterable<Buffer>): Promise<Tally> {
  const tally = { entries: 0, cents: 0n };
  const result = await readBankFileStream(source, { entry: (entry) => count(tally, entry) });
  if (!result.ok) throw new Error(JSON.stringify(result.findings[0]));
  return tally;
}

function remitWhole(bytes: Buffer): Tally {
  const result = readBankFile(bytes);
  if (!result.ok || result.document.kind !== "camt.053") throw new Error("not read");
  const tally = { entries: 0, cents: 0n };
  for (const { entries } of result.document.statements) for (const entry of entries) count(tally, entry);
  return tally;
}

/** The same values by their paths below `Ntry`, with the bare tokenizer and nothing checked. */
const SAXES_FIELDS: Readonly<Record<string, string>> = {
  "NtryRef": "reference", "Amt": "amount", "CdtDbtInd": "direction", "Sts/Cd": "status", "BookgDt/Dt": "bookingDate",
  "ValDt/Dt": "valueDate", "AcctSvcrRef": "servicerReference", "BkTxCd/Domn/Cd": "domain",
  "BkTxCd/Domn/Fmly/Cd": "family", "BkTxCd/Domn/Fmly/SubFmlyCd": "subFamily",
}; // biome-ignore format: a table reads best as a table
const SAXES_DETAILS: Readonly<Record<string, string>> = {
  "Refs/PmtInfId": "paymentInformationId", "Refs/InstrId": "instructionId", "Refs/EndToEndId": "endToEndId",
  "Amt": "amount", "CdtDbtInd": "direction", "RltdPties/Dbtr/Pty/Nm": "debtorName", "RltdPties/Cdtr/Pty/Nm": "creditorName",
  "RltdPties/CdtrAcct/Id/IBAN": "creditorIban", "RmtInf/Ustrd": "remittance", "RtrInf/Rsn/Cd": "returnCode",
  "RtrInf/AddtlInf": "returnInfo",
}; // biome-ignore format: a table reads best as a table

function saxesReader(tally: Tally): SaxesParser {
  const parser = new SaxesParser();
  let entry: Record<string, unknown> | undefined;
  let detail: Record<string, string> | undefined;
  let details: Record<string, string>[] = [];
  const path: string[] = [];
  let text = "";
  parser.on("opentag", ({ name, attributes }) => {
    text = "";
    if (entry !== undefined) path.push(name);
    if (name === "Ntry") {
      entry = {};
      details = [];
    } else if (name === "TxDtls") {
      detail = {};
      details.push(detail);
      path.length = 0;
    } else if (name === "Amt" && (detail ?? entry) !== undefined) {
      Object.assign(detail ?? entry ?? {}, { currency: attributes.Ccy });
    }
  });
  parser.on("text", (piece) => {
    text += piece;
  });
  parser.on("closetag", ({ name }) => {
    if (entry === undefined) return;
    if (name === "Ntry") {
      count(tally, { details } as unknown as Entry);
      entry = undefined;
      path.length = 0;
      return;
    }
    if (name === "TxDtls") {
      detail = undefined;
      path.push("NtryDtls", "TxDtls");
    } else {
      const place = path.join("/");
      const field = detail === undefined ? SAXES_FIELDS[place] : SAXES_DETAILS[place];
      if (field !== undefined) (detail ?? entry)[field] = text;
    }
    text = "";
    path.pop();
  });
  parser.on("error", (error) => {
    throw error;
  });
  return parser;
}

async function saxes(source: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Tally> {
  const tally = { entries: 0, cents: 0n };
  const parser = saxesReader(tally);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const piece of source) parser.write(decoder.decode(piece, { stream: true }));
  parser.close();
  return tally;
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** The slower of two refusals of one large hostile file, or the slowest of all those that are kept as files. */
async function hostile(index: number) {
  const shape = HOSTILE_SHAPES[index];
  const makers = shape === undefined ? sampleNames("hostile/").map(hostileSample) : [shape.make];
  let slowest = 0;
  for (const make of makers) {
    const bytes = make();
    for (const read of [() => readBankFile(bytes), () => readBankFileStream(pieces(bytes))]) {
      const start = processorMs();
      const { ok } = await read();
      if (ok) throw new Error("a hostile file was read");
      slowest = Math.max(slowest, processorMs() - start);
    }
  }
  return { ms: slowest, tally: { entries: makers.length, cents: 0n } };
}

function hostileSample(name: string): () => Buffer {
  return () => sample(`hostile/${name}.xml`);
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function timed(name: string, file: string) {
  if (name === "hostile") return hostile(Number(file));
  const stream = () => createReadStream(file, { highWaterMark: PIECE });
  const bytes = name === "remit-file" ? Buffer.alloc(0) : readFileSync(file);
  const cases: Readonly<Record<string, () => Tally | Promise<Tally>>> = {
    "remit-file": () => remitStream(stream()),
    "remit-stream": () => remitStream(toAsync(pieces(bytes))),
    "remit-whole": () => remitWhole(bytes),
    saxes: () => saxes(toAsync(pieces(bytes))),
  };
  const start = processorMs();
  const tally = await cases[name]?.();
  return { ms: processorMs() - start, tally };
}

async function* toAsync(source: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* source;
}

const [name = "remit-stream", file = ""] = process.argv.slice(2);
const { ms, tally } = await timed(name, file);
const rssMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ ms, entries: tally?.entries, cents: String(tally?.cents), rssMb }));
