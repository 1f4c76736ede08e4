/**
 * The least that a Node program can do and still call an agent as often as a daemon of many monitored resources: start its script, read what it prints, see it end. What it costs is what no daemon of this kind can be
 * below on the same machine.
 *
 * Run as a process of its own by `load.ts`, with its options as one argument of JSON. Prints its share of a core in percent, without the scripts.
 */
import { spawn } from 'node:child_process';

/** What it is told. */
export interface BareCallsOptions {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly everyMs: number;
  readonly durationMs: number;
}

const options: BareCallsOptions = JSON.parse(process.argv[2] ?? '{}');
const [program = '', ...words] = options.argv;

const before = process.cpuUsage();
const fromMs = performance.now();
const timer = setInterval(() => {
  if (performance.now() - fromMs > options.durationMs) finish();
  else call();
}, options.everyMs);

function call(): void {
  const child = spawn(program, words, {
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.resume();
  child.stderr.resume();
  child.on('exit', (code) => {
    if (code === 0) return;
    throw new Error(`${program} ended with ${code}`);
  });
}

function finish(): void {
  clearInterval(timer);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - fromMs) / 1000;
  process.stdout.write(`${((user + system) / 1e6 / seconds) * 100}\n`);
}
