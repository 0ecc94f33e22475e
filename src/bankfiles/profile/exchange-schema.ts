/** The form of a bank profile's exchange half: how files are handed over and what the bank is expected to answer. */
import { z } from "zod";

const TIME = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, "a time HH:MM between 00:00 and 24:00");
const FOLDER = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^\\\0]{1,200}$/, "a folder without .. and backslashes");
const SUFFIX = z.string().regex(/^[._-][A-Za-z0-9._-]{0,15}$/, "a suffix such as .part");

export const INBOUND_KINDS = ["pain.002", "camt.052", "camt.053", "camt.054", "any"] as const;

const BY = z
  .string()
  .regex(
    /^(?:same|next) banking day (?:[01]\d|2[0-3]):[0-5]\d$/,
    "`same banking day HH:MM` or `next banking day HH:MM`",
  );

/** What the bank should send after a file, and by when; silence after that is an alarm. */
const ANSWER = z.union([
  z.strictObject({ kind: z.enum(INBOUND_KINDS), withinMinutes: z.int().min(1) }),
  z.strictObject({ kind: z.enum(INBOUND_KINDS), by: BY }),
]);

/** Choices only: the keys are configuration, `banks.NAME.pgp`. */
const PGP = z.strictObject({
  /** What is sent: sealed once, before the first upload, and never again. */
  encrypt: z.boolean(),
  sign: z.boolean(),
  /** Whether files from the bank must be encrypted and signed. */
  decrypt: z.boolean(),
  /** Added to the name of what is sent sealed. */
  suffix: SUFFIX.default(".pgp"),
  format: z.enum(["armored", "binary"]).default("armored"),
  /** How long before a key expires it is an exception. */
  warnDays: z.int().min(1).max(365).default(30),
});

export const EXCHANGE = z.strictObject({
  folders: z
    .strictObject({ outbound: FOLDER, inbound: FOLDER, archive: FOLDER.exactOptional() })
    .default({ outbound: "inbox", inbound: "outbox" }),
  /** Name of a file while it is being written; the bank must not look at such names. */
  tempSuffix: SUFFIX.default(".part"),
  /** An empty file of the same name plus this suffix, written last, for banks that wait for it. */
  marker: z.strictObject({ suffix: SUFFIX }).exactOptional(),
  afterFetch: z.enum(["move", "delete", "keep"]).default("keep"),
  fileNames: z
    .strictObject({
      /** Placeholders: {messageId} {date} {time} {sequence} {sequence:N} {service} {profile}. */
      outbound: z.string().min(1).max(100),
      /** The longest name the bank takes. */
      maxLength: z.int().min(8).max(255).default(64),
      /** In order; the first that fits names the kind. `*` stands for any characters. */
      inbound: z.array(z.strictObject({ pattern: z.string().min(1).max(100), kind: z.enum(INBOUND_KINDS) })),
    })
    .default({ outbound: "{messageId}.xml", maxLength: 64, inbound: [{ pattern: "*.xml", kind: "any" }] }),
  /**
   * What the bank's server allows; some mailbox servers refuse all but writing and renaming. Without `rename` a file is
   * written under its final name at once; without `stat` nothing can be looked at afterwards, and a doubt stays one.
   */
  readBack: z.boolean().default(true),
  stat: z.boolean().default(true),
  rename: z.boolean().default(true),
  fsync: z.boolean().default(true),
  /** Fingerprints (`SHA256:...`) the server may show; a list, so that a key can be exchanged. */
  hostKeys: z
    .array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "a fingerprint SHA256: and 43 characters of base64"))
    .exactOptional(),
  /** Algorithms of SSH to offer, for servers that know only older ones. */
  algorithms: z
    .strictObject({
      kex: z.array(z.string()).exactOptional(),
      cipher: z.array(z.string()).exactOptional(),
      hmac: z.array(z.string()).exactOptional(),
      serverHostKey: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  pgp: PGP.exactOptional(),
  answers: z.array(ANSWER).default([]),
  /** By when the statement (camt.053) of a banking day is there; one that is not is an exception until it comes. */
  statements: z.strictObject({ by: BY }).exactOptional(),
  /** When files may be sent, in the zone of `execution`; empty: at any time. */
  cutoffWindows: z.array(z.strictObject({ from: TIME, to: TIME })).default([]),
  /** How long before a cutoff a file that nobody has decided on is an exception. */
  approvalAlarmMinutes: z.int().min(1).max(1_440).default(60),
  /** The largest file we take from this bank. */
  bytesPerInboundFile: z.int().min(1).default(500_000_000),
});
