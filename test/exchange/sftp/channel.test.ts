import { connectSftp } from "../../../src/exchange/sftp/connect.ts";
import { startSshd } from "../../support/sshd.ts";
import { settingsFor } from "../bank.ts";
import { channelContract } from "../channel-contract.ts";

channelContract("SFTP", async () => {
  const server = await startSshd();
  return {
    open: () => connectSftp(settingsFor(server)),
    remote: server.folders.inbox,
    local: server.folders.inbox,
    stop: server.stop,
  };
});
