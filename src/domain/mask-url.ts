/** URLs in messages: whatever stands between the user and the host is a password, and so is a parameter of that name. */

/** The URL with its password masked: `redis://app:secret@host/0` -> `redis://app:***@host/0`. */
export function maskUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/@]*):.*@/i, "$1:***@")
    .replace(/([?&](?:ssl)?password=)[^&]*/gi, "$1***");
}
