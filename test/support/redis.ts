/** A redis-server of its own for a test. */
import { once } from "node:events";
import { connect } from "node:net";
import { givenServer } from "./given-server.ts";
import { needPart } from "./parts.ts";
import { freePort, type ServerProcess, startServer } from "./server-process.ts";
import { tempDir } from "./temp-dir.ts";

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it properly (SIGTERM). */
  stop(): Promise<void>;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, after `stop` or `kill`. */
  restart(): Promise<void>;
}

export interface RedisOptions {
  /** Append-only file and noeviction, as the engine requires; false gives a Redis the engine must refuse. */
  readonly persistence?: boolean;
  readonly maxmemoryPolicy?: string;
}

/** Starts Redis on a free port of 127.0.0.1 with its data in a temporary folder; REDIS_URL where none is installed. */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const given = givenServer("redis");
  if (given !== undefined) return given;
  const file = needPart("redis");
  const cwd = tempDir("remit-redis-");
  const port = await freePort();
  const persistence = options.persistence ?? true;
  const settings: Record<string, string> = {
    port: String(port),
    bind: "127.0.0.1",
    dir: cwd,
    save: "",
    appendonly: persistence ? "yes" : "no",
    "maxmemory-policy": options.maxmemoryPolicy ?? "noeviction",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const start = () => startServer({ file, args, cwd, answers: () => pings(port) });
  let server: ServerProcess = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid;
    },
    stop: () => server.end("SIGTERM"),
    kill: () => server.end("SIGKILL"),
    restart: async () => {
      server = await start();
    },
  };
}

/** A port that is open is not enough: Redis answers LOADING until its data is read. */
async function pings(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString().startsWith("+PONG");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
