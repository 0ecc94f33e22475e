/** `remit profile`: bank profiles. */
import type { Command } from "commander";
import { profileNames, readProfile, readProfileFile } from "../../app/bank-profiles.ts";
import { act } from "../act.ts";

export function addProfileCommands(program: Command): void {
  const group = program.command("profile").description("bank profiles: the habits of a bank as data");
  const check = group
    .command("check")
    .description("every fault of a profile, with its path")
    .argument("<name|file>", "a profile that ships, or a JSON file");
  act(check, async ({ args: [name = ""] }) => {
    const result = /[./\\]/.test(name) ? readProfileFile(name) : readProfile(name);
    if (!result.ok) return { findings: result.findings, json: { profile: name }, text: `${name} has faults` };
    return { json: { profile: result.profile.name }, text: `${result.profile.name} is right` };
  });
  act(group.command("list").description("the profiles that ship"), async () => {
    const profiles = profileNames();
    return { json: { profiles }, text: profiles.join("\n") };
  });
}
