import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import type { DaemonEnd, DaemonOptions, RunningDaemon } from '../daemon/daemon.js';
import { DECODED_FILE } from '../daemon/decoded-file.js';
import type { TakenDirectories } from '../daemon/take-directories.js';
import { takeDirectories } from '../daemon/take-directories.js';
import { WorkerThread } from '../daemon/worker-thread.js';
import { takeControlSocket } from '../control/take-socket.js';
import type { ControlSocket } from '../control/take-socket.js';
import { logLevels, StreamLog } from '../host/stream-log.js';
import { systemClock } from '../host/system-clock.js';
import type { CommandCall } from './command.js';
import { CommandFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { nodeOf, socketPathOf } from './flags.js';

const CODES: Readonly<Record<DaemonEnd, ExitCode>> = { ended: EXIT.ok, left: EXIT.left, broken: EXIT.bug };

/** Runs the daemon of this node until it has handed everything over. */
export async function runRun({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const [path = ''] = operands;
  const node = nodeOf(flags);
  const log = new StreamLog({
    stream: process.stderr,
    format: flags.text('log-format') === 'json' ? 'json' : 'pretty',
    level: logLevels.find((level) => level === flags.text('log-level')) ?? 'info',
    wallMs: Date.now,
    colour: terminal.colours('err', flags.text('color')),
  });
  const keyFile = flags.text('key-file');
  const isLab = flags.has('lab');
  const daemon = await begin({
    specPath: resolve(path),
    node,
    stateDir: resolve(flags.text('state-dir') ?? ''),
    runDir: resolve(flags.text('run-dir') ?? ''),
    socketPath: socketPathOf(flags),
    log,
    ...(keyFile === null ? {} : { keyFile }),
    isLab,
    guard: !flags.has('no-guard'),
  });
  const signals = handOverOnSignal(daemon, (sentence) => log.event('info', sentence));
  if (isLab) endWithTheLab(daemon);
  const end = await daemon.stopped;
  signals.ignore();
  return CODES[end];
}

/** Takes directories and socket before anything is loaded that is not needed for that, since a voter without memory is silent from then on. */
async function begin(
  options: Omit<DaemonOptions, 'socket' | 'startedAtMs' | 'clock' | 'worker'> & { readonly socketPath: string },
): Promise<RunningDaemon> {
  let directories: TakenDirectories | null = null;
  let socket: ControlSocket | null = null;
  const worker = new WorkerThread();
  try {
    directories = await takeDirectories(options);
    socket = await takeControlSocket(options.socketPath);
    const clock = systemClock();
    const startedAtMs = clock.nowMs();
    // Where no daemon of this boot left a decoded spec, the thread loads its parser while this one loads the daemon.
    if (!existsSync(join(options.runDir, DECODED_FILE))) worker.warm();
    const { startDaemon } = await import('../daemon/daemon.js');
    return await startDaemon({ ...options, socket, startedAtMs, clock, worker });
  } catch (error) {
    await Promise.all([socket?.close(), worker.close()]);
    directories?.removeMade();
    // Whatever keeps a node from beginning is of the world or of the user; a broken invariant is ours.
    if (!(error instanceof Error) || error.name === 'InvariantError') throw error;
    throw new CommandFailure(EXIT.failed, `the daemon of ${options.node} cannot start: ${error.message}`, {
      cause: error,
    });
  }
}

/** The first signal hands over, the second ends at once. Once everything is handed over there is nothing left to end, and a late signal must not spoil the exit code. */
function handOverOnSignal(daemon: RunningDaemon, tell: (sentence: string) => void): { readonly ignore: () => void } {
  let state: 'running' | 'leaving' | 'done' = 'running';
  const onSignal = (signal: NodeJS.Signals): void => {
    if (state === 'done') return;
    if (state === 'leaving') {
      tell(
        `${signal} again: ending at once; a daemon that is back within the lease goes on, else the guard ends the services`,
      );
      process.exit(EXIT.failed);
    }
    state = 'leaving';
    tell(`${signal}: handing everything over first; once more to end at once`);
    daemon.leave();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    ignore: () => {
      state = 'done';
    },
  };
}

/** A lab that was killed cannot end its daemons, so they notice: their stdin is a pipe of the lab's. Of a file, or none, the end says nothing. */
function endWithTheLab(daemon: RunningDaemon): void {
  const { stdin } = process;
  if (!(stdin instanceof Socket)) return;
  stdin.on('end', () => daemon.leave());
  stdin.on('error', () => daemon.leave());
  stdin.resume();
  stdin.unref();
}
