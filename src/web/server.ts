/** Starts the HTTP edge where the configuration says. */
import type { AddressInfo } from "node:net";
import type { Context } from "../app/context.ts";
import { buildApp } from "./app.ts";

export interface WebServer {
  readonly port: number;
  /** Takes no more requests and cuts those that are under way: nothing half done stays, as every write is one transaction. */
  close(): Promise<void>;
}

/** Listens on `http.host` and `http.port` of the configuration; port 0 takes a free one. */
export async function startWeb(context: Context): Promise<WebServer> {
  const app = buildApp(context);
  const { host, port } = context.config.http;
  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  return { port: address.port, close: () => app.close() };
}
