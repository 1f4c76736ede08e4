import type { Mind } from '../reconciler/mind.js';
import type { HostClock } from './host-clock.js';
import type { HostServices } from './sim-agents.js';
import type { SimDisk } from './sim-store.js';
import type { Tally } from './tally.js';
import type { VirtualTime } from './virtual-time.js';

/** A machine as the checkers see it: from outside, with what really runs on it. */
export interface JudgedHost {
  readonly id: string;
  /** Counts its boots. */
  readonly boot: number;
  readonly isUp: boolean;
  readonly clock: HostClock;
  readonly services: HostServices;
  readonly volatile: SimDisk;
  readonly durable: SimDisk;
  /** The mind of its living daemon; null when none lives. */
  readonly mind: Mind | null;
  /**
   * Whether it cannot know better, or nobody could act in time: the whole machine stands still or did a moment ago, for longer than its leases lasted; or its daemon stands still in the middle of a stop that only an agent can do. The protocol
   * cannot prevent what then still runs there; only a watchdog, fencing or a check of the epoch at the resource can.
   */
  readonly isExcused: boolean;
}

/** What checkers judge by, and how they report. */
export interface Court {
  readonly time: VirtualTime;
  readonly hosts: ReadonlyMap<string, JudgedHost>;
  readonly tally: Tally;
  /** A rule of docs/safety.md was broken. */
  report(rule: string, sentence: string): void;
}

/** A rule that was broken. */
export interface Breach {
  readonly rule: string;
  readonly atMs: number;
  readonly sentence: string;
}
