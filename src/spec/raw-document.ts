/** The spec as it is written. Generated from schemas/cluster.schema.json by `npm run schema`; do not edit. */

/**
 * The value of a label.
 */
export type LabelValue = string;
/**
 * never: it stays where it is when a node that it prefers comes back. auto: it moves to the preferred node.
 */
export type Failback = 'never' | 'auto';
/**
 * Recurring looks at the running resource. An empty list means that nobody looks.
 *
 * @maxItems 16
 */
export type Monitors = {
  /**
   * Pause between two looks.
   */
  every?: string;
  /**
   * A look that takes longer counts as failed. Default: the resource's monitor timeout.
   */
  timeout?: string;
  /**
   * How deep an OCF agent looks (OCF_CHECK_LEVEL); 0 is the plain look.
   */
  depth?: number;
}[];
/**
 * Whether it should run.
 */
export type Desired = 'started' | 'stopped';
/**
 * Nodes in the order in which they are wanted, each by its name or as `{ label: value }`. Other nodes come after them.
 */
export type Prefer = Selectors;
/**
 * Nodes, each by its name or as `{ label: value }` for all that bear the label.
 *
 * @maxItems 1000
 */
export type Selectors = (
  | string
  | {
      [k: string]: string;
    }
)[];
/**
 * When given, only these nodes may run it, each by its name or as `{ label: value }`.
 */
export type Require = Selectors;
/**
 * Nodes that run it only if no other can, each by its name or as `{ label: value }`.
 */
export type Avoid = Selectors;
/**
 * Pings and checks that must be met where it runs.
 */
export type Requires = Names;
/**
 * Names, as a list.
 *
 * @maxItems 20000
 */
export type Names = string[];
/**
 * Groups that must be up, on whatever node, before this one starts; it stops before they stop.
 */
export type After = Names;
/**
 * Groups beside which this one must run.
 */
export type With = Names;
/**
 * Groups with which this one must not share a node.
 */
export type Apart = Names;
/**
 * All members are down this long after the lease's end, by kill if need be; it is part of the take-over time. Default: the sum of the members' stop timeouts. Less is allowed where every member can be killed without its agent.
 */
export type StopBudget = string;
/**
 * Text, a number, a boolean, or a list of texts.
 *
 * @maxItems 1000
 */
export type Parameter = string | number | boolean | (string | number | boolean)[];

/**
 * A cluster spec of fairlead: which services run, on which nodes, and under which conditions. One file or a folder of files; the parts are merged by key.
 */
export interface ClusterDocument {
  /**
   * The version of the spec language. Every part of a spec says it.
   */
  apiVersion: 'fairlead/v1';
  /**
   * What this document is. Every part of a spec says it.
   */
  kind: 'Cluster';
  /**
   * What the cluster is called.
   */
  cluster: {
    /**
     * The cluster's name. It goes into every message: clusters with different names never hear each other, even with the same key.
     */
    name: string;
  };
  /**
   * What happens to services on a side that has no majority of the votes.
   */
  quorum?: {
    /**
     * stop: services stop when the lease ends, so that the other side may take over safely. freeze: what runs stays running, nothing starts. ignore: go on as if the silent nodes were dead. The last two can give two owners and need `acknowledge`.
     */
    onLoss?: 'stop' | 'freeze' | 'ignore';
    /**
     * Your words for accepting that a service may run twice; needed with onLoss freeze or ignore, and shown in status for as long as it stands.
     */
    acknowledge?: string;
    /**
     * Two voters with fence devices: what a node that started and has not seen the other since does before it takes what the other may still run. see: wait until it sees it, or a person confirms that it is off. fence: fence it.
     */
    firstStart?: 'see' | 'fence';
  };
  /**
   * How nodes keep in touch and how long a lease lasts. Take-over after a crash takes about the lease plus the group's stop budget.
   */
  heartbeat?: {
    /**
     * UDP port of the heartbeats, the same on every node and link.
     */
    port?: number;
    /**
     * Time between two heartbeats to the voters; at most a quarter of the lease. Default: a sixth of the lease, 500ms for a lease of 3s.
     */
    every?: string;
    /**
     * How long a heartbeat that a majority answered keeps this node's leases alive.
     */
    lease?: string;
    /**
     * Bound of how fast or slow a node's clock may run against real time, as a percentage. The default covers what chrony does by default; lower it where time synchronisation is known to be gentler.
     */
    clockDrift?: string;
    /**
     * A heartbeat that is later than this is reported, and nothing else happens; shorter than the lease. Default: two thirds of the lease.
     */
    warnAfter?: string;
    key?: Secret;
    /**
     * Several keys while one is replaced: the first signs, every one verifies. Instead of `key`.
     *
     * @minItems 1
     * @maxItems 4
     */
    keys?: Secret[];
  };
  /**
   * How much happens at once.
   */
  concurrency?: {
    /**
     * Starts and reloads that one node may have under way at once.
     */
    startsPerNode?: number;
  };
  /**
   * The machines of the cluster, by name. Up to 7 members and witnesses vote.
   */
  nodes: {
    [k: string]: Node;
  };
  /**
   * Outside addresses whose reachability groups may require, by name.
   */
  pings?: {
    [k: string]: Ping;
  };
  /**
   * What each node looks at by itself, by name. Groups may require a check like a ping.
   */
  checks?: {
    [k: string]: NodeCheck;
  };
  /**
   * What makes a node unhealthy. Its groups leave it for a healthy node; when no node is healthy, they stay.
   */
  health?: {
    /**
     * Room on file systems.
     */
    disk?: {
      /**
       * Paths on the file systems.
       *
       * @minItems 1
       * @maxItems 16
       */
      paths?: string[];
      /**
       * How much of each must be free for programs that are not privileged.
       */
      free?: string;
    };
    /**
     * Memory: one of both, or both.
     */
    memory?: {
      /**
       * How much must be available, as the kernel reckons it (MemAvailable).
       */
      available?: string;
      /**
       * For how much of the last 10 s all programs may stand still for want of memory, as the kernel tells (PSI, full avg10).
       */
      pressure?: string;
    };
    /**
     * The load average of 5 minutes.
     */
    load?: {
      /**
       * How much of it each processor may have.
       */
      perCpu: number;
    };
    /**
     * The node's attributes whose names begin with `#health`, as Pacemaker's health agents write them: bad from this colour on. A number is red from -1000000 (-INFINITY) down, and yellow below 0.
     */
    attributes?: 'yellow' | 'red';
    /**
     * Checks that belong to it.
     *
     * @maxItems 100
     */
    checks?: string[];
    /**
     * Pause between two rounds.
     */
    every?: string;
    /**
     * Rounds in a row that must be good before the node counts as healthy again.
     */
    rise?: number;
    /**
     * Rounds in a row that must be bad before it counts as unhealthy.
     */
    fall?: number;
  };
  /**
   * What groups and resources have that do not say otherwise.
   */
  defaults?: {
    failback?: Failback;
    failurePolicy?: FailurePolicy;
    timeouts?: Timeouts;
    monitor?: Monitors;
  };
  /**
   * Resources that run together on one node, by name. The group is the unit of placement and ownership.
   */
  groups?: {
    [k: string]: Group;
  };
  /**
   * Services, addresses and other things that agents start, stop and monitor, by name. A resource that is in no group is a group of one.
   */
  resources?: {
    [k: string]: Resource;
  };
  /**
   * Means to make sure that a node is dead. Devices are used for what asks for it: resources with `exclusive: fencing`, `onFail: fence`, and two voters without a third.
   */
  fencing?: {
    /**
     * Fence agents with the nodes that each can fence, by name.
     */
    devices?: {
      [k: string]: FenceDevice;
    };
    /**
     * By node, in which order its devices are tried: one level after another until one succeeds, and all devices of a level must succeed. Default: each device that names the node is a level, in the order of the file.
     */
    levels?: {
      /**
       * @minItems 1
       * @maxItems 8
       */
      [k: string]: string[][];
    };
    /**
     * Nodes that should survive when two fence each other: who would fence one of them waits `headStart` longer.
     *
     * @maxItems 1000
     */
    prefer?: string[];
    /**
     * How much longer one waits before fencing a preferred node. Longer than the preferred node's own fencing takes: its delay, and the time that its device needs.
     */
    headStart?: string;
    /**
     * A watchdog device that resets a node which no longer feeds it.
     */
    watchdog?: {
      /**
       * Path of the device.
       */
      device?: string;
      /**
       * The node is reset when the device was not fed for this long.
       */
      timeout?: string;
    };
  };
  /**
   * Whom to tell what happens, by name: a URL, or a program as Pacemaker's alert agents are. Who does not answer delays nothing.
   */
  alerts?: {
    [k: string]: AlertReceiver;
  };
}
/**
 * Where a secret is read from, on each node; the secret itself never stands in a spec.
 */
export interface Secret {
  /**
   * Absolute path of a file that only the owner may read.
   */
  file?: string;
  /**
   * Name of an environment variable of the daemon.
   */
  env?: string;
}
/**
 * A machine of the cluster.
 */
export interface Node {
  /**
   * One IP address per link; several are redundant links: the loss of one changes nothing. The first addresses of all nodes are one link, the second ones another.
   *
   * @minItems 1
   * @maxItems 8
   */
  addresses: string[];
  /**
   * member: votes and runs services. worker: runs services and does not vote. witness: votes and runs nothing.
   */
  role?: 'member' | 'worker' | 'witness';
  /**
   * Words of your own that `prefer`, `require` and `avoid` can name.
   */
  labels?: {
    [k: string]: LabelValue;
  };
  /**
   * active: runs what is placed on it. standby: gives everything away, still votes. maintenance: nothing is started, stopped or monitored, and its leases are kept.
   */
  state?: 'active' | 'standby' | 'maintenance';
}
/**
 * Outside addresses that are asked for an answer again and again.
 */
export interface Ping {
  /**
   * What to ask, best such that is reached over different ways: an IP address for an echo request, `tcp:HOST:PORT` for a connection, or a URL for an answer below 400.
   *
   * @minItems 1
   * @maxItems 64
   */
  hosts: string[];
  /**
   * Time between two rounds.
   */
  every?: string;
  /**
   * How long one answer is waited for.
   */
  timeout?: string;
  /**
   * How often a host is asked in one round before it counts as unreachable.
   */
  attempts?: number;
  /**
   * How many hosts must answer: any, all, or a number.
   */
  need?: ('any' | 'all') | number;
  /**
   * Answers must be missing for this long before that counts: from the beginning of the first round that misses them to that of another, at least two intervals.
   */
  failAfter?: string;
  /**
   * Answers must be back for this long before that counts, reckoned in the same way.
   */
  recoverAfter?: string;
  /**
   * relative: a group leaves its node only if another node sees more hosts. absolute: a group never runs where the need is not met.
   */
  mode?: 'relative' | 'absolute';
  /**
   * Relative mode, and no node meets the need: keep what runs where it is, or stop it.
   */
  onAllLost?: 'keep' | 'stop';
}
/**
 * Something that each node looks at again and again: exactly one of run, tcp, http, file, process and attribute.
 */
export interface NodeCheck {
  /**
   * A program with its arguments, which no shell takes apart; it passes with exit code 0.
   *
   * @minItems 1
   * @maxItems 1000
   */
  run?: string[];
  /**
   * `HOST:PORT` that takes a connection.
   */
  tcp?: string;
  /**
   * A URL that answers with a status from 200 to 399, or with one of `status`.
   */
  http?: string;
  /**
   * With `http`: the statuses that pass.
   *
   * @minItems 1
   * @maxItems 50
   */
  status?: number[];
  /**
   * With `http`: a text that the first 64 KiB of the answer hold.
   */
  contains?: string;
  /**
   * An absolute path where something is.
   */
  file?: string;
  /**
   * With `file`: how long ago it was changed at most.
   */
  newerThan?: string;
  /**
   * The name of a program of which a process runs, as `ps -o comm` shows it.
   */
  process?: string;
  /**
   * The name of an attribute of the node, as agents, pings and `attrd_updater` write it. It passes when the attribute is defined, and is as the keys from `is` to `defined` say.
   */
  attribute?: string;
  /**
   * With `attribute`: its value, or one of several, letter by letter. Numbers and booleans are taken as they are written.
   *
   * @minItems 1
   * @maxItems 100
   */
  is?: string | number | boolean | (string | number | boolean)[];
  /**
   * With `attribute`: a value that it must not have, or several. One that is not defined passes.
   *
   * @minItems 1
   * @maxItems 100
   */
  isNot?: string | number | boolean | (string | number | boolean)[];
  /**
   * With `attribute`: the lowest value that passes.
   */
  atLeast?: number | string;
  /**
   * With `attribute`: the highest value that passes.
   */
  atMost?: number | string;
  /**
   * With `atLeast` and `atMost`: what is compared. number: whole or with a point, or a score such as -INFINITY. version: part by part, so that 1.10 is above 1.9.
   */
  as?: 'number' | 'version';
  /**
   * With `attribute` alone: whether it must be there.
   */
  defined?: boolean;
  /**
   * Pause between two rounds.
   */
  every?: string;
  /**
   * A round that takes longer has failed.
   */
  timeout?: string;
  /**
   * Rounds in a row that must pass before it counts as passing. Nobody relies on it until then.
   */
  rise?: number;
  /**
   * Rounds in a row that must fail before it counts as failing.
   */
  fall?: number;
  /**
   * absolute: a group that requires it never runs where it fails. relative: it leaves its node only if the check passes on another one.
   */
  mode?: 'absolute' | 'relative';
  /**
   * Relative mode, and it passes nowhere: keep what runs where it is, or stop it.
   */
  onAllLost?: 'keep' | 'stop';
}
/**
 * How failures are answered: so many restarts in place within a time, then something else; and when they are forgotten.
 */
export interface FailurePolicy {
  /**
   * Restarts in place within `within`; the next failure does `then`.
   */
  restarts?: number;
  /**
   * The time in which restarts are counted.
   */
  within?: string;
  /**
   * What follows when the restarts are used up: move to another node, stop, or block (leave it and call for a person).
   */
  then?: 'move' | 'stop' | 'block';
  /**
   * Failures older than this are forgotten, and the node may be used again.
   */
  forgetAfter?: string;
}
/**
 * How long the agent's actions may take.
 */
export interface Timeouts {
  /**
   * A start that takes longer has failed.
   */
  start?: string;
  /**
   * A stop that takes longer has failed. The sum over a group's members is its stop budget unless the group says less.
   */
  stop?: string;
  /**
   * A look that takes longer counts as failed; for looks that do not say so themselves, and for the first look at a start of the daemon.
   */
  monitor?: string;
}
/**
 * Resources that run together on one node.
 */
export interface Group {
  /**
   * Resources: started in this order, stopped in reverse, always together on one node.
   *
   * @maxItems 1000
   */
  members: string[];
  desired?: Desired;
  prefer?: Prefer;
  require?: Require;
  avoid?: Avoid;
  requires?: Requires;
  after?: After;
  with?: With;
  apart?: Apart;
  failback?: Failback;
  failurePolicy?: FailurePolicy;
  stopBudget?: StopBudget;
}
/**
 * One service, address or other thing. The placement keys (prefer, after, ...) may stand here only when the resource is in no group.
 */
export interface Resource {
  /**
   * The agent: ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip or builtin:noop.
   */
  type: string;
  /**
   * Parameters for the agent, by name. A list is for commands: no shell takes them apart. Numbers and booleans are handed over as they are written.
   */
  params?: {
    [k: string]: Parameter;
  };
  monitor?: Monitors;
  /**
   * Looks of your own at the running resource, by name, beside the monitors of its agent. A start is through when each has passed `rise` times; one that fails `fall` times is a monitor that failed.
   */
  checks?: {
    [k: string]: Check;
  };
  timeouts?: Timeouts;
  /**
   * What follows when an action fails.
   */
  onFail?: {
    /**
     * When a monitor finds it failed or gone. restart counts against the failure policy.
     */
    monitor?: 'ignore' | 'restart' | 'move' | 'stop' | 'block' | 'standby' | 'fence';
    /**
     * When a start fails. restart counts against the failure policy.
     */
    start?: 'ignore' | 'restart' | 'move' | 'stop' | 'block' | 'standby' | 'fence';
    /**
     * When a stop fails: block keeps the group where it is, still leased, until a person acts; fence makes sure that the node is dead.
     */
    stop?: 'block' | 'fence';
  };
  /**
   * How strictly one owner is ensured. none: two at once do no harm. provider: an outside party keeps one owner. lease: the lease does. fencing: who does not answer is fenced before another takes over. A group is as strict as its strictest member. Default: lease; provider for builtin:aws-eip, builtin:aws-route and builtin:aws-private-ip; fencing for what uses a shared disk, where there are fence devices.
   */
  exclusive?: 'none' | 'provider' | 'lease' | 'fencing';
  /**
   * Your words for using a shared disk without fencing; needed where an agent such as Filesystem or LVM-activate has neither `exclusive: fencing` nor a watchdog behind it.
   */
  acknowledge?: string;
  desired?: Desired;
  prefer?: Prefer;
  require?: Require;
  avoid?: Avoid;
  requires?: Requires;
  after?: After;
  with?: With;
  apart?: Apart;
  failback?: Failback;
  failurePolicy?: FailurePolicy;
  stopBudget?: StopBudget;
}
/**
 * Something that is looked at again and again while a resource runs: exactly one of run, tcp, http, file and process.
 */
export interface Check {
  /**
   * A program with its arguments, which no shell takes apart; it passes with exit code 0.
   *
   * @minItems 1
   * @maxItems 1000
   */
  run?: string[];
  /**
   * `HOST:PORT` that takes a connection.
   */
  tcp?: string;
  /**
   * A URL that answers with a status from 200 to 399, or with one of `status`.
   */
  http?: string;
  /**
   * With `http`: the statuses that pass.
   *
   * @minItems 1
   * @maxItems 50
   */
  status?: number[];
  /**
   * With `http`: a text that the first 64 KiB of the answer hold.
   */
  contains?: string;
  /**
   * An absolute path where something is.
   */
  file?: string;
  /**
   * With `file`: how long ago it was changed at most.
   */
  newerThan?: string;
  /**
   * The name of a program of which a process runs, as `ps -o comm` shows it.
   */
  process?: string;
  /**
   * Pause between two rounds.
   */
  every?: string;
  /**
   * A round that takes longer has failed.
   */
  timeout?: string;
  /**
   * Rounds in a row that must pass before it counts as passing. It counts as failing until then.
   */
  rise?: number;
  /**
   * Rounds in a row that must fail before it counts as failing.
   */
  fall?: number;
}
/**
 * A fence agent with the nodes that it can fence.
 */
export interface FenceDevice {
  /**
   * Name of the fence agent, or the absolute path of one.
   */
  agent: string;
  /**
   * Nodes that it can fence.
   *
   * @minItems 1
   * @maxItems 1000
   */
  nodes: string[];
  /**
   * What the device calls a node, by the node's name: the number of an outlet, the name of a virtual machine. A node that does not stand here goes by its own name.
   */
  plugs?: {
    /**
     * Text or a number.
     */
    [k: string]: string | number;
  };
  /**
   * off: the node stays without power until a person turns it on. reboot: it gets its power back once it is surely off.
   */
  action?: 'off' | 'reboot';
  /**
   * How long one action of the agent may take.
   */
  timeout?: string;
  /**
   * Attempts after the first, before the next level is tried.
   */
  retries?: number;
  /**
   * How long the first attempt is put off, so that two nodes that fence each other do not both win.
   */
  delay?: {
    /**
     * Always.
     */
    base?: string;
    /**
     * Up to so much more, by chance.
     */
    random?: string;
  };
  /**
   * Parameters for the agent, by name.
   */
  params?: {
    /**
     * Text, a number, a boolean, or where a secret is read from.
     */
    [k: string]: (string | number | boolean) | Secret;
  };
}
/**
 * Either a `webhook` or a `program`.
 */
export interface AlertReceiver {
  /**
   * The URL to which each alert is posted, http or https; a secret where the URL itself is one.
   */
  webhook?: string | Secret;
  /**
   * Headers of a webhook, by name. What lets somebody in is given as `{ file: PATH }` or `{ env: NAME }`, whose whole text is the header's value.
   */
  headers?: {
    /**
     * Text, or where a secret is read from.
     */
    [k: string]: string | Secret;
  };
  /**
   * What a webhook is sent: a map or a list as JSON, a text as plain text. `{{sentence}}` and other names in double braces are filled in, in texts anywhere in it. Default: all that is known of the alert, as a JSON object.
   */
  body?: {} | unknown[] | string;
  /**
   * Absolute path of a program that is run for each alert; it is told everything in its environment.
   */
  program?: string;
  /**
   * For a program: CRM_alert_recipient, such as a file or an address.
   */
  recipient?: string;
  /**
   * For a program: further variables of its environment, by name.
   */
  params?: {
    /**
     * Text, a number, a boolean, or where a secret is read from.
     */
    [k: string]: (string | number | boolean) | Secret;
  };
  /**
   * For a program: the form of CRM_alert_timestamp, as date(1) has it, in the daemon's time zone.
   */
  timestampFormat?: string;
  /**
   * Of what it is told. failover: a group runs on another node than before. failure: an action or a monitor failed. fencing: a node was fenced, or could not be. node: a node was lost or is back. spec: a spec is not applied. drift: something was changed outside of the spec.
   *
   * @minItems 1
   * @maxItems 6
   */
  events?: ('failover' | 'failure' | 'fencing' | 'node' | 'spec' | 'drift')[];
  /**
   * How long one attempt may take.
   */
  timeout?: string;
  /**
   * Attempts after the first, with growing pauses, from 1 s on.
   */
  retries?: number;
}
