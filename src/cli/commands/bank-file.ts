/** `remit bank-file`: writing, checking and reading bank files without a store. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { checkBankFile } from "../../app/bank-file-check.ts";
import { readBankFileToJson } from "../../app/bank-file-read.ts";
import { writeBankFile } from "../../app/bank-file-write.ts";
import { loadProfile } from "../../app/bank-profiles.ts";
import { clockFrom } from "../../clock.ts";
import { loadConfig } from "../../config.ts";
import { RemitError } from "../../domain/errors.ts";
import { act } from "../act.ts";
import { textOption } from "../options.ts";

export function addBankFileCommands(program: Command): void {
  const group = program.command("bank-file").description("write, check and read bank files; needs no store");
  addWrite(group);
  addCheck(group);
  addRead(group);
}

function addWrite(group: Command): void {
  const command = group
    .command("write")
    .description("a pain.001 from a plain list of transfers")
    .argument("<input>", "JSON or CSV")
    .requiredOption("--profile <name>", "the bank profile")
    .requiredOption("-o, --output <file>", "where the XML goes; it appears there only when it is complete and right");
  act(command, async ({ args: [inputPath = ""], options }) => {
    const config = loadConfig();
    const { findings, notices, files } = await writeBankFile({
      inputPath,
      profileName: String(options.profile),
      outputPath: String(options.output),
      now: clockFrom(config.clockFile)(),
      ...(config.profiles === undefined ? {} : { profilesFolder: config.profiles }),
    });
    const lines = [
      ...files.map(({ path, count, sum, messageId }) => `${path}: ${count} transfers, ${sum} (message ${messageId})`),
      ...notices.map(({ where, found, expected }) => `${where}: ${found}, ${expected}`),
    ];
    return { findings, json: { files, notices }, text: files.length === 0 ? "nothing was written" : lines.join("\n") };
  });
}

function addCheck(group: Command): void {
  const command = group
    .command("check")
    .description("every finding of a bank file: code, where, found, expected")
    .argument("<file>", "the file")
    .option("--profile <name>", "the bank's rules too")
    .option("--xsd <folder>", "validate against the schemas in this folder too");
  act(command, async ({ args: [file = ""], options }) => {
    const profile = textOption(options.profile);
    const xsd = textOption(options.xsd);
    const config = loadConfig();
    const {
      findings,
      notices,
      ok: _ok,
      ...facts
    } = await checkBankFile(await bytesOf(file), {
      now: clockFrom(config.clockFile)(),
      ...(profile === undefined ? {} : { profile: loadProfile(profile, config.profiles) }),
      ...(xsd === undefined ? {} : { xsd }),
    });
    const told = notices.map(({ where, found, expected }) => `${where}: ${found}, ${expected}`);
    const text = [findings.length === 0 ? `${file} is right` : `${file} has faults`, ...told].join("\n");
    return { findings, json: { file, ...facts, notices }, text };
  });
}

function addRead(group: Command): void {
  const command = group
    .command("read")
    .description("pain.001, pain.002, camt.052, camt.053 or camt.054 as JSON")
    .argument("<file>", "the file");
  act(command, async ({ args: [file = ""] }) => {
    const { ok } = await readBankFileToJson(file, writeOut).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    return { ok };
  });
}

/** Waits for whoever reads: a statement of a bank may be larger than memory. */
async function writeOut(piece: string): Promise<void> {
  if (!process.stdout.write(piece)) await once(process.stdout, "drain");
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What the file system says, as an error of ours; any other error stays what it is. */
function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new RemitError("NOT_FOUND", { where: path, found: error.message, expected: "a readable file", cause: error });
}
