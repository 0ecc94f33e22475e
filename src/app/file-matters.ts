/** The exceptions that a transfer file may have while it is on its way, by their identity. */

const MATTERS = ["cutoff-near", "cutoff-missed", "hand-off-stopped", "upload-unknown", "never-heard-back"] as const;

export function matterOf(what: (typeof MATTERS)[number], messageId: string): string {
  return `${what}/${messageId}`;
}

/** All of them: what is over when people have dealt with the file by hand. */
export function matters(messageId: string): readonly string[] {
  return MATTERS.map((what) => matterOf(what, messageId));
}
