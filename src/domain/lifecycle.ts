/** How every lifecycle of the engine is read: one table `state -> event -> state`, where a missing cell is a refusal. */
import { RemitError } from "./errors.ts";

export type Lifecycle<State extends string = string> = Readonly<
  Record<State, Readonly<Partial<Record<string, State>>>>
>;

export type StateOf<Table extends Lifecycle> = Extract<keyof Table, string>;

/** Names of the events that some state of the table knows. */
export type EventOf<Table extends Lifecycle> = {
  [State in keyof Table]: Extract<keyof Table[State], string>;
}[keyof Table];

/** The state after `event`, or TRANSITION_REFUSED naming the subject, its state and what would have been possible. */
export function transition<Table extends Lifecycle>(
  table: Table,
  subject: string,
  state: StateOf<Table>,
  event: EventOf<Table>,
): StateOf<Table> {
  const cells: Readonly<Partial<Record<string, string>>> = table[state] ?? {};
  const next = cells[event];
  if (next === undefined) {
    throw new RemitError("TRANSITION_REFUSED", {
      where: subject,
      found: `${event} in ${state}`,
      expected: Object.keys(cells).join(" or ") || "nothing more: the state is final",
    });
  }
  return next as StateOf<Table>;
}

/** States in which `event` applies: what a guarded UPDATE compares with. */
export function statesAccepting<Table extends Lifecycle>(table: Table, event: EventOf<Table>): StateOf<Table>[] {
  return (Object.keys(table) as StateOf<Table>[]).filter((state) => event in (table[state] ?? {}));
}
