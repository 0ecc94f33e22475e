/** Applies one received file: it is read by its content, piece by piece, and applied whole in one transaction or not at all. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import type { MessageKind } from "../bankfiles/read/message-kind.ts";
import { readBankFileStream } from "../bankfiles/read/read-bank-file.ts";
import { STREAM_LIMITS, WHOLE_FILE_LIMITS } from "../bankfiles/read/read-limits.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { openExceptions, resolveExceptions } from "../store/exceptions.ts";
import { endInbound, type InboundFile, inboundFile } from "../store/inbound-files.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import type { Transaction } from "../store/store.ts";
import { type Applied, applyPaymentStatus } from "./apply-payment-status.ts";
import type { Context } from "./context.ts";
import { type InboundContent, inboundContent } from "./inbound-content.ts";
import { StatementKeeper } from "./keep-statements.ts";

export interface ApplyingFile {
  readonly businessDate: string;
  readonly profile: BankProfile;
  /** Who let it be read again, and what for the record of it is done in the same transaction. */
  readonly again?: (tx: Transaction, applied: Applied) => Promise<void>;
}

/** Answers undefined when the file is no longer in the state it was read in: somebody else has applied it. */
export async function applyFile(
  context: Context,
  file: InboundFile,
  applying: ApplyingFile,
): Promise<Applied | undefined> {
  const content = await inboundContent(context, file, applying.profile);
  await context.at("inbound.apply.before");
  const applied = content.ok
    ? await applyContent(context, file, content, applying)
    : await quarantine(context, file, content.findings, applying);
  await context.at("inbound.apply.after");
  return applied;
}

interface Reading {
  readonly kind?: string;
  readonly messageId?: string;
  readonly applied: Applied;
}

async function applyContent(
  context: Context,
  file: InboundFile,
  content: Extract<InboundContent, { ok: true }>,
  applying: ApplyingFile,
): Promise<Applied | undefined> {
  const now = context.clock();
  try {
    return await context.store.write(async (tx) => {
      if (!(await isStill(tx, file))) return undefined;
      const { applied, ...head } = await readAndApply(tx, file, content, { ...applying, now });
      if (applied.kind === "quarantine") throw new Unapplied(head, applied.findings);
      if (applied.kind === "later") return applied;
      await endInbound(tx, { id: file.id, state: "APPLIED", findings: applied.findings, now, ...head });
      await resolveExceptions(tx, [quarantineOf(file)], "the file was read again and applied", now);
      await applying.again?.(tx, applied);
      return applied;
    });
  } catch (error) {
    // What was written while it was read has been taken back with the transaction.
    if (error instanceof Unapplied) return quarantine(context, file, error.findings, applying, error.head);
    const isDamaged = error instanceof RemitError && error.code === "ARCHIVE_DAMAGED";
    if (isDamaged) return quarantine(context, file, error.findings, applying);
    throw error;
  }
}

/** Takes the transaction back: the file turned out to be one that is not applied, perhaps at its last byte. */
class Unapplied extends Error {
  readonly head: Omit<Reading, "applied">;
  readonly findings: readonly Finding[];

  constructor(head: Omit<Reading, "applied">, findings: readonly Finding[]) {
    super("the file is not applied");
    this.head = head;
    this.findings = findings;
  }
}

async function quarantine(
  context: Context,
  file: InboundFile,
  findings: readonly Finding[],
  applying: ApplyingFile,
  head: Omit<Reading, "applied"> = {},
): Promise<Applied | undefined> {
  const now = context.clock();
  const applied: Applied = { kind: "quarantine", findings, counts: {} };
  return context.store.write(async (tx) => {
    if (!(await isStill(tx, file))) return undefined;
    await endInbound(tx, { id: file.id, state: "QUARANTINED", findings, now, ...head });
    await openExceptions(tx, [quarantined(file, findings)], applying.businessDate, now);
    await applying.again?.(tx, applied);
    return applied;
  });
}

async function isStill(tx: Transaction, file: InboundFile): Promise<boolean> {
  return (await inboundFile(tx.db, file.id))?.state === file.state;
}

async function readAndApply(
  tx: Transaction,
  file: InboundFile,
  content: Extract<InboundContent, { ok: true }>,
  { businessDate, now }: ApplyingFile & { readonly now: Date },
): Promise<Reading> {
  const owners = await accountOwners(tx, file.bank);
  const keeper = new StatementKeeper(tx, { inboundFileId: file.id, owners, businessDate, now });
  const read = await readStream(content.pieces(tx.db), keeper);
  if (!read.ok) return { applied: { kind: "quarantine", findings: read.findings, counts: {} } };
  const { document } = read;
  const head = { kind: document.kind, ...(document.messageId === undefined ? {} : { messageId: document.messageId }) };
  switch (document.kind) {
    case "pain.002": {
      const applied = await applyPaymentStatus(tx, document, { bank: file.bank, businessDate, now });
      // What the reader found strange is told too, as it is of a statement.
      return { ...head, applied: { ...applied, findings: [...document.findings, ...applied.findings] } };
    }
    case "camt.052":
    case "camt.053":
    case "camt.054":
      await keeper.flush();
      return { ...head, applied: keeper.applied(document) };
    case "pain.001":
      return { ...head, applied: { kind: "quarantine", findings: [ourOwnKind()], counts: {} } };
    default:
      return document satisfies never;
  }
}

/** Statements go to the keeper line by line; every other kind is read whole, and is held to a size that fits. */
async function readStream(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, keeper: StatementKeeper) {
  let kind: MessageKind | undefined;
  const handlers = {
    ...keeper.handlers,
    message: (message: { readonly kind: MessageKind; readonly version: string }) => {
      kind = message.kind;
      keeper.handlers.message?.(message);
    },
  };
  async function* flushed(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const piece of pieces) {
      for (let start = 0; start < piece.length; start += SLICE_BYTES) {
        yield piece.subarray(start, start + SLICE_BYTES);
        // The reader has handed over what was in the slice before it asks for the next.
        await keeper.flush();
      }
      bytes += piece.length;
      if (kind === "pain.002" || kind === "pain.001") assertFits(bytes);
    }
  }
  return readBankFileStream(flushed(), handlers, { limits: STREAM_LIMITS });
}

/** Some five hundred lines of a statement. */
const SLICE_BYTES = 512 * 1024;

function assertFits(bytes: number): void {
  const { maxBytes } = WHOLE_FILE_LIMITS;
  if (bytes <= maxBytes) return;
  const finding = {
    code: "FILE_TOO_LARGE",
    where: `byte ${maxBytes}`,
    found: `more than ${maxBytes} bytes`,
    expected: "a file within the size limit",
  };
  throw new RemitError("BANK_FILE_INVALID", { findings: [finding] });
}

/** Accounts that this bank holds for us; a statement about any other account is kept and applied to nothing. */
async function accountOwners(tx: Transaction, bank: string): Promise<ReadonlyMap<string, bigint>> {
  const marketplaces = await allMarketplaces(tx.db);
  return new Map(marketplaces.filter(({ row }) => row.bank === bank).map(({ id, row }) => [row.debtor_iban, id]));
}

function ourOwnKind(): Finding {
  return {
    code: "MESSAGE_UNEXPECTED",
    where: "message",
    found: "pain.001",
    expected: "pain.002, camt.052, camt.053 or camt.054",
  };
}

function quarantineOf({ id }: InboundFile): string {
  return `quarantined/${id}`;
}

function quarantined(file: InboundFile, findings: readonly Finding[]) {
  const [first] = findings;
  return {
    identity: quarantineOf(file),
    reason: "FILE_QUARANTINED",
    subjectKind: "inbound-file" as const,
    subjectRef: file.remoteName,
    says: `the file is kept and was not applied: ${first?.code ?? "no finding"} at ${first?.where ?? "the file"}`,
    owner: "operations" as const,
  };
}
