/** Keeps systemd's hands off the units that the spec has fairlead run, and tells of those that it starts at boot. */
import { existsSync } from 'node:fs';
import { BOOTED_MARK, systemctl } from '../agents/systemctl.js';
import { readUnitStates, UNIT_PROPERTIES } from '../agents/systemd-unit.js';
import { unitOf } from '../model/unit-name.js';
import type { UnitState } from '../agents/systemd-unit.js';
import { bootTargetOf } from '../agents/unit-files.js';
import type { UnitHolds } from '../agents/unit-hold.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Clock, Timer } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Conditions } from '../reconciler/conditions.js';
import { clearCondition, setCondition } from '../reconciler/conditions.js';

/** Between two rounds. Ours: one call of systemctl for 50 units, and somebody who has just enabled a unit looks at the status. */
const EVERY_MS = 30_000;

/** Units that are asked for at once: what is said of them fits what is kept of a program's output. */
const ASKED_AT_ONCE = 50;

/** Time for an answer, and for systemd to read its files. */
const ANSWER_MS = 10_000;

/** What a keeper needs. */
export interface UnitKeeperOptions {
  readonly node: string;
  readonly spec: () => ClusterSpec;
  readonly holds: UnitHolds;
  readonly conditions: Conditions;
  readonly clock: Clock;
  readonly log: Log;
  /** Where programs are looked for. */
  readonly path?: string;
}

/** The units of one node. */
export class UnitKeeper {
  readonly #options: UnitKeeperOptions;
  readonly #told = new Set<string>();
  #timer: Timer | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;
  #warned = '';

  constructor(options: UnitKeeperOptions) {
    this.#options = options;
  }

  /** Begins at once: a service that is taken over should find its unit held, since systemd takes a while to read its files. */
  start(): void {
    this.#round = this.#look().then(() => {
      if (this.#isStopped) return;
      this.#timer = this.#options.clock.setTimer(EVERY_MS, () => this.start());
    });
  }

  /** Looks no more, and leaves what is held: the next daemon goes on with it. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Looks no more, and gives everything back: fairlead runs none of it any longer. */
  async letGo(): Promise<void> {
    this.stop();
    await this.#round;
    await this.#letGo(this.#options.holds.held());
  }

  async #look(): Promise<void> {
    const { holds, clock } = this.#options;
    if (!existsSync(BOOTED_MARK)) return;
    const states = await this.#ask(this.#named());
    // What systemd does not say is left as it is until the next round.
    if (states === null || this.#isStopped) return;
    const loaded = states.filter(({ load }) => load === 'loaded');
    const free = loaded.filter(({ id, dropIns }) => !dropIns.includes(holds.pathOf(id))).map(({ id }) => id);
    if (free.length > 0) {
      const why = await holds.hold(free, ANSWER_MS);
      if (why !== null)
        this.#warn(`systemd may restart ${free.join(', ')} by itself, for it cannot be told not to`, why);
    }
    const ids = new Set(states.map(({ id }) => id));
    await this.#letGo(holds.held().filter((unit) => !ids.has(unit)));
    const atBoot = new Map(loaded.map(({ id }) => [id, bootTargetOf(id)] as const));
    for (const [unit, target] of atBoot) {
      if (target === null) this.#clear(unit);
      else this.#tell(unit, target, clock.nowMs());
    }
    for (const unit of this.#told) if (!atBoot.has(unit)) this.#clear(unit);
  }

  /** The units that the spec names for this node; a witness runs nothing. */
  #named(): string[] {
    const { spec, node } = this.#options;
    const { nodes, resources } = spec();
    if (nodes.find(({ id }) => id === node)?.role === 'witness') return [];
    const units = resources.map(({ type }) => unitOf(type)).filter((unit) => unit !== null);
    return [...new Set(units)].sort();
  }

  async #ask(units: readonly string[]): Promise<UnitState[] | null> {
    const states: UnitState[] = [];
    for (let from = 0; from < units.length; from += ASKED_AT_ONCE) {
      const some = units.slice(from, from + ASKED_AT_ONCE);
      const words = ['show', `--property=${UNIT_PROPERTIES.join(',')}`, '--', ...some];
      const end = await systemctl(words, { timeoutMs: ANSWER_MS, path: this.#options.path });
      const answers = end.kind === 'exited' && end.code === 0 ? readUnitStates(end.stdout) : [];
      const known = answers.filter((state) => state !== null);
      if (known.length !== some.length) return null;
      states.push(...known);
    }
    return states;
  }

  async #letGo(units: readonly string[]): Promise<void> {
    const why = await this.#options.holds.letGo(units);
    if (why !== null)
      this.#warn(`systemd still leaves ${units.join(', ')} alone, for it cannot be told otherwise`, why);
  }

  #tell(unit: string, target: string, nowMs: number): void {
    const { conditions, log } = this.#options;
    this.#told.add(unit);
    const isNew = setCondition(conditions, {
      kind: 'enabled-at-boot',
      subject: unit,
      severity: 'warning',
      sentence: `"${unit}" is started by ${target} at boot, where fairlead may not want it; ${helpFor(unit)}`,
      nowMs,
    });
    if (isNew) log.event('warn', `"${unit}" is started by ${target} at boot, where fairlead may not want it`, { unit });
  }

  #clear(unit: string): void {
    this.#told.delete(unit);
    const { conditions, log } = this.#options;
    if (clearCondition(conditions, 'enabled-at-boot', unit))
      log.event('info', `"${unit}" is not started at boot any more`, { unit });
  }

  /** Once, not in every round. */
  #warn(what: string, why: string): void {
    const sentence = `${what}: ${why}`;
    if (sentence !== this.#warned) this.#options.log.event('warn', sentence);
    this.#warned = sentence;
  }
}

function helpFor(unit: string): string {
  return unit.endsWith('.mount')
    ? `write \`noauto\` in its line of /etc/fstab, or \`systemctl disable ${unit}\``
    : `\`systemctl disable ${unit}\``;
}
