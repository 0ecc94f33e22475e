/** `remit profile`: bank profiles. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { profileNames } from "../../app/bank-profiles.ts";
import { checkProfile } from "../../app/profile-check.ts";
import { clockFrom } from "../../clock.ts";
import { loadConfig } from "../../config.ts";
import { act } from "../act.ts";
import { textOption } from "../options.ts";

export function addProfileCommands(program: Command): void {
  const group = program.command("profile").description("bank profiles: the habits of a bank as data");
  addCheck(group);
  act(group.command("list").description("the profiles there are"), async () => {
    const profiles = profileNames(loadConfig().profiles);
    return { json: { profiles }, text: profiles.join("\n") };
  });
}

function addCheck(group: Command): void {
  const command = group
    .command("check")
    .description("every fault of a profile, with its path; renders sample files by it and checks those")
    .argument("<name|file>", "a profile's name, or a JSON file")
    .option("--xsd <folder>", "validate the samples against the schemas in this folder too")
    .option("--samples <folder>", "write the sample files there");
  act(command, async ({ args: [profile = ""], options }) => {
    const config = loadConfig();
    const xsd = textOption(options.xsd);
    const { findings, samples } = await checkProfile({
      profile,
      now: clockFrom(config.clockFile)(),
      ...(config.profiles === undefined ? {} : { profilesFolder: config.profiles }),
      ...(xsd === undefined ? {} : { xsd }),
    });
    const folder = textOption(options.samples);
    const files = folder === undefined ? [] : await writeSamples(folder, samples);
    const names = samples.map(({ name }) => name);
    const right = `${profile} is right; samples: ${[...(files.length > 0 ? files : names)].join(", ")}`;
    return {
      findings,
      json: { profile, samples: names, files },
      text: findings.length === 0 ? right : `${profile} has faults`,
    };
  });
}

async function writeSamples(folder: string, samples: readonly { readonly name: string; readonly xml: string }[]) {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const { name, xml } of samples.filter((sample) => sample.xml !== "")) {
    const path = join(folder, `sample-${name}.xml`);
    await writeFile(path, xml);
    files.push(path);
  }
  return files;
}
