/** The frame around every command: what it was called with, what it prints, how it ends. */
import { userInfo } from "node:os";
import type { Command } from "commander";
import { jsonText } from "../app/json-text.ts";
import { findingsOf } from "../app/run-job.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { findingsTable } from "./table.ts";

/** How a command was called. */
export interface Call {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly actor: string;
  /** Whether a person watches: progress is shown only then. */
  readonly watched: boolean;
}

/** What a command has to say: `json` for machines, `text` for people. Findings make it fail. */
export interface Outcome {
  readonly findings?: readonly Finding[];
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The outcome of a command that has printed all itself. */
export interface Said {
  readonly ok: boolean;
}

/** Lets a command do its work and print its outcome; errors become findings and exit code 1. */
export function act(command: Command, work: (call: Call) => Promise<Outcome | Said>): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals<Record<string, unknown>>();
    const json = options.json === true;
    const call: Call = {
      args: command.args,
      options,
      actor: typeof options.as === "string" ? options.as : userInfo().username,
      watched: !json && process.stderr.isTTY === true,
    };
    try {
      const outcome = await work(call);
      process.exitCode = "ok" in outcome ? Number(!outcome.ok) : printOutcome(outcome, json);
    } catch (error) {
      process.exitCode = printError(error, json);
    }
  });
}

function printOutcome({ findings = [], json: body, text }: Outcome, json: boolean): number {
  const ok = findings.length === 0;
  if (json) print(jsonText({ ok, findings, ...body }, 2));
  else {
    if (text !== "") print(text);
    if (!ok) print(findingsTable(findings));
  }
  return ok ? 0 : 1;
}

function printError(error: unknown, json: boolean): number {
  const findings = findingsOf(error);
  if (json) print(jsonText({ ok: false, findings }, 2));
  else process.stderr.write(`${sentenceOf(error)}\n${findings.length > 1 ? `${findingsTable(findings)}\n` : ""}`);
  return 1;
}

function sentenceOf(error: unknown): string {
  if (error instanceof RemitError) return `remit: ${error.code}: ${error.message}`;
  return `remit: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
