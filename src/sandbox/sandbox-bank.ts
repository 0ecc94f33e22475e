/** The sandbox bank: the brain behind an SFTP server on loopback. */
import { mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BankBrainOptions, type PayIn, SandboxBankBrain } from "./bank-brain.ts";
import { CLIENT_FOLDERS } from "./bank-folders.ts";
import type { BankRule } from "./bank-rule.ts";
import { startSftpServer } from "./sftp-server.ts";

export interface SandboxBankOptions extends Omit<BankBrainOptions, "isBusy"> {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** Public keys in OpenSSH form that may log in besides, or instead of, the password. */
  readonly authorizedKeys?: readonly string[];
  /** Private host key; absent: one is made and kept in the folder. */
  readonly hostKey?: string;
  /** `at-once`: a file is taken when its upload or rename is complete. `when-told` (default): by `processInbox()`. */
  readonly answers?: "at-once" | "when-told";
}

export interface SandboxBank {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  /** `SHA256:...` of the host key. */
  readonly fingerprint: string;
  readonly folder: string;
  readonly brain: SandboxBankBrain;
  readonly paid: SandboxBankBrain["paid"];
  readonly pending: SandboxBankBrain["pending"];
  readonly received: SandboxBankBrain["received"];
  readonly doublePaid: SandboxBankBrain["doublePaid"];
  readonly balance: SandboxBankBrain["balance"];
  readonly processInbox: SandboxBankBrain["processInbox"];
  readonly endOfDay: SandboxBankBrain["endOfDay"];
  readonly payIn: SandboxBankBrain["payIn"];
  readonly setBehaviour: SandboxBankBrain["setBehaviour"];
  readonly addBehaviour: SandboxBankBrain["addBehaviour"];
  stop(): Promise<void>;
}

/** Starts the bank on 127.0.0.1. Without a password and keys nobody can log in. */
export async function startSandboxBank(options: SandboxBankOptions): Promise<SandboxBank> {
  const user = options.user ?? "remit";
  mkdirSync(options.folder, { recursive: true });
  const inbox = join(realpathSync(options.folder), "inbox");
  const writers = new Map<string, number>();
  const brain = new SandboxBankBrain({
    ...options,
    isBusy: (name) => (writers.get(join(inbox, name)) ?? 0) > 0,
  });
  const take = (path: string) => {
    if (options.answers === "at-once" && dirname(path) === inbox) brain.processInbox();
  };
  const count = (path: string, by: number) => writers.set(path, (writers.get(path) ?? 0) + by);
  const server = await startSftpServer({
    ...options,
    user,
    topFolders: CLIENT_FOLDERS.filter((name) => !name.includes("/")),
    events: {
      opened: (path) => void count(path, 1),
      closed: (path) => {
        if (count(path, -1).get(path) === 0) writers.delete(path);
        take(path);
      },
      renamed: take,
    },
  });
  const { password } = options;
  return {
    ...server,
    ...witness(brain),
    user,
    ...(password === undefined ? {} : { password }),
    folder: options.folder,
    brain,
  };
}

function witness(brain: SandboxBankBrain) {
  return {
    paid: () => brain.paid(),
    pending: () => brain.pending(),
    received: () => brain.received(),
    doublePaid: () => brain.doublePaid(),
    balance: (iban: string) => brain.balance(iban),
    processInbox: () => brain.processInbox(),
    endOfDay: (date: string) => brain.endOfDay(date),
    payIn: (line: PayIn) => brain.payIn(line),
    setBehaviour: (rules: readonly BankRule[]) => brain.setBehaviour(rules),
    addBehaviour: (...rules: readonly BankRule[]) => brain.addBehaviour(...rules),
  };
}
