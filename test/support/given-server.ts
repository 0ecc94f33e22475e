/** A server that somebody else runs, used where its program is not installed. */
import { findPart, PARTS } from "./parts.ts";

export interface GivenServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** The server named by the environment, or undefined when the program is here and a test can have one of its own. */
export function givenServer(name: "redis" | "postgres"): GivenServer | undefined {
  const { given } = PARTS[name];
  const url = process.env[given];
  if (url === undefined || findPart(name) !== undefined) return undefined;
  const refuse = () =>
    Promise.reject(new Error(`a test must not end the server of ${given}: install ${PARTS[name].apt}`));
  return { url, port: Number(new URL(url).port), pid: 0, stop: () => Promise.resolve(), kill: refuse, restart: refuse };
}
