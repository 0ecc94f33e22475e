/** Waits until the process is asked to end: SIGTERM from a service manager, SIGINT from a keyboard. */

export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const end = (signal: NodeJS.Signals) => resolve(signal);
    process.once("SIGTERM", end);
    process.once("SIGINT", end);
  });
}
