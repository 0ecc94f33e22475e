/** The programs the tests run against, where they are found and how they are got. */
import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

interface Part {
  /** Programs that must stand together in one folder; the first is the one that is returned. */
  readonly programs: readonly string[];
  /** Other names of the first program. */
  readonly aliases: readonly string[];
  /** Searched before PATH where the distribution hides the part; `*` stands for one folder, the newest is taken. */
  readonly usual: readonly string[];
  readonly apt: string;
  readonly brew: string;
  /** Environment variable that names the program, or a running server to use when the program is not installed. */
  readonly given: string;
}

export const PARTS = {
  redis: {
    programs: ["redis-server"],
    aliases: [],
    usual: [],
    apt: "redis-server",
    brew: "redis",
    given: "REDIS_URL",
  },
  sshd: {
    programs: ["sshd"],
    aliases: [],
    usual: ["/usr/sbin", "/usr/local/sbin"],
    apt: "openssh-server",
    brew: "openssh",
    given: "TEST_SSHD",
  },
  sshKeygen: {
    programs: ["ssh-keygen"],
    aliases: [],
    usual: [],
    apt: "openssh-client",
    brew: "openssh",
    given: "TEST_SSH_KEYGEN",
  },
  postgres: {
    programs: ["postgres", "initdb"],
    aliases: [],
    usual: ["/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin"],
    apt: "postgresql",
    brew: "postgresql@16",
    given: "TEST_DATABASE_URL",
  },
  chromium: {
    programs: ["chromium"],
    aliases: ["chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
    usual: ["/usr/bin", "/Applications/Google Chrome.app/Contents/MacOS"],
    apt: "chromium",
    brew: "--cask chromium",
    given: "TEST_CHROMIUM",
  },
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS;

/** The absolute path of a part's program, or undefined when it is not installed. */
export function findPart(name: PartName): string | undefined {
  const part: Part = PARTS[name];
  const given = process.env[part.given];
  if (given?.startsWith("/")) return given;
  const [first = "", ...rest] = part.programs;
  for (const folder of [...part.usual.flatMap(expand), ...(process.env.PATH ?? "").split(delimiter)]) {
    if (folder === "" || !rest.every((program) => canRun(join(folder, program)))) continue;
    const found = [first, ...part.aliases].map((program) => join(folder, program)).find(canRun);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The path of a part's program; installs it when root on Debian, else fails with the command that gets it. */
export function needPart(name: PartName): string {
  const found = findPart(name) ?? install(name);
  if (found !== undefined) return found;
  const { apt, brew, given } = PARTS[name];
  throw new Error(
    `the tests need ${PARTS[name].programs.join(" and ")}: run "sudo apt-get install -y ${apt}" or ` +
      `"brew install ${brew}", or set ${given}`,
  );
}

function install(name: PartName): string | undefined {
  if (process.getuid?.() !== 0 || !canRun("/usr/bin/apt-get")) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    execFileSync("apt-get", ["update", "-q"], { env, stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", PARTS[name].apt], {
      env,
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  return findPart(name);
}

function expand(folder: string): string[] {
  const [before, after] = folder.split("*");
  if (before === undefined || after === undefined) return [folder];
  const base = before.slice(0, before.lastIndexOf("/") + 1);
  const start = before.slice(base.length);
  let names: string[];
  try {
    names = readdirSync(base).filter((entry) => entry.startsWith(start));
  } catch {
    return [];
  }
  const version = (entry: string) => Number(entry.slice(start.length)) || 0;
  return names.sort((a, b) => version(b) - version(a)).map((entry) => base + entry + after);
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
