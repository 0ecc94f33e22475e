/** The whole sandbox in one process: bank, gateway and control desk, all on loopback. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { OpenAccount } from "./bank-brain.ts";
import type { BankRule } from "./bank-rule.ts";
import { startControlServer } from "./control-server.ts";
import type { GatewayRule } from "./gateway-rule.ts";
import { type SandboxBank, startSandboxBank } from "./sandbox-bank.ts";
import { sandboxClock } from "./sandbox-clock.ts";
import { type SandboxGateway, startSandboxGateway } from "./sandbox-gateway.ts";

export interface SandboxOptions {
  /** Keeps everything: the bank's folders and memory, and the gateway's books. Made when it is missing. */
  readonly folder: string;
  /** Ports; 0 or absent: any free one. */
  readonly sftpPort?: number;
  readonly gatewayPort?: number;
  readonly controlPort?: number;
  readonly user?: string;
  /** Absent: a random one. */
  readonly password?: string;
  readonly authorizedKeys?: readonly string[];
  /** Absent: a random one. */
  readonly apiKey?: string;
  readonly accounts?: readonly OpenAccount[];
  readonly bankBehaviour?: readonly BankRule[];
  readonly gatewayBehaviour?: readonly GatewayRule[];
  /** Where the clock stands until it is set; absent: the machine's time. */
  readonly now?: Date;
  /** `at-once` unless told: files are taken as soon as they are complete. */
  readonly answers?: "at-once" | "when-told";
}

export interface RunningSandbox {
  readonly bank: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly fingerprint: string;
    readonly folder: string;
  };
  readonly gateway: { readonly url: string; readonly apiKey: string };
  readonly control: { readonly url: string };
  /** The running parts themselves, for a caller in the same process. */
  readonly parts: { readonly bank: SandboxBank; readonly gateway: SandboxGateway };
  /** Sets the clock of bank and gateway; `undefined` lets it follow the machine. */
  setClock(now: Date | undefined): void;
  stop(): Promise<void>;
}

/** Starts all three, or none: what had started is stopped when a later one cannot. Prints nothing. */
export async function runSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const clock = sandboxClock(options.now);
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(running.splice(0).map((part) => part.stop()));
  };
  try {
    const password = options.password ?? randomBytes(18).toString("base64url");
    const bank = await startBank(options, clock.now, password);
    running.push(bank);
    const gateway = await startGateway(options, clock.now);
    running.push(gateway);
    const control = await startControlServer({ port: options.controlPort ?? 0, bank: bank.brain, clock });
    running.push(control);
    const { host, port, user, fingerprint, folder } = bank;
    return {
      bank: { host, port, user, password, fingerprint, folder },
      gateway: { url: gateway.url, apiKey: gateway.apiKey },
      control: { url: control.url },
      parts: { bank, gateway },
      setClock: (now) => clock.set(now),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startBank(options: SandboxOptions, clock: () => Date, password: string): Promise<SandboxBank> {
  const { user, authorizedKeys, accounts, bankBehaviour } = options;
  return startSandboxBank({
    folder: join(options.folder, "bank"),
    clock,
    port: options.sftpPort ?? 0,
    password,
    answers: options.answers ?? "at-once",
    ...(user === undefined ? {} : { user }),
    ...(authorizedKeys === undefined ? {} : { authorizedKeys }),
    ...(accounts === undefined ? {} : { accounts }),
    ...(bankBehaviour === undefined ? {} : { behaviour: bankBehaviour }),
  });
}

function startGateway(options: SandboxOptions, clock: () => Date): Promise<SandboxGateway> {
  return startSandboxGateway({
    port: options.gatewayPort ?? 0,
    clock,
    apiKey: options.apiKey ?? randomBytes(24).toString("base64url"),
    stateFile: join(options.folder, "gateway-books.ndjson"),
    ...(options.gatewayBehaviour === undefined ? {} : { behaviour: options.gatewayBehaviour }),
  });
}
