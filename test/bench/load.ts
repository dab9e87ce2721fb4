import { connect, type Socket } from "node:net";

// The load, a process of its own: keep-alive connections that each send the next request as soon
// as the answer to the one before is complete. Raw sockets, because an HTTP client of Node would
// itself be what is measured.
//
//   node load.js PORT PATH CONNECTIONS SECONDS FIRST_ID BODY
//
// BODY holds `0000000000`, which becomes the number of the request. On stdout: one JSON line.

export interface LoadResult {
  /** Numbers of the requests that were answered 200. */
  acknowledged: number[];
  /** Answers other than 200. */
  refused: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  seconds: number;
}

const NUMBER_WIDTH = 10;
const PLACE = "0".repeat(NUMBER_WIDTH);

if (process.argv[1]?.endsWith("load.js")) {
  const [port, path = "/", connections, seconds, firstId, body = ""] = process.argv.slice(2);
  const result = await load({
    port: Number(port),
    path,
    connections: Number(connections),
    seconds: Number(seconds),
    firstId: Number(firstId),
    body,
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

interface LoadOptions {
  port: number;
  path: string;
  connections: number;
  seconds: number;
  firstId: number;
  body: string;
}

async function load(options: LoadOptions): Promise<LoadResult> {
  const run = {
    nextId: options.firstId,
    isOver: false,
    acknowledged: [],
    refused: 0,
    latencies: [],
  };
  const startedAt = performance.now();
  setTimeout(() => (run.isOver = true), options.seconds * 1000);
  await Promise.all(Array.from({ length: options.connections }, () => converse(options, run)));
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = Float64Array.from(run.latencies).sort();
  return {
    acknowledged: run.acknowledged,
    refused: run.refused,
    requestsPerSecond: Math.round(run.acknowledged.length / seconds),
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    seconds,
  };
}

interface Run {
  nextId: number;
  isOver: boolean;
  acknowledged: number[];
  refused: number;
  latencies: number[];
}

async function converse({ port, path, body }: LoadOptions, run: Run): Promise<void> {
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const place = request.indexOf(PLACE);
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await new Promise<void>((resolve, reject) => {
    let id = 0;
    let sentAt = 0;
    let answer = "";
    const send = () => {
      if (run.isOver) {
        socket.end();
        resolve();
        return;
      }
      id = run.nextId++;
      if (place !== -1) request.write(String(id).padStart(NUMBER_WIDTH, "0"), place, "latin1");
      sentAt = performance.now();
      socket.write(Buffer.from(request));
    };
    socket.on("connect", send);
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (!isComplete(answer)) return;
      run.latencies.push(performance.now() - sentAt);
      if (answer.startsWith("HTTP/1.1 200")) run.acknowledged.push(id);
      else run.refused += 1;
      answer = "";
      send();
    });
    socket.on("error", reject);
    socket.on("close", () => {
      resolve();
    });
  });
  endQuietly(socket);
}

function isComplete(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const length = /content-length: (\d+)/i.exec(answer)?.[1] ?? "0";
  return answer.length >= headEnd + 4 + Number(length);
}

function endQuietly(socket: Socket): void {
  socket
    .removeAllListeners()
    .on("error", () => undefined)
    .destroy();
}

function percentile(sorted: Float64Array, share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Math.round(value * 100) / 100;
}
