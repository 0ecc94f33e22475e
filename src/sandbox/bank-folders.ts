/** The folders of the sandbox bank on disk: what clients see (inbox, outbox) and what the bank keeps for itself. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

export const CLIENT_FOLDERS = ["inbox", "outbox", "outbox/archive"] as const;
const BANK_FOLDERS = ["processed", "sent"] as const;

export function makeBankFolders(folder: string): void {
  for (const name of [...CLIENT_FOLDERS, ...BANK_FOLDERS]) mkdirSync(join(folder, name), { recursive: true });
}

/** Names of complete files in the inbox, sorted. Temporary and hidden names are a client's unfinished business. */
export function waitingNames(folder: string, isBusy: (name: string) => boolean): string[] {
  return readdirSync(join(folder, "inbox"), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !isTemporaryName(entry.name) && !isBusy(entry.name))
    .map(({ name }) => name)
    .sort();
}

export function isTemporaryName(name: string): boolean {
  return name.startsWith(".") || /\.(part|partial|filepart|tmp|temp)$/i.test(name);
}

export interface ClaimedFile {
  /** Name the client gave. */
  readonly name: string;
  /** Name in `processed/`: the client may use a name twice, the bank keeps both. */
  readonly keptAs: string;
}

/** Takes a file out of the inbox by rename; undefined when it is gone (the client withdrew it). */
export function claim(folder: string, name: string, number: number): ClaimedFile | undefined {
  const keptAs = `${String(number).padStart(6, "0")}-${name}`;
  try {
    renameSync(join(folder, "inbox", name), join(folder, "processed", keptAs));
    return { name, keptAs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Files claimed and not yet judged, because the bank was killed in between. */
export function claimedNames(folder: string, judged: ReadonlySet<string>): ClaimedFile[] {
  return readdirSync(join(folder, "processed"))
    .filter((keptAs) => !judged.has(keptAs))
    .sort()
    .map((keptAs) => ({ name: keptAs.replace(/^\d+-/, ""), keptAs }));
}

export function readClaimed(folder: string, { keptAs }: ClaimedFile): Buffer {
  return readFileSync(join(folder, "processed", keptAs));
}

/** Keeps the bank's copy, and puts the file into the outbox under a temporary name before the final one. */
export function handOut(folder: string, name: string, content: string, deliver: boolean): void {
  writeFileSync(join(folder, "sent", name), content);
  if (!deliver) return;
  const final = join(folder, "outbox", name);
  if (existsSync(final)) return;
  const temporary = join(folder, "outbox", `.${name}.tmp`);
  const handle = openSync(temporary, "w");
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, final);
}

/** Names of the bank's own copies of what it wrote, sorted. */
export function sentNames(folder: string): string[] {
  return readdirSync(join(folder, "sent")).sort();
}

export function readSent(folder: string, name: string): string {
  return readFileSync(join(folder, "sent", name), "utf8");
}
