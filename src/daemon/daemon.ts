import { messageOf } from '../base/error-message.js';
import { unreachable } from '../base/invariant.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import { createAgentRunner } from '../agents/agent-runner.js';
import { UnitHolds } from '../agents/unit-hold.js';
import { serveControl } from '../control/server.js';
import type { ControlSocket } from '../control/take-socket.js';
import { reopenedOrders } from '../guard/decode-orders.js';
import { touchedBy } from '../guard/guard-reports.js';
import { readKeys, readSecret } from '../host/keys.js';
import type { SpecSighting } from '../host/spec-files.js';
import { watchSpec } from '../host/spec-watch.js';
import { UdpTransport } from '../host/udp-transport.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Input } from '../reconciler/input-effect.js';
import { beginMind } from '../reconciler/begin.js';
import { setCondition } from '../reconciler/conditions.js';
import { liveness } from '../reconciler/observe.js';
import { Driver } from '../runtime/driver.js';
import { wireCodec } from '../runtime/wire-codec.js';
import type { Stores } from './beginning.js';
import { inherit, openStores } from './beginning.js';
import { alertTeller } from './alert-teller.js';
import { controlHandlers } from './control-handlers.js';
import { CutTransport } from './cut-transport.js';
import { prepareDetach } from './detach.js';
import { DeviceWatch } from './device-watch.js';
import { FenceHistory } from './fence-history.js';
import { firstSpec } from './first-spec.js';
import { guardConditions } from './guard-conditions.js';
import { GuardKeeper } from './guard-keeper.js';
import { whyNotInLab } from './lab-limits.js';
import { ServiceNotice } from './service-notice.js';
import { software } from './software.js';
import { SpecCache } from './spec-cache.js';
import { SpecCodec } from './spec-codec.js';
import { UnitKeeper } from './unit-keeper.js';
import type { WorkerThread } from './worker-thread.js';

/** How long a daemon that has handed over goes on to tell alerts. Ours: a receiver that answers does so within that. */
const TELLING_MS = 2000;

/** How a daemon is started. */
export interface DaemonOptions {
  readonly specPath: string;
  readonly node: string;
  /** Like the run directory this process's own: see `takeDirectories`. */
  readonly stateDir: string;
  readonly runDir: string;
  /** Taken before the daemon was loaded; it is closed with the daemon. */
  readonly socket: ControlSocket;
  /** A time at which all three were taken: from then on no earlier daemon of these directories could promise anything. */
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The thread that reads specs; it is ended with the daemon. */
  readonly worker: WorkerThread;
  /** A key file instead of those that the spec names: `fairlead lab` makes its own. */
  readonly keyFile?: string;
  /** Whether links may be cut by the control socket: only for `fairlead lab`. */
  readonly isLab?: boolean;
  /** False for no guard beside it: for tests, and for who knows of something better. */
  readonly guard?: boolean;
}

/** How a daemon ended. Shape: `left`: its control socket asked for it; `ended`: a signal did, or it was to detach; `broken`: by a broken invariant. */
export type DaemonEnd = 'ended' | 'left' | 'broken';

/** A running daemon. */
export interface RunningDaemon {
  /** Hands everything over; {@link stopped} resolves when that is done. */
  leave(): void;
  /** Ends at once, without handing anything over: services run on until their leases end, and are ended by the guard by their deadlines. */
  abandon(): Promise<void>;
  readonly stopped: Promise<DaemonEnd>;
}

/**
 * Starts a node: reads what earlier lives kept, begins a mind, wires the ports.
 *
 * Errors: rejects with one sentence when the node cannot begin (no valid spec, not a node of it, no key); socket and worker are then left to the caller.
 */
export async function startDaemon(options: DaemonOptions): Promise<RunningDaemon> {
  const { log, node, clock, socket, worker } = options;
  const stores = openStores(options);
  const whyNot = (spec: ClusterSpec) => (options.isLab === true ? (whyNotInLab(spec)?.message ?? null) : null);
  const cache = new SpecCache({ worker, store: stores.volatile, software, log, whyNot });
  let stop: (how: DaemonEnd) => void = () => undefined;
  let isAskedToLeave = false;
  const stopped = new Promise<DaemonEnd>((resolve) => {
    stop = resolve;
  });
  let deliver: (sighting: SpecSighting) => void = () => undefined;
  const watch = await watchSpec({
    path: options.specPath,
    log,
    onStir: () => worker.warm(),
    onSighting: (sighting) => deliver(sighting),
  });
  try {
    const { first, keep } = await firstSpec({
      cache,
      durable: stores.durable,
      file: watch.sighting.kind === 'files' ? watch.sighting : null,
      path: options.specPath,
      stateDir: options.stateDir,
      node,
    });
    const { heartbeat } = first.spec;
    const references =
      options.keyFile === undefined
        ? heartbeat.keys
        : [{ kind: 'file' as const, path: options.keyFile, place: heartbeat.place }];
    const keys = readKeys(references);
    if (keys.kind === 'unreadable') throw new Error(keys.why);
    for (const warning of keys.warnings) log.event('warn', warning);
    keep();
    const inheritance = inherit({ stores, stateDir: options.stateDir, clock });
    const time = () => ({ nowMs: clock.nowMs(), wallMs: clock.wallMs() });
    const { startedAtMs } = options;
    const mind = beginMind({ node, software, startedAtMs, ...first, ...inheritance }, time());
    if (!stores.isVolatile) {
      const sentence = `${options.runDir} is not a tmpfs, so what the voter promised is not trusted after a restart and it is silent then; give --run-dir a directory on one`;
      setCondition(mind.conditions, { kind: 'no-memory', severity: 'warning', sentence, nowMs: clock.nowMs() });
      log.event('warn', sentence);
    }
    const { addresses = [] } = first.spec.nodes.find(({ id }) => id === node) ?? {};
    const udp = new UdpTransport({ addresses, port: heartbeat.port, clock, log });
    const transport = new CutTransport(udp);
    const notice = new ServiceNotice({ environment: process.env, clock, log });
    const unitHolds = new UnitHolds({ owner: first.spec.name });
    const agents = createAgentRunner({
      node,
      stateDir: options.runDir,
      log,
      isKnown: (resource) => mind.index.resources.has(resource) || mind.lives.has(resource),
      readSecret,
      unitHolds,
      shims: { socketPath: socket.path },
    });
    const fences = new FenceHistory({ node, store: stores.durable, clock, log });
    const noted = fences.around(agents);
    const teller = alertTeller({ mind, clock, log, isLab: options.isLab === true });
    const driver = new Driver(
      mind,
      {
        clock,
        transport,
        codec:
          options.keyFile === undefined
            ? new SpecCodec(mind, keys.keys, { clock, log })
            : wireCodec({ cluster: first.spec.name, keys: keys.keys }),
        volatile: stores.volatile,
        durable: stores.durable,
        agents: noted,
        tell: (alert, to) => teller.tell(alert, to),
        log,
        decode: (request) => cache.decode(request),
        plan: async (request) => {
          const answer = await worker.ask({ kind: 'plan', spec: request.spec, observed: request.observed });
          return answer.kind === 'plan' ? answer.plan : null;
        },
      },
      {
        onLeft: () => void units.letGo().then(() => stop(isAskedToLeave ? 'left' : 'ended')),
        onBroken: (error) => {
          log.event(
            'error',
            `a bug in fairlead stopped this node: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
          stop('broken');
        },
      },
    );
    const { conditions } = mind;
    const units = new UnitKeeper({ node, spec: () => mind.spec, holds: unitHolds, conditions, clock, log });
    const devices = new DeviceWatch({
      node,
      spec: () => mind.spec,
      isAlive: (peer) => liveness(mind, peer, clock.nowMs()) === 'online',
      fence: (request) => noted.fence(request),
      conditions,
      clock,
      log,
    });
    // At the start everything is looked at anyhow.
    let doubt: (resource: string) => void = () => undefined;
    const told = guardConditions({ conditions, clock, log });
    const keeper =
      options.guard === false
        ? null
        : new GuardKeeper({
            node,
            runDir: options.runDir,
            software,
            clock,
            log,
            ...told,
            onActs: (acts) => {
              told.onActs(acts);
              // This daemon may have gone on in the belief that they run.
              for (const act of acts) touchedBy(act).forEach(doubt);
            },
          });
    if (keeper === null) {
      const sentence = 'no guard stands by, because this daemon was started without; if it dies, what it holds runs on';
      setCondition(conditions, { kind: 'no-guard', severity: 'info', sentence, nowMs: clock.nowMs() });
    }
    const abandon = async (): Promise<void> => {
      // The next daemon has no longer than a lease.
      await end(0);
      stop('ended');
    };
    serveControl({
      socket,
      log,
      handlers: controlHandlers({
        driver,
        time,
        watch,
        specPath: options.specPath,
        transport: options.isLab === true ? transport : null,
        fences,
        leave: () => {
          isAskedToLeave = true;
          driver.put({ kind: 'leave' });
        },
        detach: async () => {
          const outcome = await prepareDetach({ mind, clock, isGuarded: keeper?.isGuarded === true });
          // Once the answer is on its way.
          if (outcome.ok) setImmediate(() => void abandon());
          return outcome;
        },
      }),
    });
    const end = async (tellingMs: number): Promise<void> => {
      driver.stop();
      devices.stop();
      units.stop();
      notice.stop();
      keeper?.stop();
      await Promise.all([socket.close(), watch.close(), worker.close(), teller.close(tellingMs)]);
    };
    log.event('info', `${node} of ${first.spec.name} is up with revision ${first.revision.hash.slice(0, 7)}`, {
      voter: mind.index.voters.includes(node),
      quarantineMs: Math.max(0, Math.round(mind.voter.quarantineUntilMs - clock.nowMs())),
      continued: inheritance.holderMemory !== null,
    });
    const reopened = reopenedOrders(inheritance.guardOrders ?? null);
    if (reopened !== null) reopen(reopened, { stores, log });
    await keeper?.start({ isOver: reopened !== null });
    driver.start();
    doubt = (resource) => driver.put({ kind: 'touched-by-guard', resource });
    devices.start();
    units.start();
    deliver = (sighting) => driver.put(inputOf(sighting, options.specPath));
    deliver(watch.sighting);
    notice.ready();
    return {
      leave: () => {
        notice.stopping();
        driver.put({ kind: 'leave' });
      },
      abandon,
      stopped: stopped.then(async (how) => {
        await end(TELLING_MS);
        return how;
      }),
    };
  } catch (error) {
    await watch.close();
    throw error;
  }
}

/** Where they cannot be kept, a guard ends again by those that are there. The node sends and starts nothing before its own are kept. */
function reopen(orders: string, { stores, log }: { readonly stores: Stores; readonly log: Log }): void {
  try {
    stores.volatile.write('guard.json', orders);
  } catch (error) {
    log.event('warn', messageOf(error));
  }
}

/** What a look at the watched path means to the mind. */
function inputOf(sighting: SpecSighting, path: string): Input {
  switch (sighting.kind) {
    case 'files':
      return { kind: 'file', text: sighting.text, hash: sighting.hash };
    case 'vanished':
      return {
        kind: 'file-lost',
        condition: 'spec-vanished',
        sentence: `${path} is gone; the last valid revision stays in force until it is back`,
      };
    case 'unreadable':
      return {
        kind: 'file-lost',
        condition: 'spec-unreadable',
        sentence: `${path} cannot be read (${sighting.why}); the last valid revision stays in force`,
      };
    default:
      return unreachable(sighting);
  }
}
