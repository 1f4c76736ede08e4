/** What the daemons' logs say of a while: when each thing happened, and how long agents took. */
import type { HostedProcess } from '../e2e/harness/hosted-process.js';

/** A line of a daemon's log. */
export interface LogLine {
  readonly host: string;
  /** Wall milliseconds. */
  readonly atMs: number;
  readonly message: string;
  /** Present with the end of an agent call. */
  readonly call?: { readonly action: string; readonly resource: string; readonly tookMs: number };
}

/** Every line that a daemon wrote since a moment, in order. */
export function linesSince(host: string, daemon: HostedProcess, fromMs: number): readonly LogLine[] {
  return daemon.output.split('\n').flatMap((text): LogLine[] => {
    const line = decodeLine(host, text);
    return line !== null && line.atMs >= fromMs ? [line] : [];
  });
}

/** The sum of the agent calls of one kind. Shape: milliseconds. */
export function agentsMs(lines: readonly LogLine[], action: 'start' | 'stop'): number {
  return lines.reduce((sum, { call }) => sum + (call?.action === action ? call.tookMs : 0), 0);
}

/** The lines that mark the way of a takeover, with the time since a moment; monitors and probes are left out. */
export function describeWay(lines: readonly LogLine[], fromMs: number): readonly string[] {
  return [...lines]
    .sort((left, right) => left.atMs - right.atMs)
    .filter(({ call, message }) => call?.action !== 'monitor' && call?.action !== 'probe' && !/^ping /.test(message))
    .map(({ host, atMs, message }) => `${(atMs - fromMs).toFixed(0).padStart(6)} ms  ${host}: ${message}`);
}

/** One line of `--log-format json`; null for anything else that came through the same pipe. */
function decodeLine(host: string, text: string): LogLine | null {
  if (!text.startsWith('{')) {
    return null;
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('at' in value) || !('message' in value)) {
    return null;
  }
  const base = { host, atMs: Date.parse(String(value.at)), message: String(value.message) };
  return 'action' in value && 'resource' in value && 'tookMs' in value
    ? {
        ...base,
        call: { action: String(value.action), resource: String(value.resource), tookMs: Number(value.tookMs) },
      }
    : base;
}
