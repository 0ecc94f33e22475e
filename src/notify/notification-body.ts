/** The body of a notification: what changed, by ids; whoever wants to know more asks the API (Standard Webhooks: thin payload). */

export interface NotifiedChange {
  readonly kind: string;
  /** The id the marketplace knows the object by. */
  readonly ref: string;
  /** Counts the changes of the object from 1, without gaps. */
  readonly sequence: bigint;
  readonly status: string;
  readonly detail: string | null;
  /** ISO instant. */
  readonly changedAt: string;
}

/** Standard Webhooks asks for less than 20 kB; ids and statuses are short by their own rules, details by this one. */
const LONGEST_DETAIL = 1_000;

/** JSON text, the same for every attempt of the same notification: its signature covers these very bytes. */
export function notificationBody(id: string, marketplace: string, change: NotifiedChange): string {
  return JSON.stringify({
    id,
    marketplace,
    kind: change.kind,
    ref: change.ref,
    sequence: Number(change.sequence),
    status: change.status,
    detail: change.detail === null ? null : change.detail.slice(0, LONGEST_DETAIL),
    occurredAt: change.changedAt,
  });
}
