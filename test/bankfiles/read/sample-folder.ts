/** Where the sample files lie: ours in the repository, those of peers beside it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OURS = fileURLToPath(new URL("../../../sample-files/bank/", import.meta.url));
const PEERS = fileURLToPath(new URL("../../../../shared/samples/", import.meta.url));

export const hasPeers: boolean = existsSync(PEERS);

export function samplePath(name: string): string {
  return `${OURS}${name}`;
}

export function sample(name: string): Buffer {
  return readFileSync(samplePath(name));
}

export function peerSample(name: string): Buffer {
  return readFileSync(`${PEERS}${name}`);
}

/** The names of our files in a folder, without `.xml`. */
export function sampleNames(folder = ""): string[] {
  return readdirSync(`${OURS}${folder}`)
    .filter((name) => name.endsWith(".xml"))
    .map((name) => name.slice(0, -".xml".length))
    .sort();
}

/** A source that gives a file in pieces of `size` bytes. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
