/** What every list of records can be narrowed by. */

export interface ListFilter {
  /** The marketplace's ref. */
  readonly marketplace?: string;
  readonly state?: string;
  /** `YYYY-MM-DD`: the business date, or the day (UTC) of the record where it has none. */
  readonly date?: string;
  /** Only records older than the one with this row id. */
  readonly beforeId?: bigint;
  readonly limit: number;
}
