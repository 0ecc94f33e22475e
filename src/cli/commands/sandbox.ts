/** `remit sandbox`: a bank and a gateway to try things with, on loopback, until it is stopped. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { type RunningSandbox, runSandbox } from "../../sandbox/run-sandbox.ts";
import { act, print } from "../act.ts";
import { portOption, textOption } from "../options.ts";
import { untilStopped } from "../until-stopped.ts";

export function addSandboxCommand(program: Command): void {
  const command = program
    .command("sandbox")
    .description("run the sandbox bank (SFTP) and gateway (HTTP) on loopback, in the foreground")
    .option("--folder <path>", "where it keeps everything", "./var/sandbox")
    .option("--config <file>", "write a configuration for REMIT_CONFIG that leads to it")
    .addOption(portOption("--sftp-port <port>", "the bank's port (default: any free one)"))
    .addOption(portOption("--gateway-port <port>", "the gateway's port (default: any free one)"))
    .addOption(portOption("--control-port <port>", "the control desk's port (default: any free one)"));
  act(command, async ({ options }) => {
    const sandbox = await runSandbox({
      folder: resolve(String(options.folder)),
      sftpPort: Number(options.sftpPort ?? 0),
      gatewayPort: Number(options.gatewayPort ?? 0),
      controlPort: Number(options.controlPort ?? 0),
    });
    const config = configFor(sandbox);
    const file = textOption(options.config);
    // It holds the sandbox's password and key.
    if (file !== undefined) await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
    const { bank, gateway, control } = sandbox;
    print(JSON.stringify({ ok: true, bank, gateway, control, config }, null, 2));
    await untilStopped();
    await sandbox.stop();
    return { ok: true };
  });
}

/** What the engine needs to be told of it. */
function configFor({ bank, gateway }: RunningSandbox): object {
  return {
    banks: {
      sandbox: {
        kind: "sftp",
        host: bank.host,
        port: bank.port,
        user: bank.user,
        password: { value: bank.password },
        hostKeys: [bank.fingerprint],
      },
    },
    gateways: { sandbox: { kind: "http", url: gateway.url, key: { value: gateway.apiKey } } },
    allowLoopbackEndpoints: true,
  };
}
