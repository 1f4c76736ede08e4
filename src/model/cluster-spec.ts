import type { AttributeProbe } from './attribute-probe.js';
import type { CheckProbe, CheckSpec } from './check.js';
import type { AlertEvent, AlertTemplate } from './alert.js';
import type { Place } from './source.js';
import type { Target } from './target.js';

/**
 * A cluster spec after decoding: valid, every default filled, every name resolved.
 *
 * It is the only thing that leaves the `spec` room. Plain data, so that it crosses threads as it is. Lists of nodes, groups, resources, pings and receivers of alerts stand in order of id.
 */
export interface ClusterSpec {
  readonly name: string;
  readonly quorum: QuorumSpec;
  readonly heartbeat: HeartbeatSpec;
  readonly nodes: readonly NodeSpec[];
  readonly pings: readonly PingSpec[];
  /** What each node looks at by itself, in order of id; its health is among them, under names that no check of the spec can have. */
  readonly checks: readonly NodeCheckSpec[];
  /** What every group requires: that its node is healthy. */
  readonly health: readonly NameUse[];
  /** Every resource stands in exactly one group; a lone resource is a group of one with the resource's id. */
  readonly groups: readonly GroupSpec[];
  readonly resources: readonly ResourceSpec[];
  readonly fencing: FencingSpec;
  /** Whom to tell what happens. */
  readonly alerts: readonly AlertReceiver[];
  /** Starts and reloads that one node may have under way at once. */
  readonly startsPerNodeMax: number;
}

/** What happens to held groups when this side has no majority of the voters. */
export interface QuorumSpec {
  readonly onLoss: 'stop' | 'freeze' | 'ignore';
  /** The operator's words for accepting two owners; present exactly when onLoss is freeze or ignore. */
  readonly acknowledge?: string;
  /** What one of two voters does that started and has not seen the other since, before it takes what the other may still run: wait until it sees it, or fence it. */
  readonly firstStart: 'see' | 'fence';
  readonly place: Place;
}

/** How nodes keep in touch and how long a lease lasts. */
export interface HeartbeatSpec {
  readonly port: number;
  readonly everyMs: number;
  readonly leaseMs: number;
  /** Bound of the clocks' rate against real time, as a fraction: 0.09 for 9 %. */
  readonly clockDrift: number;
  readonly warnAfterMs: number;
  /** The first key signs, every key verifies; at least one. */
  readonly keys: readonly SecretReference[];
  readonly place: Place;
}

/** Where a secret is read from; the secret itself never enters a spec, a log or a status. */
export type SecretReference =
  | { readonly kind: 'file'; readonly path: string; readonly place: Place }
  | { readonly kind: 'environment'; readonly name: string; readonly place: Place };

/** A machine of the cluster. */
export interface NodeSpec {
  readonly id: string;
  /** One address per link, in the order of the links; at least one. */
  readonly addresses: readonly string[];
  readonly role: 'member' | 'worker' | 'witness';
  /** Whether the node's voter counts. */
  readonly votes: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'active' | 'standby' | 'maintenance';
  readonly place: Place;
  readonly statePlace: Place;
}

/**
 * Something that a node finds out again and again, and that groups may require of theirs.
 *
 * Shape: what is found is a number, from 0; `need` of it is enough.
 */
export interface Requirement {
  readonly id: string;
  readonly need: number;
  readonly mode: 'relative' | 'absolute';
  readonly onAllLost: 'keep' | 'stop';
  readonly place: Place;
}

/** What a check of the node looks at: something of this machine, or what is known of it. */
export type NodeProbe = CheckProbe | AttributeProbe;

/** A check of the node itself: 1 where it passes, 0 where it fails. */
export interface NodeCheckSpec extends CheckSpec<NodeProbe>, Requirement {
  readonly need: 1;
}

/** Reachability of outside addresses that groups may require. */
export interface PingSpec extends Requirement {
  readonly hosts: readonly Target[];
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  /** How many hosts must answer: `any` is decoded to 1, `all` to the number of hosts. */
  readonly need: number;
  readonly failAfterMs: number;
  readonly recoverAfterMs: number;
}

/** Names nodes: one by its id, or all that bear a label. */
export type NodeSelector =
  | { readonly kind: 'node'; readonly node: string; readonly place: Place }
  | { readonly kind: 'label'; readonly label: string; readonly value: string; readonly place: Place };

/** A name used in the spec, with the place of its use. */
export interface NameUse {
  readonly id: string;
  readonly place: Place;
}

/** How failures of a resource are answered: a ladder that forgets. */
export interface FailurePolicy {
  /** Restarts in place allowed within `withinMs`; the next failure does `then`. */
  readonly restarts: number;
  readonly withinMs: number;
  readonly then: 'move' | 'stop' | 'block';
  /** Failures older than this are forgotten and the node may be used again. */
  readonly forgetAfterMs: number;
}

/** How strictly one owner must be ensured, weakest first; a group is as strict as its strictest member. */
export type Exclusivity = 'none' | 'provider' | 'lease' | 'fencing';

/** The unit of placement, ownership and fencing: members run together on one node. */
export interface GroupSpec {
  readonly id: string;
  /** Started in this order, stopped in reverse. */
  readonly members: readonly string[];
  readonly desired: 'started' | 'stopped';
  readonly prefer: readonly NodeSelector[];
  /** When not empty, only these nodes may run the group. */
  readonly require: readonly NodeSelector[];
  readonly avoid: readonly NodeSelector[];
  readonly requires: readonly NameUse[];
  /** Groups that must be up before this one starts, and stop after it. */
  readonly after: readonly NameUse[];
  /** Groups beside which this one must run. */
  readonly with: readonly NameUse[];
  /** Groups with which this one must not share a node. */
  readonly apart: readonly NameUse[];
  readonly failback: 'never' | 'auto';
  readonly failurePolicy: FailurePolicy;
  /** All members are down this long after the lease's end; the sum of the members' stop timeouts unless the spec says less. */
  readonly stopBudgetMs: number;
  readonly exclusive: Exclusivity;
  readonly place: Place;
}

/** A parameter of an agent: text as written, or a list of arguments for commands. */
export type ParameterValue = string | readonly string[];

/** What to do when an action of a resource fails. */
export type OnFail = 'ignore' | 'restart' | 'move' | 'stop' | 'block' | 'standby' | 'fence';

/** One service, address or other thing that an agent starts, stops and monitors. */
export interface ResourceSpec {
  readonly id: string;
  readonly group: string;
  /** `ocf:PROVIDER:NAME`, `systemd:UNIT`, `lsb:NAME`, `script`, `builtin:NAME`. */
  readonly type: string;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly monitors: readonly MonitorSpec[];
  /** In order of id. */
  readonly checks: readonly CheckSpec[];
  readonly timeouts: { readonly startMs: number; readonly stopMs: number; readonly monitorMs: number };
  readonly onFail: { readonly monitor: OnFail; readonly start: OnFail; readonly stop: OnFail };
  readonly exclusive: Exclusivity;
  readonly place: Place;
}

/** A recurring look at a running resource. */
export interface MonitorSpec {
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** OCF_CHECK_LEVEL; 0 is the plain look. */
  readonly depth: number;
}

/** Means to make sure that a node is dead. */
export interface FencingSpec {
  /** In order of id. */
  readonly devices: readonly FenceDeviceSpec[];
  /** One entry for each node that some device can fence, in order of the node's id. */
  readonly levels: readonly FenceLevels[];
  /** Nodes that should survive when two fence each other: whoever would fence one of them waits `headStartMs` longer. */
  readonly prefer: readonly NameUse[];
  readonly headStartMs: number;
  readonly watchdog: { readonly device: string; readonly timeoutMs: number } | null;
}

/**
 * In which order the devices of a node are tried.
 *
 * Shape: levels hold ids of devices and are tried one after another until one succeeds; a level succeeds when all of its devices did. Without words in the spec, each device is a level of its own, in the order of the file.
 */
export interface FenceLevels {
  readonly node: string;
  readonly levels: readonly (readonly string[])[];
  readonly place: Place;
}

/** A fence agent with the nodes that it can fence. */
export interface FenceDeviceSpec {
  readonly id: string;
  /** Name of the program, such as `fence_ipmilan`. */
  readonly agent: string;
  readonly nodes: readonly string[];
  /** What the device calls a node, by the node's id; a node that does not stand here goes by its own id. */
  readonly plugs: Readonly<Record<string, string>>;
  /** What fencing with it does: `off` leaves the node without power, `reboot` gives it back. */
  readonly action: 'off' | 'reboot';
  /** How long one action of the agent may take. */
  readonly timeoutMs: number;
  /** Attempts after the first, before the next level is tried. */
  readonly retries: number;
  /** How long the first attempt is put off: always, and by chance between 0 and so much more. */
  readonly delayBaseMs: number;
  readonly delayRandomMs: number;
  readonly params: Readonly<Record<string, string | SecretReference>>;
  readonly place: Place;
}

/** A text, or where it is read from because it is secret. */
export type MaybeSecret = string | SecretReference;

/** Whom to tell what happens, and how. */
export type AlertReceiver = WebhookReceiver | ProgramReceiver;

/** What all receivers have. Shape: `retries` are attempts after the first. */
interface AnyReceiver {
  readonly id: string;
  readonly on: readonly AlertEvent[];
  readonly timeoutMs: number;
  readonly retries: number;
  readonly place: Place;
}

/** A URL to which alerts are posted. Shape: `body` null for all that is known as JSON. */
export interface WebhookReceiver extends AnyReceiver {
  readonly kind: 'webhook';
  readonly url: MaybeSecret;
  readonly headers: Readonly<Record<string, MaybeSecret>>;
  readonly body: AlertTemplate;
}

/** A program that is run for each alert, as Pacemaker runs its alert agents. Shape: `params` go into its environment, by name. */
export interface ProgramReceiver extends AnyReceiver {
  readonly kind: 'program';
  readonly path: string;
  readonly recipient: string | null;
  readonly params: Readonly<Record<string, MaybeSecret>>;
  readonly timestampFormat: string;
}
