/** What the import of one file carries from batch to batch; its size does not grow with the number of orders. */
import type { BankProfile } from "../../bankfiles/profile/profile.ts";
import type { StatusChange } from "../../store/status-changes.ts";
import type { Transaction } from "../../store/store.ts";
import type { Checked } from "./check-record.ts";
import type { ImportFindings } from "./import-findings.ts";
import type { KnownMarketplace } from "./known-marketplaces.ts";
import type { RecordType } from "./record-type.ts";
import type { ImportRecord } from "./records.ts";

/** Enough to keep the findings free of consequences, and little enough to keep in memory. */
const MOST_BROKEN = 100_000;

export class ImportRun {
  readonly tx: Transaction;
  readonly now: Date;
  readonly findings: ImportFindings;
  /** Bank profiles by name, where the caller has them: a cashout looks at the account with its bank's eyes. */
  readonly profile: ((name: string) => BankProfile) | undefined;
  /** By the id each marketplace has. */
  readonly marketplaces = new Map<string, KnownMarketplace>();
  /** Orders and transactions with an id from here on are new in this file: their first state is not a change to tell. */
  readonly firstNew: { readonly orders: bigint; readonly transactions: bigint };
  readonly #counts = new Map<string, number>();
  readonly #broken = new Set<string>();
  readonly #changes = new Map<bigint, StatusChange[]>();

  constructor(
    tx: Transaction,
    now: Date,
    findings: ImportFindings,
    firstNew: { readonly orders: bigint; readonly transactions: bigint },
    profile?: (name: string) => BankProfile,
  ) {
    this.tx = tx;
    this.now = now;
    this.findings = findings;
    this.firstNew = firstNew;
    this.profile = profile;
  }

  count(name: string, by = 1): void {
    if (by > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Remembers that the record cannot be imported, so that records which name it are not blamed for it. */
  giveUp(record: ImportRecord): void {
    if (!("id" in record) || this.#broken.size >= MOST_BROKEN) return;
    this.#broken.add(brokenKey(record.type, "marketplace" in record ? record.marketplace : "", record.id));
  }

  /** A fault of `checked`, unless the record that it does not find is one that has a fault of its own. */
  notFound(
    checked: Checked,
    field: string,
    wanted: { readonly type: RecordType; readonly marketplace: string; readonly ref: string },
  ): void {
    const { type, marketplace, ref } = wanted;
    if (this.#broken.has(brokenKey(type, marketplace, ref))) checked.place.spoil();
    else
      checked.place.fault(
        "NOT_FOUND",
        field,
        ref,
        `${/^[aeiou]/.test(type) ? "an" : "a"} ${type} imported before this record`,
      );
  }

  /** A change of something that was known before, to be told to the marketplace. */
  changed(marketplaceId: bigint, change: StatusChange): void {
    const changes = this.#changes.get(marketplaceId);
    if (changes === undefined) this.#changes.set(marketplaceId, [change]);
    else changes.push(change);
  }

  takeChanges(): ReadonlyMap<bigint, readonly StatusChange[]> {
    const taken = new Map(this.#changes);
    this.#changes.clear();
    return taken;
  }
}

function brokenKey(type: RecordType, marketplace: string, ref: string): string {
  return `${type}\n${marketplace}\n${ref}`;
}
