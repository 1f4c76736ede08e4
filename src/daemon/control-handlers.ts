import { resolve } from 'node:path';
import type {
  ControlHandlers,
  ControlOutcome,
  DetachOutcome,
  LabHandlers,
  ReconcileOutcome,
} from '../control/handlers.js';
import { readSpec } from '../host/spec-files.js';
import type { SpecWatch } from '../host/spec-watch.js';
import type { FenceCertificate } from '../model/fencing.js';
import type { Condition, Status } from '../model/status.js';
import { observeAttributes, whyNotWritten } from '../reconciler/attributes.js';
import { describe } from '../reconciler/describe.js';
import type { StepTime } from '../reconciler/input-effect.js';
import { whyNotLeave } from '../reconciler/leaving.js';
import { liveness } from '../reconciler/observe.js';
import type { Driver } from '../runtime/driver.js';
import type { CutTransport } from './cut-transport.js';
import type { FenceHistory } from './fence-history.js';

/** How long a request to look at the spec waits for it to be decoded. */
const DECODE_WAIT_MS = 30_000;
/** How often it looks whether it was. */
const DECODE_LOOK_MS = 10;

/** Conditions that tell why a text is not in force: those about a text of this node first, whichever began first. */
const WHY_NOT_IN_FORCE: readonly Condition['kind'][] = [
  'spec-invalid',
  'spec-unreadable',
  'spec-differs',
  'voters-changed',
];

/** What a daemon answers, put together from its parts. Shape: `transport` null for a daemon whose links cannot be cut. */
export function controlHandlers(options: {
  readonly driver: Driver<Uint8Array>;
  readonly time: () => StepTime;
  readonly watch: SpecWatch;
  readonly specPath: string;
  readonly transport: CutTransport<Uint8Array> | null;
  readonly leave: () => void;
  readonly detach: () => Promise<DetachOutcome>;
  readonly fences: FenceHistory;
}): ControlHandlers {
  const { driver, time, watch, specPath, transport } = options;
  const { mind } = driver;
  const status = (): Status => describe(mind, time(), new Date().toISOString());
  return {
    status,
    spec: () => ({ revision: mind.revisions.inForce, text: mind.revisions.text }),
    retry: async ({ resource, node }) => {
      const why = whyNoRetry(driver, resource, node);
      if (why !== null) return { ok: false, why };
      const nodes = node === null ? nodesWithFailures(status(), membersOf(driver, resource)) : [node];
      for (const each of nodes.length === 0 ? [mind.node] : nodes) driver.put({ kind: 'retry', resource, node: each });
      return { ok: true };
    },
    fenceHistory: () => options.fences.events(mind),
    fenceConfirm: async ({ node }) => confirmDeath(driver, node, time),
    attributes: () => ({ node: mind.node, attributes: observeAttributes(mind) }),
    setAttribute: (change) => {
      const why = whyNotWritten(mind, change);
      if (why !== null) return { ok: false, why };
      driver.put({ kind: 'attribute', change });
      return { ok: true };
    },
    leave: async () => {
      const why = whyNotLeave(mind);
      if (why !== null) return { ok: false, why };
      options.leave();
      return { ok: true };
    },
    detach: options.detach,
    reconcile: async ({ path, adopt }) => {
      const watched = resolve(specPath);
      const asked = path === null ? watched : resolve(path);
      if (asked !== watched && !adopt) {
        return {
          ok: false,
          why: `this daemon watches "${watched}", not "${asked}"; change that file, or give --adopt to propose the other one once`,
        };
      }
      const sighting = asked === watched ? await watch.look() : await readSpec(asked);
      if (sighting.kind === 'vanished') return { ok: false, why: `"${asked}" is not there` };
      if (sighting.kind === 'unreadable') return { ok: false, why: `"${asked}" cannot be read: ${sighting.why}` };
      const once = adopt ? { once: true as const } : {};
      driver.put({ kind: 'file', text: sighting.text, hash: sighting.hash, ...once });
      return afterDecoding(driver, status, sighting.hash);
    },
    ...(transport === null ? {} : { lab: labHandlers(driver, transport) }),
  };
}

function membersOf(driver: Driver<Uint8Array>, resource: string): readonly string[] {
  return driver.mind.index.groups.get(resource)?.members ?? [resource];
}

function whyNoRetry(driver: Driver<Uint8Array>, resource: string, node: string | null): string | null {
  const { index } = driver.mind;
  if (!index.groups.has(resource) && !index.resources.has(resource)) {
    return `the spec has no resource or group "${resource}"; it has ${[...index.groups.keys()].slice(0, 10).join(', ')}`;
  }
  if (node !== null && !index.nodes.has(node)) {
    return `the spec has no node "${node}"; it has ${[...index.nodes.keys()].join(', ')}`;
  }
  return null;
}

/** A person's word is taken for a node that is silent, for an earlier life of one that is heard, and for one that was taken out of the spec and to which something is still promised. */
function confirmDeath(driver: Driver<Uint8Array>, node: string, time: () => StepTime): ControlOutcome {
  const { mind } = driver;
  if (node === mind.node) return { ok: false, why: `"${node}" is the node that was asked, so it has power` };
  const newest = (): FenceCertificate | undefined => mind.fencing.certificates.get(node)?.at(-1);
  const before = newest();
  driver.put({ kind: 'fence-confirmed', node });
  if (newest() !== before) return { ok: true };
  if (!mind.index.nodes.has(node)) {
    const names = [...mind.index.nodes.keys()].join(', ');
    return { ok: false, why: `the spec has no node "${node}", and nothing is promised to one; it has ${names}` };
  }
  if (liveness(mind, node, time().nowMs) !== 'online') return { ok: true };
  return {
    ok: false,
    why: `"${node}" is heard, so it has power; look at the right machine, and take its power away first`,
  };
}

function nodesWithFailures(status: Status, members: readonly string[]): string[] {
  const nodes = status.failures.filter((each) => members.includes(each.resource)).map((each) => each.node);
  return [...new Set(nodes)];
}

async function afterDecoding(
  driver: Driver<Uint8Array>,
  status: () => Status,
  hash: string,
): Promise<ReconcileOutcome> {
  const { revisions } = driver.mind;
  const untilMs = performance.now() + DECODE_WAIT_MS;
  while ((revisions.decoding?.hash === hash || revisions.waiting?.hash === hash) && performance.now() < untilMs) {
    await new Promise((wake) => setTimeout(wake, DECODE_LOOK_MS));
  }
  const revision = revisions.inForce;
  if (revision.hash === hash) return { ok: true, revision, condition: null };
  const { turnedDown } = revisions;
  if (turnedDown?.hash === hash) {
    const { kind, sentence } = turnedDown;
    return { ok: true, revision, condition: { kind, severity: 'error', sentence, ageMs: 0 } };
  }
  const { conditions } = status();
  const why = WHY_NOT_IN_FORCE.flatMap((kind) => conditions.find((each) => each.kind === kind) ?? []);
  return { ok: true, revision, condition: why[0] ?? null };
}

function labHandlers(driver: Driver<Uint8Array>, transport: CutTransport<Uint8Array>): LabHandlers {
  return {
    cut: ({ peers }): ControlOutcome => {
      const { nodes } = driver.mind.index;
      const unknown = peers.filter((peer) => !nodes.has(peer));
      if (unknown.length > 0) return { ok: false, why: `the spec has no node "${unknown.join('", "')}"` };
      transport.cut(peers.flatMap((peer) => nodes.get(peer)?.addresses ?? []));
      return { ok: true };
    },
    heal: () => transport.cut([]),
  };
}
