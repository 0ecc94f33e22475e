/** What is needed to open an SFTP channel to a bank, and the check of it. */
import { RemitError } from "../../domain/errors.ts";
import type { Finding } from "../../domain/finding.ts";
import type { AlgorithmExceptions } from "./algorithms.ts";

export interface SftpSettings {
  readonly kind: "sftp";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Pinned host keys as ssh-keygen prints them, `SHA256:...`; at least one, two while the bank changes its key. */
  readonly hostKeys: readonly string[];
  /** OpenSSH or PEM text. One of privateKey and password is needed; with both, the key is tried first. */
  readonly privateKey?: string;
  readonly passphrase?: string;
  readonly password?: string;
  /** Algorithms this bank needs beyond the allow-list. */
  readonly algorithmExceptions?: AlgorithmExceptions;
  /** Networks (CIDR) the host may resolve to; none allows all. */
  readonly allowedNetworks?: readonly string[];
  /** Until the session is open. Default 20 000. */
  readonly connectTimeoutMs?: number;
  /** A silent link is found after interval x (count + 1). Default 5 000 x (3 + 1) = 20 s. */
  readonly keepaliveIntervalMs?: number;
  readonly keepaliveCountMax?: number;
  /** From the first packet to the last of one transfer. Default 600 000. */
  readonly deadlineMs?: number;
}

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** @throws CONFIG_INVALID with every fault; no secret is in a finding */
export function checkSftpSettings(settings: SftpSettings): void {
  const findings = [...findFaults(settings)];
  if (findings.length > 0) throw new RemitError("CONFIG_INVALID", { findings });
}

function* findFaults(settings: SftpSettings): Iterable<Finding> {
  const fault = (field: string, found: string, expected: string): Finding => ({
    code: "CONFIG_INVALID",
    where: `sftp.${field}`,
    found,
    expected,
  });
  if (settings.host === "") yield fault("host", "nothing", "a host name or address");
  if (!Number.isInteger(settings.port) || settings.port < 1 || settings.port > 65_535) {
    yield fault("port", String(settings.port), "1 to 65535");
  }
  if (settings.user === "") yield fault("user", "nothing", "a user name");
  if (settings.hostKeys.length === 0) {
    yield fault(
      "hostKeys",
      "none",
      "at least one pinned host key (SHA256:...): without one any server would be trusted",
    );
  }
  for (const key of settings.hostKeys) {
    if (!FINGERPRINT.test(key)) yield fault("hostKeys", key, "SHA256: and 43 characters of base64");
  }
  if (settings.privateKey === undefined && settings.password === undefined) {
    yield fault("privateKey", "neither key nor password", "one of privateKey and password");
  }
  for (const field of ["connectTimeoutMs", "keepaliveIntervalMs", "keepaliveCountMax", "deadlineMs"] as const) {
    const value = settings[field];
    if (value !== undefined && !(value > 0)) yield fault(field, String(value), "more than 0");
  }
}
