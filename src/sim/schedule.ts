import type { ClusterSpec } from '../model/cluster-spec.js';
import type { MindRules } from '../reconciler/mind.js';
import type { Quirks } from './sim-agents.js';
import type { GuardRules } from './sim-guard.js';
import type { NetworkWeather } from './sim-network.js';
import type { SpecText } from './spec-library.js';

/** A machine as a schedule has it. Shape: `rate` is its clock's rate against real time; `upMs` what its clock shows at first. */
export interface HostPlan {
  readonly id: string;
  readonly rate: number;
  readonly upMs: number;
  readonly wallOffsetMs: number;
}

/**
 * Something bad, or something that people do.
 *
 * Shape: `atMs` is real time from the beginning; what lasts ends after `forMs` or `downMs`, at the latest when everything heals.
 *
 * - host-crash: the machine loses power, its services with it; it boots again.
 * - daemon-kill: the daemon is killed at once; services and calls under way go on. `effect` counts the saves, messages and calls of its next steps after which it dies; null for between two steps. `downMs` is
 *   null for one that nobody starts again before everything heals: what it left is the guard's to end.
 * - leave: somebody stops the daemon in order; it is started again.
 * - pause: the daemon's process stands still (SIGSTOP) while its services, and its machine's clock, go on.
 * - freeze: a hypervisor stands the whole machine still, with its clock; services on it answer nobody meanwhile.
 * - cut: frames from some machines to others are lost, on one link or on all.
 * - weather: the whole network is worse.
 * - disk-full: writes fail; `volatile` is the run directory, `durable` the state directory.
 * - vanish, spoil: a resource ends by itself, or goes on broken, wherever it runs.
 * - quirk: so many of the next calls of a kind go wrong for a resource on a machine.
 * - ping-lost: outside addresses cannot be reached from some machines.
 * - edit: somebody writes a text into a machine's spec file.
 * - retry: somebody asks a machine to forget a resource's failures.
 * - wall-step, rate: somebody sets a wall clock; a time service changes a clock's rate within the bound.
 */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'host-crash'; readonly host: string; readonly downMs: number }
  | {
      readonly kind: 'daemon-kill';
      readonly host: string;
      readonly effect: number | null;
      readonly downMs: number | null;
    }
  | { readonly kind: 'leave'; readonly host: string; readonly downMs: number }
  | { readonly kind: 'pause'; readonly host: string; readonly forMs: number; readonly isTimersFirst: boolean }
  | { readonly kind: 'freeze'; readonly host: string; readonly forMs: number }
  | {
      readonly kind: 'cut';
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly isBothWays: boolean;
      readonly link: number | null;
      readonly forMs: number;
    }
  | { readonly kind: 'weather'; readonly weather: NetworkWeather; readonly forMs: number }
  | {
      readonly kind: 'disk-full';
      readonly host: string;
      readonly disk: 'volatile' | 'durable';
      readonly forMs: number;
    }
  | { readonly kind: 'vanish' | 'spoil'; readonly resource: string }
  | {
      readonly kind: 'quirk';
      readonly host: string;
      readonly resource: string;
      readonly quirk: keyof Quirks;
      readonly times: number;
    }
  | { readonly kind: 'ping-lost'; readonly hosts: readonly string[]; readonly ping: string; readonly forMs: number }
  | { readonly kind: 'edit'; readonly host: string; readonly what: string; readonly text: SpecText }
  | { readonly kind: 'retry'; readonly host: string; readonly resource: string }
  | { readonly kind: 'wall-step'; readonly host: string; readonly byMs: number }
  | { readonly kind: 'rate'; readonly host: string; readonly rate: number }
);

/** A kind of {@link Fault}. */
export type FaultKind = Fault['kind'];

/** Everything about one run of one cluster but what chance decides meanwhile, which comes of the seed too. Plain data. */
export interface Schedule {
  readonly seed: number;
  /** What kind of trouble it is made of. */
  readonly profile: string;
  readonly hosts: readonly HostPlan[];
  /** What every machine's file says at first. */
  readonly first: SpecText;
  readonly firstSpec: ClusterSpec;
  readonly weather: NetworkWeather;
  /** In order of time. */
  readonly faults: readonly Fault[];
  /** From then on nothing bad happens, and what is bad ends. */
  readonly healAtMs: number;
  /** Messages travel as the bytes of the real codec, and not as they are. */
  readonly isWired: boolean;
  /** Longest lease and stop budget of any spec in it. */
  readonly leaseMsMax: number;
  readonly stopBudgetMsMax: number;
  readonly rules: MindRules;
  readonly guard: GuardRules;
  /** No fence device does anything before everything heals. */
  readonly isFenceBroken: boolean;
  /** Clocks run outside their bound: only what rests on no clock is judged. */
  readonly isWild: boolean;
}
