/** Signatures of notifications, as Standard Webhooks 1.0.0 defines them: HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { RemitError } from "../domain/errors.ts";

export interface SignedMessage {
  /** The same over all attempts of one notification; printable, without dots, which part the signed text. */
  readonly id: string;
  /** Seconds since 1970 of this attempt. */
  readonly timestamp: number;
  readonly body: string;
  /** `whsec_` and base64 of 24 to 64 bytes. Several while a secret is being replaced. */
  readonly secrets: readonly string[];
}

const PREFIX = "whsec_";
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** How far a timestamp may be from the receiver's clock. */
export const TOLERANCE_SECONDS = 300;

/** The secret to give to the receiver, made of 24 to 64 random bytes. */
export function secretOf(key: Uint8Array): string {
  const secret = PREFIX + Buffer.from(key).toString("base64");
  keyOf(secret);
  return secret;
}

/** The key inside a secret. Throws INPUT_INVALID, without repeating the secret. */
function keyOf(secret: string): Buffer {
  const text = secret.slice(PREFIX.length);
  const key = Buffer.from(text, "base64");
  // Buffer skips what is not base64: only the way back proves that nothing was skipped.
  const whole = key.toString("base64") === text;
  if (!secret.startsWith(PREFIX) || !whole || key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES) {
    throw new RemitError("INPUT_INVALID", {
      where: "secret",
      found: "another text",
      expected: `whsec_ and the base64 of ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes`,
    });
  }
  return key;
}

/** The `webhook-signature` header: one `v1,<base64>` per secret, in their order, with a space between. */
export function signMessage({ id, timestamp, body, secrets }: SignedMessage): string {
  if (!/^[!-~]+$/.test(id) || id.includes(".") || !Number.isSafeInteger(timestamp) || secrets.length === 0) {
    throw new RemitError("INPUT_INVALID", {
      where: "message",
      found: `id ${JSON.stringify(id)}, timestamp ${timestamp}, ${secrets.length} secrets`,
      expected: "an id without dots and spaces, whole seconds and at least one secret",
    });
  }
  return secrets.map((secret) => `v1,${macOf(keyOf(secret), `${id}.${timestamp}.`, body)}`).join(" ");
}

function macOf(key: Buffer, head: string, body: string): string {
  return createHmac("sha256", key).update(head).update(body).digest("base64");
}

/** The three headers as they were received; undefined when one was not. */
export interface SignatureHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export type SignatureProblem = "HEADER_MISSING" | "TIMESTAMP_INVALID" | "TOO_OLD" | "TOO_NEW" | "NO_MATCH";

/**
 * Why a received message is not to be trusted; undefined when one of its signatures fits one of the secrets and its
 * timestamp is within five minutes of `nowSeconds`. Compares in constant time.
 */
export function signatureProblem(
  { id, timestamp, signature }: SignatureHeaders,
  body: string,
  { secrets, nowSeconds }: { readonly secrets: readonly string[]; readonly nowSeconds: number },
): SignatureProblem | undefined {
  if (!id || !timestamp || !signature) return "HEADER_MISSING";
  if (!/^\d{1,12}$/.test(timestamp)) return "TIMESTAMP_INVALID";
  if (nowSeconds - Number(timestamp) > TOLERANCE_SECONDS) return "TOO_OLD";
  if (Number(timestamp) - nowSeconds > TOLERANCE_SECONDS) return "TOO_NEW";
  const expected = secrets.map((secret) => Buffer.from(`v1,${macOf(keyOf(secret), `${id}.${timestamp}.`, body)}`));
  const given = signature.split(" ").map((part) => Buffer.from(part));
  const fits = given.some((one) => expected.some((own) => own.length === one.length && timingSafeEqual(own, one)));
  return fits ? undefined : "NO_MATCH";
}
