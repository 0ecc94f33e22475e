/** The moments of a business day on which something happens, at our side, at the bank's, or among people. */

/**
 * `jobs`: what the schedule says is due. `people`: files come from the marketplace, finance approves. `bank-takes`: the
 * bank reads its inbox and answers. `bank-closes`: it books the day and writes the statements, which we find next morning.
 */
export type Happening = "jobs" | "people" | "bank-takes" | "bank-closes";

export interface Moment {
  /** In the operator's zone. */
  readonly at: string;
  readonly happens: readonly Happening[];
}

function jobsAt(...times: readonly string[]): readonly Moment[] {
  return times.map((at) => ({ at, happens: ["jobs"] }));
}

export const BUSINESS_DAY: readonly Moment[] = [
  ...jobsAt("00:15", "01:00", "02:00", "02:20", "02:30", "06:00", "06:30"),
  { at: "09:00", happens: ["people", "jobs"] },
  { at: "09:05", happens: ["bank-takes"] },
  { at: "09:10", happens: ["jobs"] },
  { at: "20:00", happens: ["bank-closes"] },
];

/** What is left of the last day: its statements, reconciled and reported. */
export const MORNING_AFTER: readonly Moment[] = jobsAt("00:15", "02:30", "06:00", "06:30");
