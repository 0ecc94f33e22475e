/** The figures by which operations sees whether the engine is well. */
import { daysBetween } from "../domain/calendar.ts";
import {
  authorisationsByLastDay,
  filesByState,
  oldestUnsentFile,
  openExceptionsByOwner,
  openExceptionsOf,
  pendingNotifications,
  transfersByState,
} from "../store/measures.ts";
import type { Context } from "./context.ts";

type Counts = ReadonlyMap<string, number>;

export interface Measures {
  readonly transfers: Counts;
  readonly files: Counts;
  readonly openExceptions: Counts;
  readonly pendingNotifications: Counts;
  /** Files that nobody has decided on while their cutoff comes near. */
  readonly filesNearCutoff: number;
  /** 0 when every file is at the bank. */
  readonly oldestUnsentFileSeconds: number;
  /** `lapsed`, `0` to `13`, `14+`: whole days until the authorisation ends. */
  readonly authorisationsByDaysLeft: Counts;
}

const FAR_DAYS = 14;

export async function measure({ store: { db }, clock }: Pick<Context, "store" | "clock">): Promise<Measures> {
  const now = clock();
  const oldest = await oldestUnsentFile(db);
  return {
    transfers: countsOf(await transfersByState(db)),
    files: countsOf(await filesByState(db)),
    openExceptions: countsOf(await openExceptionsByOwner(db)),
    pendingNotifications: countsOf(await pendingNotifications(db)),
    filesNearCutoff: await openExceptionsOf(db, "CUTOFF_NEAR"),
    oldestUnsentFileSeconds: oldest === null ? 0 : Math.max(0, (now.getTime() - Date.parse(oldest)) / 1000),
    authorisationsByDaysLeft: byDaysLeft(await authorisationsByLastDay(db), now.toISOString().slice(0, 10)),
  };
}

function countsOf(rows: readonly { readonly label: string; readonly count: bigint }[]): Counts {
  return new Map(rows.map(({ label, count }) => [label, Number(count)]));
}

function byDaysLeft(rows: readonly { readonly label: string; readonly count: bigint }[], today: string): Counts {
  const counts = new Map<string, number>();
  for (const { label, count } of rows) {
    const days = daysBetween(today, label);
    const key = days < 0 ? "lapsed" : days >= FAR_DAYS ? `${FAR_DAYS}+` : String(days);
    counts.set(key, (counts.get(key) ?? 0) + Number(count));
  }
  return counts;
}
