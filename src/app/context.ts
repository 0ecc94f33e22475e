/** What every use case is given: the world as ports. The composition root builds one; tests build others. */
import type { Logger } from "pino";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import type { Config } from "../config.ts";
import type { Finding } from "../domain/finding.ts";
import type { BankChannel } from "../exchange/bank-channel.ts";
import type { PgpKeys } from "../exchange/pgp.ts";
import type { Gateway } from "../gateways/gateway.ts";
import type { Store } from "../store/store.ts";
import type { FailPoint } from "./fail-points.ts";

export interface Context {
  readonly store: Store;
  readonly clock: () => Date;
  readonly log: Logger;
  readonly config: Config;
  /** Who is acting: a person's name, or the job's own. */
  readonly actor: string;
  /** A payment gateway by its name in the configuration; CONFIG_INVALID when there is none. */
  readonly gateway: (name: string) => Promise<Gateway>;
  /** A new connection to a bank by its name in the configuration, for one piece of work; the caller closes it. */
  readonly connectBank: (name: string, profile: BankProfile) => Promise<BankChannel>;
  /** The OpenPGP keys for a bank by its name in the configuration; CONFIG_INVALID when it has none, PGP_KEY_INVALID. */
  readonly pgpKeys: (name: string) => Promise<PgpKeys>;
  readonly profile: (name: string) => BankProfile;
  /** Has parts done by whichever workers are free; absent where there is only this process. */
  readonly shareOut?: (
    parts: readonly Part[],
    here: (part: Part) => Promise<JobReport>,
  ) => Promise<readonly JobReport[]>;
  /** Named fail points: a rehearsal may end the process there, otherwise nothing happens. */
  readonly at: (point: FailPoint) => Promise<void>;
}

/** A part of a job that any worker can do, as names and ids: it goes through a queue. Done twice it does nothing more. */
export interface Part {
  /** What is to be done, as the workers know it. */
  readonly work: string;
  readonly marketplace: string;
  readonly businessDate: string;
  /** Who is acting. */
  readonly actor: string;
  /** The first and the last transaction of it, where it is one of several of a marketplace. */
  readonly from?: string;
  readonly to?: string;
}

/** What a job reports: whole numbers and sums by name, and what it found wrong. */
export interface JobReport {
  readonly counts: Readonly<Record<string, number | bigint | string>>;
  readonly findings: readonly Finding[];
}

/** A job is one use case over one business date (`YYYY-MM-DD`); running it twice does nothing more. */
export type Job = (context: Context, businessDate: string) => Promise<JobReport>;
