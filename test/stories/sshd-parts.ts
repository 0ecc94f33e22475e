/** The bank of a story behind a real OpenSSH server; its brain works on the folders that the server serves. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shippedProfilesFolder } from "../../src/app/bank-profiles.ts";
import type { WorldParts } from "../../src/demo/world.ts";
import { SandboxBankBrain } from "../../src/sandbox/bank-brain.ts";
import { startSandboxGateway } from "../../src/sandbox/sandbox-gateway.ts";
import type { TestSshd } from "../support/sshd.ts";

/** For `storyWorld`. The server is the caller's: it is not stopped with the world. */
export function sshdParts(sshd: TestSshd): (folder: string, now: Date) => Promise<WorldParts> {
  return async (folder, start) => {
    let now = start;
    const clock = () => now;
    const gateway = await startSandboxGateway({ clock, apiKey: "key-of-the-story" });
    return {
      bank: {
        brain: new SandboxBankBrain({ folder: sshd.folders.root, clock }),
        config: {
          kind: "sftp",
          host: sshd.host,
          port: sshd.port,
          user: sshd.user,
          privateKey: { file: sshd.privateKeyFile },
          hostKeys: [sshd.hostKeyFingerprint],
        },
        profiles: profilesFor(sshd, folder),
      },
      gateway,
      setClock: (moment) => {
        now = moment;
      },
      stop: () => gateway.stop(),
    };
  };
}

/** The sandbox's profile with the folders where this server, which locks nobody into a root, has them. */
function profilesFor({ folders }: TestSshd, folder: string): string {
  const profile = JSON.parse(readFileSync(join(shippedProfilesFolder(), "sandbox.json"), "utf8"));
  profile.exchange.folders = { outbound: folders.inbox, inbound: folders.outbox, archive: folders.archive };
  const profiles = join(folder, "profiles");
  mkdirSync(profiles);
  writeFileSync(join(profiles, "sandbox.json"), JSON.stringify(profile));
  return profiles;
}
