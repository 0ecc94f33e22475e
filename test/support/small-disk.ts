/** A very small file system, to run out of room on. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";

export interface SmallDisk {
  readonly path: string;
  unmount(): void;
}

/** Mounts 256 KiB of memory on a new folder; undefined where this user may not mount. */
export function mountSmallDisk(path: string): SmallDisk | undefined {
  mkdirSync(path, { recursive: true });
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path], { stdio: "ignore" });
  if (mounted.status !== 0) return undefined;
  chmodSync(path, 0o777);
  return { path, unmount: () => void spawnSync("umount", ["-l", path], { stdio: "ignore" }) };
}
