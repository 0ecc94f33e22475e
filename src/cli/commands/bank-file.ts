/** `remit bank-file`: writing, checking and reading bank files without a store. */
import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { loadProfile } from "../../app/bank-profiles.ts";
import { readBankFile } from "../../bankfiles/read/read-bank-file.ts";
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
    .requiredOption("-o, --output <file>", "where the XML goes; an existing file is never overwritten");
  act(command, async ({ args: [input = ""], options }) => {
    const { writeBankFile } = await import("../../app/bank-file-write.ts");
    const output = String(options.output);
    const result = await writeBankFile({
      input: await bytesOf(input),
      format: input.toLowerCase().endsWith(".csv") ? "csv" : "json",
      profile: loadProfile(String(options.profile)),
    });
    if (!result.ok) return { findings: result.findings, json: {}, text: `${input} has faults; nothing was written` };
    await writeFile(output, result.bytes, { flag: "wx" });
    const { messageId, count, sum, sha256 } = result;
    return {
      json: { file: output, messageId, count, sum, sha256 },
      text: `${output}: ${count} transfers, ${sum} (message ${messageId}, sha256 ${sha256})`,
    };
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
    const { checkBankFile } = await import("../../app/bank-file-check.ts");
    const profile = textOption(options.profile);
    const xsd = textOption(options.xsd);
    const findings = await checkBankFile(await bytesOf(file), {
      ...(profile === undefined ? {} : { profile: loadProfile(profile) }),
      ...(xsd === undefined ? {} : { xsd }),
    });
    return { findings, json: { file }, text: findings.length === 0 ? `${file} is right` : `${file} has faults` };
  });
}

function addRead(group: Command): void {
  const command = group
    .command("read")
    .description("pain.001, pain.002, camt.052, camt.053 or camt.054 as JSON")
    .argument("<file>", "the file");
  act(command, async ({ args: [file = ""] }) => {
    const result = readBankFile(await bytesOf(file));
    if (!result.ok) return { findings: result.findings, json: {}, text: `${file} cannot be read` };
    return { findings: result.document.findings, json: {}, text: "", document: result.document };
  });
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new RemitError("NOT_FOUND", { where: path, found, expected: "a readable file", cause });
  }
}
