/** Opening one SSH connection to a bank: the right host, the right key, then the session. */
import { createHash } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import type { Client, SFTPWrapper } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { RemitError } from "../../domain/errors.ts";
import { allowedAddresses } from "../allowed-hosts.ts";
import type { BankChannel } from "../bank-channel.ts";
import { DEFAULT_DEADLINE_MS, type Lifeline, startLifeline } from "../deadline.ts";
import { algorithmsFor } from "./algorithms.ts";
import { connectionError } from "./bank-error.ts";
import { sftpChannel } from "./channel.ts";
import { checkSftpSettings, type SftpSettings } from "./settings.ts";

/**
 * Connects, checks the pinned host key before anything of ours is sent, logs in and opens the SFTP session.
 * @throws CONFIG_INVALID, ADDRESS_FORBIDDEN, BANK_UNREACHABLE, BANK_HOST_KEY, BANK_ALGORITHM, BANK_AUTH, BANK_TIMEOUT,
 *   BANK_CONNECTION_LOST
 */
export async function connectSftp(settings: SftpSettings): Promise<BankChannel> {
  checkSftpSettings(settings);
  const where = `${settings.host}:${settings.port}`;
  // The callbacks replace ones that write to the console; errors are taken from the events below.
  const session = new SftpClient("remit", { error: ignore, end: ignore, close: ignore });
  const client = innerClient(session);
  let socket: Socket | undefined;
  let over = false;
  const lifeline = startLifeline(where, settings.deadlineMs ?? DEFAULT_DEADLINE_MS, () => {
    over = true;
    client.destroy();
    socket?.destroy();
  });
  try {
    const tcp = await lifeline.guard(async () => {
      socket = await openSocket(settings);
      // It may open when nobody waits for it any more.
      if (over) socket.destroy();
      return socket;
    });
    watch(client, tcp, lifeline, where);
    const sftp = await lifeline.guard(() => logIn(session, settings, tcp, lifeline));
    sftp.on("close", () => lifeline.fail(new RemitError("BANK_CONNECTION_LOST", { where, found: "end of session" })));
    sftp.on("error", (cause: unknown) => lifeline.fail(connectionError(cause, where)));
    return sftpChannel({ session, sftp, lifeline, where, hangUp: () => hangUp(client, tcp, lifeline) });
  } catch (cause) {
    const error = connectionError(cause, where);
    lifeline.fail(error);
    throw error;
  }
}

/** The ssh2 client under the session: its types call it private, its documentation does not. */
function innerClient(session: SftpClient): Client {
  return (session as unknown as { readonly client: Client }).client;
}

/** Every event that could otherwise end the process, or leave a promise waiting for ever, ends the lifeline. */
function watch(client: Client, socket: Socket, lifeline: Lifeline, where: string): void {
  const lost = () => lifeline.fail(new RemitError("BANK_CONNECTION_LOST", { where, found: "end of connection" }));
  client.prependListener("error", (cause: unknown) => lifeline.fail(connectionError(cause, where)));
  // ssh2 tells `end` before the `error` that says why, so the reason is given the chance to come first.
  client.prependListener("end", () => setImmediate(lost));
  client.prependListener("close", () => setImmediate(lost));
  socket.on("error", (cause) => lifeline.fail(connectionError(cause, where)));
}

async function logIn(
  session: SftpClient,
  settings: SftpSettings,
  sock: Socket,
  lifeline: Lifeline,
): Promise<SFTPWrapper> {
  const { privateKey, passphrase, password } = settings;
  try {
    return await session.connect({
      sock,
      username: settings.user,
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(password === undefined ? {} : { password }),
      authHandler: [
        ...(privateKey === undefined ? [] : ["publickey" as const]),
        ...(password === undefined ? [] : ["password" as const]),
      ],
      algorithms: algorithmsFor(settings.algorithmExceptions),
      hostVerifier: (key: Buffer) => isPinned(key, settings, lifeline),
      readyTimeout: settings.connectTimeoutMs ?? 20_000,
      keepaliveInterval: settings.keepaliveIntervalMs ?? 5_000,
      keepaliveCountMax: settings.keepaliveCountMax ?? 3,
    });
  } catch (cause) {
    // What ssh2 throws before it sends anything is about what it was given: the key's text, a name of an algorithm.
    if (!/parse|Unsupported algorithm|passphrase/i.test((cause as Error).message)) throw cause;
    throw new RemitError("CONFIG_INVALID", { where: "sftp", found: (cause as Error).message, cause });
  }
}

function isPinned(key: Buffer, settings: SftpSettings, lifeline: Lifeline): boolean {
  const found = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
  if (settings.hostKeys.includes(found)) return true;
  const expected = settings.hostKeys.join(" or ");
  lifeline.fail(new RemitError("BANK_HOST_KEY", { where: `${settings.host}:${settings.port}`, found, expected }));
  return false;
}

/** Tries each allowed address in turn. */
async function openSocket(settings: SftpSettings): Promise<Socket> {
  const addresses = await allowedAddresses(settings.host, settings.allowedNetworks);
  let last: unknown;
  for (const address of addresses) {
    try {
      return await dial(address, settings.port, settings.connectTimeoutMs ?? 20_000);
    } catch (cause) {
      last = cause;
    }
  }
  const found = (last as Error | undefined)?.message ?? "no address";
  throw new RemitError("BANK_UNREACHABLE", { where: `${settings.host}:${settings.port}`, found, cause: last });
}

function dial(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Without noDelay every request waits about 40 ms for the other side's delayed acknowledgment.
    const socket = connectTcp({ host, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error(`no answer after ${timeoutMs} ms`)), timeoutMs);
    socket.once("error", reject);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("close", () => clearTimeout(timer));
  });
}

/** Says goodbye and waits a moment for the answer; a dead link is simply dropped. */
function hangUp(client: Client, socket: Socket, lifeline: Lifeline): Promise<void> {
  lifeline.end();
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const timer = setTimeout(() => socket.destroy(), 1_000);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    client.end();
  });
}

function ignore(): void {}
