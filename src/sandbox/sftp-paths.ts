/** Confines the paths an SFTP client names to the folders the sandbox bank shows. */
import { realpathSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";

export class PathRefused extends Error {}

/** Maps client paths (absolute or relative to `/`) to the disk. Only the named top folders exist for a client. */
export class SftpPaths {
  readonly root: string;
  readonly topFolders: readonly string[];

  constructor(root: string, topFolders: readonly string[]) {
    this.root = realpathSync(root);
    this.topFolders = topFolders;
  }

  /** The path as the client should see it: absolute, `..` resolved and never above `/`. */
  normal(path: string): string {
    const normal = posix.normalize(`/${path}`);
    return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
  }

  isRoot(path: string): boolean {
    return this.normal(path) === "/";
  }

  /** The place on disk; throws PathRefused outside the shown folders, also when a link leads out. */
  onDisk(path: string): string {
    const normal = this.normal(path);
    if (normal === "/") return this.root;
    const [top = ""] = normal.slice(1).split("/");
    if (!this.topFolders.includes(top) || normal.includes("\0")) throw new PathRefused(normal);
    const place = join(this.root, normal);
    const parent = realpathSync(dirname(place));
    if (parent !== this.root && !parent.startsWith(this.root + sep)) throw new PathRefused(normal);
    return place;
  }

  /** A top folder itself can be neither renamed nor removed. */
  inside(path: string): string {
    const place = this.onDisk(path);
    if (dirname(place) === this.root || place === this.root) throw new PathRefused(path);
    return place;
  }
}
