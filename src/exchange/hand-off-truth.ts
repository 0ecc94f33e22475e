/** What to do after a doubt in a hand-off, as one table. */

/** What is known of one name at the bank, compared with the frozen file. */
export type Sighting = "absent" | "same" | "different";

/**
 * - `upload-again`: nothing was published and no rename was begun: remove our own .part if there is one, then upload
 * - `rename`: the .part is our whole file: rename that same .part
 * - `sent`: the bank has our file under its final name
 * - `sent-unconfirmed`: the rename was begun and both names are gone, so it was collected: wait for pain.002 or camt
 * - `stop`: a person decides; nothing is sent
 */
export type DoubtDecision = "upload-again" | "rename" | "sent" | "sent-unconfirmed" | "stop";

export type RenamePhase = "rename-not-begun" | "rename-begun";

/**
 * Phase -> sighting of .part -> sighting of the final name. Once a rename was begun no row uploads: a file that the bank
 * may have collected is never offered to it a second time.
 */
export const AFTER_DOUBT = {
  "rename-not-begun": {
    absent: { absent: "upload-again", same: "sent", different: "stop" },
    same: { absent: "rename", same: "stop", different: "stop" },
    different: { absent: "upload-again", same: "stop", different: "stop" },
  },
  "rename-begun": {
    absent: { absent: "sent-unconfirmed", same: "sent", different: "stop" },
    same: { absent: "rename", same: "stop", different: "stop" },
    // The .part was verified before the rename was begun, so somebody changed it since.
    different: { absent: "stop", same: "stop", different: "stop" },
  },
} as const satisfies Record<RenamePhase, Record<Sighting, Record<Sighting, DoubtDecision>>>;
