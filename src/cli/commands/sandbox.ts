/** `remit sandbox`: a bank and a gateway to try things with, on loopback, until it is stopped. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { act, print } from "../act.ts";
import { portOption } from "../options.ts";
import { untilStopped } from "../until-stopped.ts";

export function addSandboxCommand(program: Command): void {
  const command = program
    .command("sandbox")
    .description("run the sandbox bank (SFTP) and gateway (HTTP) on loopback, in the foreground")
    .option("--folder <path>", "where it keeps everything", "./var/sandbox")
    .addOption(portOption("--sftp-port <port>", "the bank's port (default: any free one)"))
    .addOption(portOption("--gateway-port <port>", "the gateway's port (default: any free one)"))
    .addOption(portOption("--control-port <port>", "the control desk's port (default: any free one)"));
  act(command, async ({ options }) => {
    const { runSandbox } = await import("../../sandbox/run-sandbox.ts");
    const {
      parts: _parts,
      setClock: _setClock,
      stop,
      ...addresses
    } = await runSandbox({
      folder: resolve(String(options.folder)),
      sftpPort: Number(options.sftpPort ?? 0),
      gatewayPort: Number(options.gatewayPort ?? 0),
      controlPort: Number(options.controlPort ?? 0),
    });
    print(JSON.stringify({ ok: true, ...addresses }, null, 2));
    await untilStopped();
    await stop();
    return { json: { stopped: true }, text: "stopped" };
  });
}
