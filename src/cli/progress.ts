/** A progress bar on stderr, for people at a terminal only. */
import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** One more is done; `what` comes next. */
  step(what: string): void;
  stop(): void;
}

const SILENT: Progress = { step: () => undefined, stop: () => undefined };

/** `watched`: whether stderr is a terminal and no machine output was asked for. */
export function progressOf(total: number, watched: boolean): Progress {
  if (!watched || total < 2) return SILENT;
  const bar = new SingleBar(
    { format: "{bar} {value}/{total} {what}", stream: process.stderr, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0, { what: "" });
  let done = -1;
  return {
    step: (what) => {
      done += 1;
      bar.update(done, { what });
    },
    stop: () => bar.stop(),
  };
}
