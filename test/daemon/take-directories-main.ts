/** Takes directories as a daemon does, tells how that went, and lives on; obeys orders, one word a line. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ControlSocket } from '../../src/control/take-socket.js';
import { takeControlSocket } from '../../src/control/take-socket.js';
import type { TakenDirectories } from '../../src/daemon/take-directories.js';
import { takeDirectories } from '../../src/daemon/take-directories.js';

/** What it is started with. Shape: those with one `startAtMs`, of the wall clock, begin at one moment; null for at once. */
export interface TakerSettings {
  readonly stateDir: string;
  readonly runDir: string;
  readonly socketPath: string;
  readonly startAtMs: number | null;
}

const settings: TakerSettings = JSON.parse(process.argv[2] ?? '');
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

let directories: TakenDirectories;
let socket: ControlSocket | null = null;
while (Date.now() < (settings.startAtMs ?? 0));
try {
  directories = await takeDirectories(settings);
  socket = await takeControlSocket(settings.socketPath);
  tell('taken');
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
for await (const order of createInterface({ input: process.stdin })) {
  // As a guard is started, or a service that outlives its daemon.
  if (order === 'child') tell(String(spawn('sleep', ['60'], { stdio: 'ignore', detached: true }).pid));
  if (order === 'close') {
    await socket.close();
    tell('closed');
  }
  // As one whose start is refused.
  if (order === 'refuse') {
    directories.removeMade();
    process.exit(1);
  }
  if (order === 'end') setTimeout(() => process.exit(0), 500);
}
