/** The clock of a running sandbox: the machine's time until somebody sets it. */

export interface SandboxClock {
  readonly now: () => Date;
  /** Stops the clock at that moment; `undefined` lets it follow the machine again. */
  set(moment: Date | undefined): void;
}

export function sandboxClock(start?: Date): SandboxClock {
  let fixed = start;
  return {
    now: () => new Date(fixed ?? Date.now()),
    set: (moment) => {
      fixed = moment;
    },
  };
}
