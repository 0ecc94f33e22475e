import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectSftp } from "../../../src/exchange/sftp/connect.ts";
import { startSftpServer } from "../../../src/sandbox/sftp-server.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { channelContract } from "../channel-contract.ts";

// A server that is not OpenSSH: small packets, no fsync, no statvfs, a password.
channelContract("SFTP, to the sandbox bank's own server,", async () => {
  const folder = tempDir();
  mkdirSync(join(folder, "inbox"));
  const password = "correct horse";
  const nothing = () => undefined;
  const server = await startSftpServer({
    folder,
    topFolders: ["inbox"],
    user: "marketplace",
    password,
    events: { opened: nothing, closed: nothing, renamed: nothing },
  });
  const { host, port, fingerprint } = server;
  return {
    open: () => connectSftp({ kind: "sftp", host, port, user: "marketplace", password, hostKeys: [fingerprint] }),
    remote: "/inbox",
    local: join(folder, "inbox"),
    stop: server.stop,
  };
});
