/** Reading a remote file over SFTP with several requests under way, in order and with a limit. */
import { RemitError } from "../../domain/errors.ts";
import type { Request } from "./channel.ts";

const CHUNK_BYTES = 128 * 1024;
const CHUNKS_IN_FLIGHT = 16;

/** @throws FILE_TOO_LARGE, BANK_FILE_MISSING, BANK_PERMISSION, BANK_CONNECTION_LOST, BANK_TIMEOUT */
export async function* readRemote(request: Request, path: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  const handle = await request<Buffer>(path, (sftp, done) => sftp.open(path, "r", done));
  try {
    const { size } = await request<{ size: number }>(path, (sftp, done) => sftp.fstat(handle, done));
    if (size > maxBytes) throw tooLarge(path, size, maxBytes);
    const asked: Promise<Uint8Array>[] = [];
    let next = 0;
    let received = 0;
    while (next < size || asked.length > 0) {
      while (next < size && asked.length < CHUNKS_IN_FLIGHT) {
        const answer = readAt(request, handle, path, next, Math.min(CHUNK_BYTES, size - next));
        // It is awaited below; until then a failure must not count as unhandled.
        answer.catch(() => undefined);
        asked.push(answer);
        next += CHUNK_BYTES;
      }
      const chunk = (await asked.shift()) ?? new Uint8Array();
      received += chunk.length;
      yield chunk;
    }
    if (received !== size) throw changed(path, `${received} of ${size} bytes`);
    const more = await readAt(request, handle, path, size, 1);
    if (more.length > 0) throw changed(path, `more than ${size} bytes`);
  } finally {
    await request<unknown>(path, (sftp, done) => sftp.close(handle, done)).catch(() => undefined);
  }
}

/** One range; a server may answer with less than was asked, nothing means the end of the file. */
async function readAt(
  request: Request,
  handle: Buffer,
  path: string,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = await request<number>(path, (sftp, done) =>
      sftp.read(handle, buffer, filled, length - filled, position + filled, done),
    );
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function tooLarge(path: string, size: number, maxBytes: number): RemitError {
  return new RemitError("FILE_TOO_LARGE", { where: path, found: `${size} bytes`, expected: `at most ${maxBytes}` });
}

function changed(path: string, found: string): RemitError {
  return new RemitError("BANK_FILE_CHANGED", { where: path, found, expected: "the size it had at first" });
}
