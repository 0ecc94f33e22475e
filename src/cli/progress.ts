/** A progress bar on stderr, for people at a terminal only. */
import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** `done` of `total`, and what is being worked on. */
  update(done: number, total: number, what?: string): void;
  /** Removes the bar, so that what follows stands alone. */
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** `watched`: whether stderr is a terminal and no machine output was asked for. */
export function progressBar(watched: boolean): Progress {
  if (!watched) return SILENT;
  const bar = new SingleBar(
    { format: "{bar} {percentage}% {what}", stream: process.stderr, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update: (done, total, what = "") => {
      if (!started) bar.start(total, done, { what });
      started = true;
      bar.update(done, { what });
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
