import type { RandomStream } from '../base/random.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { MindRules } from '../reconciler/mind.js';
import type { Profile } from './profiles.js';
import type { GuardRules } from './sim-guard.js';

/** A cluster with one rule of the protocol switched off, and the schedules that are directed at that rule. */
export interface Mutant {
  /** The rule's number and the switch's name. */
  readonly name: string;
  /** What is wrong with it. */
  readonly sentence: string;
  readonly rules: MindRules;
  readonly guard?: GuardRules;
  readonly profile: Profile;
  /** What the cluster must be like for the rule to matter. */
  readonly shape?: (spec: ClusterSpec, random: RandomStream) => ClusterSpec;
}
