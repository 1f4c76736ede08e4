import { rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';

/** One process that wrote, from its first write to its last. Shape: milliseconds of the machine's wall clock. */
export interface Tenure {
  readonly host: string;
  readonly pid: number;
  readonly fromMs: number;
  untilMs: number;
}

/** A number that a client had written. */
export interface Written {
  readonly host: string;
  readonly atMs: number;
  readonly number: number;
}

/** A line that is longer is none of the service's. */
const LINE_CHARACTERS_MAX = 200;

/** The log that every owner writes to, and what it shows. It lives in this process, outside of every host, with a socket in a folder of each. */
export class SharedLog {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #tenures = new Map<string, Tenure>();
  readonly written: Written[] = [];
  #lives = 0;

  /** Listens where one host can reach it. */
  async listen(path: string): Promise<void> {
    rmSync(path, { force: true });
    const server = createServer((socket) => this.#serve(socket));
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  }

  /** Who wrote when, in order of the beginnings. */
  tenures(): readonly Tenure[] {
    return [...this.#tenures.values()].sort((a, b) => a.fromMs - b.fromMs);
  }

  /** What must not be: two hosts that wrote in one span of time, and a number that was written after a later one. One sentence each. */
  violations(): string[] {
    const sentences: string[] = [];
    const tenures = this.tenures();
    for (const [index, first] of tenures.entries()) {
      for (const second of tenures.slice(index + 1)) {
        if (second.host === first.host || second.fromMs > first.untilMs) continue;
        const bothMs = Math.min(first.untilMs, second.untilMs) - second.fromMs;
        sentences.push(`${first.host} and ${second.host} wrote at once for ${bothMs.toFixed(1)} ms`);
      }
    }
    let last: Written | null = null;
    for (const each of [...this.written].sort((a, b) => a.atMs - b.atMs)) {
      if (last !== null && each.number <= last.number)
        sentences.push(`${each.host} wrote ${each.number} after ${last.host} had written ${last.number}`);
      last = each;
    }
    return sentences;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    this.#lives += 1;
    const life = this.#lives;
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_CHARACTERS_MAX);
      for (const line of lines) this.#take(life, line);
    });
    // A writer that is killed ends like this.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #take(life: number, line: string): void {
    const [host = '', pid = '', atText = '', number = ''] = line.split(' ');
    const atMs = Number(atText);
    const key = `${life}`;
    const tenure = this.#tenures.get(key);
    if (tenure === undefined) this.#tenures.set(key, { host, pid: Number(pid), fromMs: atMs, untilMs: atMs });
    else tenure.untilMs = Math.max(tenure.untilMs, atMs);
    if (number !== '-') this.written.push({ host, atMs, number: Number(number) });
  }
}
