/** The rules that a test build may switch off, one at a time, to show that the checkers notice. Nothing in the product sets them. */
export interface VoterRules {
  readonly quarantine: boolean;
  /** R7: a voter that waits out its quarantine renews nothing either. */
  readonly silence: boolean;
  /** R7: a daemon that is restarted in its quarantine waits out the rest of it. */
  readonly keptSilence: boolean;
  /** R7: the quarantine is as long as the longest lease and stop budget of the last hour, and not of the present spec only. */
  readonly longestPast: boolean;
  /** R6: a table of its holder that went back is taken anew. */
  readonly wentBack: boolean;
  readonly promiseFactor: boolean;
  readonly stopBudget: boolean;
  readonly heartbeatLease: boolean;
  readonly epochCheck: boolean;
  readonly resourceExclusion: boolean;
  /** R11: a resource is added to a list only under a newer epoch than it saw. */
  readonly newerList: boolean;
  /** R11: what is owned is granted anew only under the newest epoch known. */
  readonly regrantedEpoch: boolean;
  readonly seal: boolean;
  /** R14: no time ends a promise that needs fencing. */
  readonly untilFenced: boolean;
  /** R14: a certificate ends what it names and nothing else. */
  readonly namedIncarnation: boolean;
}

/** All rules on. */
export const allVoterRules: VoterRules = {
  quarantine: true,
  silence: true,
  keptSilence: true,
  longestPast: true,
  wentBack: true,
  promiseFactor: true,
  stopBudget: true,
  heartbeatLease: true,
  epochCheck: true,
  resourceExclusion: true,
  newerList: true,
  regrantedEpoch: true,
  seal: true,
  untilFenced: true,
  namedIncarnation: true,
};
