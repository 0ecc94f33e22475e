/** Lives through business days in simulated time: jobs when they are due, people in the morning, the bank in between. */
import type { Context } from "../app/context.ts";
import { approveFile } from "../app/decide-file.ts";
import { listTransferFiles } from "../app/list-transfer-files.ts";
import { BUSINESS_DAY, type Happening, MORNING_AFTER, type Moment } from "./business-day.ts";
import { caseRecordsOf } from "./cases.ts";
import { importOrThrow, writeRecords } from "./import-market.ts";
import { DAYS, MORNING } from "./market.ts";
import { plantAuthorisations } from "./plant-authorisations.ts";
import type { RunSlot, Timetable } from "./timetable.ts";
import type { World } from "./world.ts";

export const APPROVER = "finance-director";

export interface Rehearsal {
  readonly world: World;
  readonly context: Context;
  readonly timetable: Timetable;
  /** Further files that arrive on a day, by its date. */
  readonly arrivals?: Readonly<Record<string, readonly string[]>>;
}

/** What happened at a moment, for whoever tells the story. */
export interface Happened {
  readonly date: string;
  readonly at: string;
  readonly ran: readonly RunSlot[];
  /** MsgIds of the files that were approved. */
  readonly approved: readonly string[];
}

/** The days and the morning after, moment by moment. */
export async function* liveThroughDays(rehearsal: Rehearsal): AsyncGenerator<Happened> {
  for (const date of DAYS) yield* liveThroughMoments(rehearsal, date, BUSINESS_DAY);
  yield* liveThroughMoments(rehearsal, MORNING, MORNING_AFTER);
}

async function* liveThroughMoments(
  rehearsal: Rehearsal,
  date: string,
  moments: readonly Moment[],
): AsyncGenerator<Happened> {
  for (const { at, happens } of moments) {
    rehearsal.world.moveTo(date, at);
    const ran: RunSlot[] = [];
    const approved: string[] = [];
    for (const happening of happens) await happen(happening, rehearsal, date, { ran, approved });
    yield { date, at, ran, approved };
  }
}

async function happen(
  happening: Happening,
  { world, context, timetable, arrivals }: Rehearsal,
  date: string,
  into: { readonly ran: RunSlot[]; readonly approved: string[] },
): Promise<void> {
  switch (happening) {
    case "jobs":
      into.ran.push(...(await timetable.runDue()));
      return;
    case "people":
      into.approved.push(...(await peopleAtWork(world, context, date, arrivals?.[date])));
      return;
    case "bank-takes":
      world.bank.brain.processInbox();
      return;
    case "bank-closes":
      world.bank.brain.endOfDay(date);
      return;
    default:
      happening satisfies never;
  }
}

/** What the marketplace sends that day is imported, and every file that waits is approved; answers the files' MsgIds. */
export async function peopleAtWork(
  world: World,
  context: Context,
  date: string,
  paths: readonly string[] = [],
): Promise<readonly string[]> {
  const records = caseRecordsOf(date);
  const arrived = records.length === 0 ? [] : [writeRecords(world.folder, `arrived-${date}.ndjson`, records)];
  await importOrThrow(context, [...arrived, ...paths]);
  await plantAuthorisations(context.store.db, world.gateway);
  return approveAll(context);
}

/** A second person looks at each file and approves the bytes that he has seen. */
async function approveAll(context: Context): Promise<readonly string[]> {
  const files = await listTransferFiles(context, { state: "AWAITING_APPROVAL", limit: 100 });
  for (const { messageId, sha256 } of files) {
    await approveFile({ ...context, actor: APPROVER }, { messageId, sha256 });
  }
  return files.map(({ messageId }) => messageId);
}
