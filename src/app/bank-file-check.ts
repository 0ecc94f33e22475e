/** `remit bank-file check`: every finding of a bank file, by our own rules and by the schemas a user has. */
import { checkPain001 } from "../bankfiles/check/check-bank-file.ts";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { readBankFile } from "../bankfiles/read/read-bank-file.ts";
import type { Finding } from "../domain/finding.ts";
import { formatMinor } from "../domain/money.ts";
import { validateXsd } from "./xsd-validation.ts";

export interface BankFileCheckOptions {
  /** The bank's rules instead of the EPC's alone. */
  readonly profile?: BankProfile;
  /** A folder of XSD files. */
  readonly xsd?: string;
  /** Given: execution dates that the bank can no longer meet are told. */
  readonly now?: Date;
}

export interface BankFileCheck {
  readonly ok: boolean;
  /** `pain.001`, `camt.053`, ...; absent when the file is none of ours. */
  readonly kind?: string;
  readonly version?: string;
  readonly messageId?: string;
  /** Of a pain.001: its transfers and their sum, counted from the bytes. */
  readonly count?: number;
  readonly sum?: string;
  readonly findings: readonly Finding[];
  /** What is unusual but no fault. */
  readonly notices: readonly Finding[];
}

/**
 * A pain.001 is checked by our own description, the EPC's rules, the profile's, its sums and dates; a pain.002 or camt
 * is read, and what the reader finds strange is told. Both are validated when a folder of schemas is given.
 */
export async function checkBankFile(bytes: Uint8Array, options: BankFileCheckOptions = {}): Promise<BankFileCheck> {
  const { xsd, profile, now } = options;
  const read = readBankFile(bytes);
  const kind = read.ok ? read.document.kind : undefined;
  const checked =
    read.ok && kind !== "pain.001"
      ? {
          findings: read.document.findings,
          notices: [],
          version: read.document.version,
          messageId: read.document.messageId,
        }
      : pain001(bytes, { ...(profile === undefined ? {} : { profile }), ...(now === undefined ? {} : { now }) });
  // What the guards refuse never reaches the schema's parser.
  const byXsd = xsd === undefined || !read.ok ? [] : await validateXsd(bytes, xsd);
  const findings = [...checked.findings, ...byXsd];
  const { version, messageId, ...rest } = checked;
  return {
    ...rest,
    ...(kind === undefined ? {} : { kind }),
    ...(version === undefined ? {} : { version }),
    ...(messageId === undefined ? {} : { messageId }),
    ok: findings.length === 0,
    findings,
  };
}

function pain001(bytes: Uint8Array, options: Parameters<typeof checkPain001>[1]) {
  const { findings, notices, version, messageId, count, sumMinor } = checkPain001([bytes], options);
  return { findings, notices, version, messageId, count, sum: formatMinor(sumMinor, "EUR") };
}
