/**
 * What agents declare of themselves, read by the workshop and handed to the `spec` room as data.
 *
 * Shape: `agents` by type (`ocf:heartbeat:IPaddr2`); a type that was looked for and is not there maps to null; a type that is not a key was not looked for.
 */
export interface AgentCatalogue {
  readonly agents: Readonly<Record<string, AgentMetadata | null>>;
  /** The types of agents that are there, to find the one that was meant; absent where none is missing. */
  readonly installed?: readonly string[];
  /** Where the metadata was read, for messages: `this machine`, or a directory. */
  readonly source: string;
}

/** Under what type a catalogue has a fence agent, which is no type of a resource. */
export function fenceAgentType(agent: string): string {
  return `${FENCE_AGENT_PREFIX}${agent}`;
}

/** The fence agent that a type is about; null for the type of a resource. */
export function fenceAgentOf(type: string): string | null {
  return type.startsWith(FENCE_AGENT_PREFIX) ? type.slice(FENCE_AGENT_PREFIX.length) : null;
}

const FENCE_AGENT_PREFIX = 'fence:';

/** An agent's declaration. `declared: false` where the kind of agent has no metadata (systemd, lsb). */
export interface AgentMetadata {
  readonly type: string;
  readonly declared: boolean;
  /** The version of the OCF resource agent API to which it says that it is written, as declared; absent where it says none. */
  readonly ocfVersion?: string;
  readonly description: string;
  readonly parameters: readonly AgentParameter[];
  readonly actions: readonly AgentAction[];
  /** For a systemd unit: the target that starts it at boot; null when none does. */
  readonly bootTarget?: string | null;
}

/** One parameter that an agent knows. */
export interface AgentParameter {
  readonly name: string;
  readonly required: boolean;
  /** Two resources must not share its value. */
  readonly unique: boolean;
  /** Those that name the same group are unique together, and not each by itself. */
  readonly uniqueGroup?: string;
  /** Another value can be taken over while it runs (OCF 1.1). */
  readonly reloadable?: true;
  /** `string`, `integer`, `boolean`, `time`, ... as declared. */
  readonly type: string;
  readonly default: string | null;
  readonly deprecated: boolean;
  /** The parameters that are written in place of a deprecated one; absent where the agent names none. */
  readonly replacedBy?: readonly string[];
  readonly description: string;
}

/** One action that an agent offers, with the times it advises. */
export interface AgentAction {
  readonly name: string;
  readonly timeoutMs: number | null;
  readonly intervalMs: number | null;
  readonly depth: number;
}
