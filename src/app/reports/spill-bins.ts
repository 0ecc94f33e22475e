/** Lines in numbered bins: in memory while they are few, in files of a folder of their own when they become many. */
import { createReadStream } from "node:fs";
import { appendFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class SpillBins {
  readonly #scratch: string;
  readonly #most: number;
  readonly #waiting: string[][];
  readonly #spilled = new Set<number>();
  #length = 0;
  #folder: string | undefined;

  /** At most about `most` characters stay in memory. `scratch` is made when it is needed. */
  constructor(scratch: string, bins: number, most: number) {
    this.#scratch = scratch;
    this.#most = most;
    this.#waiting = Array.from({ length: bins }, () => []);
  }

  /** The line must not hold a line break. */
  put(bin: number, line: string): void {
    this.#waiting[bin]?.push(line);
    this.#length += line.length;
  }

  /** Writes what waits to the disk when it has become too much; to be called now and then. */
  async spill(): Promise<void> {
    if (this.#length <= this.#most) return;
    const folder = this.#folder ?? (await this.#makeFolder());
    for (const [bin, lines] of this.#waiting.entries()) {
      if (lines.length === 0) continue;
      await appendFile(join(folder, `${bin}`), `${lines.join("\n")}\n`, { mode: 0o600 });
      this.#spilled.add(bin);
      this.#waiting[bin] = [];
    }
    this.#length = 0;
  }

  async #makeFolder(): Promise<string> {
    await mkdir(this.#scratch, { recursive: true });
    this.#folder = await mkdtemp(join(this.#scratch, ".scratch-"));
    return this.#folder;
  }

  /** The lines of a bin in the order they were put. */
  async *lines(bin: number): AsyncGenerator<string> {
    if (this.#folder !== undefined && this.#spilled.has(bin)) {
      const input = createReadStream(join(this.#folder, `${bin}`), "utf8");
      yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    }
    yield* this.#waiting[bin] ?? [];
  }

  async remove(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}
