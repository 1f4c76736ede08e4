/** Asks a service all the time whether it serves. */
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterSpec, GroupSpec } from '../../model/cluster-spec.js';
import type { ProbeTarget } from './script.js';

/** Time between the starts of two questions. Ours: a takeover takes hundreds of milliseconds at least. */
const EVERY_MS = 20;

/** How long an answer may take. Ours: on one machine it takes a millisecond, on a very busy one some hundred. */
const TIMEOUT_MS = 500;

/** Bytes of an answer that are read before the connection is given up. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** An address of HTTP on this machine, as it stands in a parameter. */
const LOCAL_URL = /http:\/\/127\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?(?:\/[^\s"']*)?/;

/** What came of one question. Shape: milliseconds of `performance.now`; `why` null for an answer. */
export interface ProbeOutcome {
  readonly startMs: number;
  readonly endMs: number;
  readonly why: string | null;
}

/** Asks one target, one question at a time, until the signal; each outcome is told in the order of the questions. */
export async function ask(
  target: ProbeTarget,
  options: { readonly signal: AbortSignal; readonly tell: (outcome: ProbeOutcome) => void },
): Promise<void> {
  const { signal, tell } = options;
  while (!signal.aborted) {
    const startMs = performance.now();
    const why = await (target.kind === 'http' ? askHttp(target.url) : askTcp(target.url));
    if (signal.aborted) return;
    const endMs = performance.now();
    tell({ startMs, endMs, why });
    await sleep(Math.max(0, startMs + EVERY_MS - endMs), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * How to ask each group of a spec: as the script says, or else at the first address of HTTP in 127.0.0.0/8 that a member's parameters name, its monitor's before the others.
 *
 * Shape: groups without either are not in the list.
 */
export function probeTargets(spec: ClusterSpec, fromScript: readonly ProbeTarget[]): ProbeTarget[] {
  return spec.groups
    .filter(({ desired }) => desired === 'started')
    .flatMap((group) => {
      const told = fromScript.find((target) => target.group === group.id);
      if (told !== undefined) return [told];
      const url = urlIn(spec, group);
      return url === null ? [] : [{ group: group.id, kind: 'http' as const, url }];
    });
}

function urlIn(spec: ClusterSpec, group: GroupSpec): string | null {
  const parameters = group.members.flatMap((member) => {
    const { params = {} } = spec.resources.find(({ id }) => id === member) ?? {};
    return Object.entries(params);
  });
  const monitorsFirst = [...parameters].sort(([a], [b]) => Number(b === 'monitor') - Number(a === 'monitor'));
  for (const [, value] of monitorsFirst) {
    const found = LOCAL_URL.exec(typeof value === 'string' ? value : value.join(' '));
    if (found !== null) return found[0];
  }
  return null;
}

/** Every question has a connection of its own: one that is kept would go on with the process that accepted it. */
function askHttp(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: TIMEOUT_MS }, (response) => {
      const code = response.statusCode ?? 0;
      const verdict = code >= 200 && code < 400 ? null : `HTTP ${code}`;
      let bytes = 0;
      const settle = (why: string | null): void => {
        clearTimeout(deadline);
        resolve(why);
        request.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) settle(verdict);
      });
      response.on('end', () => settle(verdict));
      response.on('error', (error) => settle(wordOf(error)));
    });
    const deadline = setTimeout(() => request.destroy(new Error('no answer in time')), TIMEOUT_MS);
    request.on('error', (error) => {
      clearTimeout(deadline);
      resolve(wordOf(error));
    });
  });
}

function askTcp(url: string): Promise<string | null> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    const settle = (why: string | null): void => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(TIMEOUT_MS, () => settle('no answer in time'));
    socket.once('connect', () => settle(null));
    socket.once('error', (error) => settle(wordOf(error)));
  });
}

function wordOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
