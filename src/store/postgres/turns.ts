/** Lets what one process wants to do alone wait without a connection: only one of each name goes on to wait at the server. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when all that took one of these names before has ended. */
  async take<Result>(names: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const before = names.map((name) => this.#last.get(name));
    let end: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    // All at once, so that of any two the same one is first everywhere.
    for (const name of names) this.#last.set(name, mine);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      end();
      for (const name of names) if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}
