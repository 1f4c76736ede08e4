/** Every command: its words, its flags, and where it is. What a command needs is loaded when it is run, so that the others start fast. */
import type { Command, Flag } from './command.js';
import {
  CHECKED_FLAG,
  COLOR,
  DAEMON_FLAGS,
  METADATA,
  outputFlag,
  RUN_DIRECTORY,
  SOCKET,
  STATE_DIRECTORY,
  STRICT,
  timeoutFlag,
  verboseFlag,
} from './flags.js';

const VALIDATE: Command = {
  name: 'validate',
  operands: 'PATH...',
  operandsMin: 1,
  operandsMax: null,
  does: 'checks specs',
  about: [
    'Reads each PATH, a file, a folder of files, or - for the standard input, and tells every problem in one run, with its place and what to do. Touches nothing.',
    'Agents that are installed here are asked which parameters they know; --metadata takes their answers from files instead.',
  ],
  flags: [
    {
      name: 'output',
      short: 'o',
      kind: 'text',
      value: 'FORMAT[=FILE]',
      byDefault: 'text',
      isMultiple: true,
      does: 'text or json; with =FILE it goes there, and the flag may be given again',
    },
    STRICT,
    METADATA,
    verboseFlag('also the facts: how long a takeover takes, with the arithmetic'),
    COLOR,
  ],
  examples: ['fairlead validate --strict clusters/edge.yaml'],
  run: async (call) => (await import('./validate.js')).runValidate(call),
};

const RECONCILE: Command = {
  name: 'reconcile',
  operands: 'PATH',
  operandsMin: 1,
  operandsMax: 1,
  does: 'hands a spec to the daemon and waits until it is so; with --dry-run, shows the plan only',
  about: [
    'With --dry-run: the plan from now to the spec, nothing touched. What is observed comes from the local daemon, from --observed FILE, or, with --offline, is taken as unknown.',
    'Without: the local daemon looks at its spec now, and progress is shown until every group is where it belongs, or until --timeout. PATH must be the one that the daemon watches, or --adopt must be given.',
  ],
  flags: [
    { name: 'dry-run', kind: 'switch', does: 'shows the plan and touches nothing' },
    outputFlag(['text', 'json', 'markdown', 'patch']),
    {
      name: 'observed',
      kind: 'text',
      value: 'FILE',
      does: 'dry run: what is observed, from a file such as `fairlead status -o json` writes',
    },
    {
      name: 'offline',
      kind: 'switch',
      does: 'dry run: nothing is known of what runs; nodes are taken for up, pings and checks for met',
    },
    { name: 'detailed-exitcode', kind: 'switch', does: 'dry run: exit code 2 when there is something to do' },
    STRICT,
    METADATA,
    { name: 'adopt', kind: 'switch', does: 'proposes PATH once, whether it is watched or was in force before' },
    timeoutFlag({ byDefault: '5m', does: 'how long to wait until the cluster is as the spec wants it' }),
    ...DAEMON_FLAGS,
    verboseFlag('dry run: also how every node stands for each group that changes'),
    COLOR,
  ],
  examples: [
    'fairlead reconcile --dry-run --detailed-exitcode clusters/edge.yaml',
    'fairlead reconcile /etc/fairlead/cluster.yaml --timeout 2m',
  ],
  run: async (call) =>
    call.flags.has('dry-run')
      ? (await import('./dry-run.js')).runDryRun(call)
      : (await import('./reconcile.js')).runReconcile(call),
};

const LAB_ONLY: readonly Flag[] = [
  {
    name: 'lab',
    kind: 'switch',
    isHidden: true,
    does: 'takes faults over the control socket and ends when stdin does',
  },
  { name: 'key-file', kind: 'text', value: 'FILE', isHidden: true, does: 'a key instead of those that the spec names' },
];

const RUN: Command = {
  name: 'run',
  operands: 'PATH',
  operandsMin: 1,
  operandsMax: 1,
  does: 'runs the daemon of this node in the foreground',
  about: [
    'Watches PATH, a file or a folder of files, and applies every valid change by itself. An invalid change, or a vanished file, never stops a running service.',
    'SIGTERM or SIGINT hands everything over and then ends with exit code 0; a second one ends at once and leaves the services running. So does SIGKILL: a daemon that is back within the lease goes on as if nothing had happened; if none is, the guard ends them by their deadlines.',
  ],
  flags: [
    { name: 'node', kind: 'text', value: 'NAME', does: "this machine's name in the spec; its host name unless given" },
    STATE_DIRECTORY,
    RUN_DIRECTORY,
    SOCKET,
    {
      name: 'log-level',
      kind: 'choice',
      choices: ['error', 'warn', 'info', 'debug'],
      byDefault: 'info',
      does: 'what is worth a line on stderr',
    },
    {
      name: 'log-format',
      kind: 'choice',
      choices: ['pretty', 'json'],
      byDefault: 'pretty',
      does: 'lines for people or for programs',
    },
    COLOR,
    { name: 'no-guard', kind: 'switch', isHidden: true, does: 'starts no guard' },
    ...LAB_ONLY,
  ],
  examples: ['fairlead run /etc/fairlead/cluster.yaml --node lb1'],
  run: async (call) => (await import('./run.js')).runRun(call),
};

const STATUS: Command = {
  name: 'status',
  operands: '',
  operandsMin: 0,
  operandsMax: 0,
  does: 'shows the cluster as this node sees it',
  about: [
    'Begins with one sentence: is the service up, is something moving, what comes next. Then groups by node, who hears whom, leases, pings, failures and conditions, and how old the data is.',
  ],
  flags: [
    { name: 'watch', kind: 'switch', does: 'again and again, twice a second, until interrupted' },
    outputFlag(['text', 'json']),
    timeoutFlag({ byDefault: '10s', does: "how long the daemon's answer may take" }),
    ...DAEMON_FLAGS,
    verboseFlag('every group with its members, all steps, and the counters'),
    COLOR,
  ],
  examples: ['fairlead status --watch', "fairlead status -o json | jq -r '.groups[] | [.group, .node] | @tsv'"],
  run: async (call) => (await import('./status.js')).runStatus(call),
};

const WHY: Command = {
  name: 'why',
  operands: 'RESOURCE',
  operandsMin: 1,
  operandsMax: 1,
  does: 'tells why a resource or group is where it is, or why not',
  about: [
    'Where it runs and belongs, how every node stands for its group, failures, and what it waits on, each with the line of the spec that makes it so. With --on: why it is on that node, or why not.',
  ],
  flags: [
    { name: 'on', kind: 'text', value: 'NODE', does: 'asks about this node only' },
    outputFlag(['text', 'json']),
    ...DAEMON_FLAGS,
    COLOR,
  ],
  examples: ['fairlead why nginx', 'fairlead why nginx --on lb2'],
  run: async (call) => (await import('./why.js')).runWhy(call),
};

const EXPLAIN: Command = {
  name: 'explain',
  operands: '[CODE|risks]',
  operandsMin: 0,
  operandsMax: 1,
  does: 'tells what a code of the validator means; without one, what can still go wrong',
  about: [
    'Without a word, or with `risks`: what can still go wrong with everything as it should be, and what the rest assumes, as docs/safety.md has it. With a code that `fairlead validate` prints in brackets: what it means, why it matters, and what to do.',
  ],
  flags: [],
  examples: ['fairlead explain', 'fairlead explain even-votes'],
  run: async (call) => (await import('./explain.js')).runExplain(call),
};

const RETRY: Command = {
  name: 'retry',
  operands: 'RESOURCE',
  operandsMin: 1,
  operandsMax: 1,
  does: 'forgets failures of a resource or group, and tries again',
  about: [
    'Where it failed, on every node; with --on, on that node only. A group that is blocked by a failed stop is looked at again, too.',
  ],
  flags: [{ name: 'on', kind: 'text', value: 'NODE', does: 'only the failures on this node' }, ...DAEMON_FLAGS],
  examples: ['fairlead retry nginx --on lb1'],
  run: async (call) => (await import('./retry.js')).runRetry(call),
};

const FENCE: Command = {
  name: 'fence',
  operands: 'history|confirm NODE',
  operandsMin: 1,
  operandsMax: 2,
  does: 'shows what fencing did; takes your word that a node is without power',
  about: [
    '`history` tells every call of a fence device that this node made, and every node that counts as dead, by whose word. `confirm NODE` says that NODE is without power: what it held is free at once.',
    'Two owners follow if NODE still runs. So it is refused for a node that is heard, and without --i-checked-power.',
  ],
  flags: [
    { name: CHECKED_FLAG, kind: 'switch', does: 'confirm: you looked at the machine, and it has no power' },
    outputFlag(['text', 'json']),
    ...DAEMON_FLAGS,
  ],
  examples: ['fairlead fence history', 'fairlead fence confirm lb2 --i-checked-power'],
  run: async (call) => (await import('./fence.js')).runFence(call),
};

const AGENT: Command = {
  name: 'agent',
  operands: 'list|show TYPE|run TYPE ACTION',
  operandsMin: 1,
  operandsMax: 3,
  does: 'lists agents, shows what one takes, runs one by hand',
  about: [
    '`list` names the agents of this machine, `show` tells what one takes and advises. `run` has one do something, now and here: `monitor`, `probe`, `start`, `stop`, and for OCF agents any action that they know, such as `validate-all` or `promote`.',
    'No lease is asked for and no daemon knows of it: what a cluster runs is not to be started or stopped this way. Exit code 0 when it was done, or runs; 1 otherwise.',
  ],
  flags: [
    {
      name: 'param',
      short: 'p',
      kind: 'text',
      value: 'KEY=VALUE',
      isMultiple: true,
      does: 'run: a parameter; the same key several times is a list',
    },
    {
      name: 'meta',
      kind: 'text',
      value: 'KEY=VALUE',
      isMultiple: true,
      does: 'run, OCF: a variable OCF_RESKEY_CRM_meta_KEY, such as notify_type=pre',
    },
    { name: 'id', kind: 'text', value: 'NAME', does: "run: the resource's name; the agent's own unless given" },
    { name: 'node', kind: 'text', value: 'NAME', does: "run: this node's name; that of the host unless given" },
    { name: 'depth', kind: 'text', value: 'N', does: 'run, OCF: how deep a monitor looks (OCF_CHECK_LEVEL)' },
    { name: 'trace', kind: 'switch', does: "run, OCF: shows every line that the agent's shell carries out" },
    {
      name: 'hand-dir',
      kind: 'text',
      value: 'DIR',
      byDefault: '/run/fairlead-by-hand',
      does: "run, not OCF: where processes are kept, on a tmpfs; never a daemon's run directory",
    },
    timeoutFlag({ byDefault: '20s', does: 'run: how long it may take' }),
    outputFlag(['text', 'json']),
    ...DAEMON_FLAGS,
  ],
  examples: [
    'fairlead agent show ocf:heartbeat:IPaddr2',
    'fairlead agent run ocf:heartbeat:Dummy monitor -p state=/run/dummy --trace',
  ],
  run: async (call) => (await import('./agent.js')).runAgent(call),
};

const LEAVE: Command = {
  name: 'leave',
  operands: '',
  operandsMin: 0,
  operandsMax: 0,
  does: 'hands everything over and ends the local daemon',
  about: [
    'What runs here is stopped and started elsewhere first, as for a planned move. Exit code 0 once the daemon has ended.',
  ],
  flags: [timeoutFlag({ byDefault: '5m', does: 'how long to wait until the daemon has ended' }), ...DAEMON_FLAGS],
  examples: ['fairlead leave'],
  run: async (call) => (await import('./leave.js')).runLeave(call),
};

const DETACH: Command = {
  name: 'detach',
  operands: '',
  operandsMin: 0,
  operandsMax: 0,
  does: 'ends the local daemon and leaves its services to the next one',
  about: [
    'For restarts and upgrades of the daemon: nothing is handed over. A daemon that is back before the first lease ends goes on as if nothing had happened; if none is, the guard ends the services by their deadlines, and other nodes take over.',
    'Refused when no guard stands by. Exit code 0 once the daemon has ended.',
  ],
  flags: [timeoutFlag({ byDefault: '20s', does: 'how long to wait until the daemon has ended' }), ...DAEMON_FLAGS],
  examples: ['fairlead detach && fairlead run /etc/fairlead/cluster.yaml --node lb1'],
  run: async (call) => (await import('./detach.js')).runDetach(call),
};

const LAB: Command = {
  name: 'lab',
  operands: 'PATH',
  operandsMin: 1,
  operandsMax: 1,
  does: 'runs a whole cluster on this machine, to try things out',
  about: [
    'Every node of the spec becomes a daemon of its own over its addresses, which must be in 127.0.0.0/8. No root is needed, a key is made for the occasion, state stands in a folder on a tmpfs, and nothing is left at the end, which is Ctrl-C. Only resources that can be ended with their node may run here: `script` and `builtin:noop`.',
    'A --script holds one event a line: `kill lb1`, `wait 5s`, `expect web on lb2 within 10s` and more; a mistake in it is answered with the list.',
  ],
  flags: [
    { name: 'script', kind: 'text', value: 'FILE', does: 'events to play, one a line' },
    { name: 'exit', kind: 'switch', does: 'ends when the last event has been played and the cluster is at rest' },
    timeoutFlag({
      byDefault: '60s',
      does: 'how long the cluster may take to come to rest, at the start and after the last event',
    }),
    COLOR,
  ],
  examples: ['fairlead lab examples/quickstart.yaml --script examples/quickstart.script --exit'],
  run: async (call) => (await import('./lab/lab.js')).runLab(call),
};

const DOCTOR: Command = {
  name: 'doctor',
  operands: 'PATH',
  operandsMin: 1,
  operandsMax: 1,
  does: 'examines whether this node could take over what the spec may have it run',
  about: [
    'Reads the keys of the cluster, asks the agent of everything that may come to this node how it is and what it says of its parameters, and each fence device for another node whether it answers. Changes nothing.',
    'For what EC2 keeps (Elastic IPs, VPC routes, private addresses): who the node is there, where it would belong, and which permissions are missing, found out by dry runs.',
    'To be run on the node itself, as the user of the daemon and with its environment, since programs and credentials are found there. Exit code 1 when something is missing, 69 when something could not be found out.',
  ],
  flags: [
    { name: 'node', kind: 'text', value: 'NAME', does: "this machine's name in the spec; its host name unless given" },
    outputFlag(['text', 'json']),
  ],
  examples: ['fairlead doctor /etc/fairlead/cluster.yaml --node lb1'],
  run: async (call) => (await import('./doctor.js')).runDoctor(call),
};

const KEYGEN: Command = {
  name: 'keygen',
  operands: '',
  operandsMin: 0,
  operandsMax: 0,
  does: 'prints a new cluster key',
  about: [
    '256 random bits in base64. Whoever has it can speak in the name of the cluster: keep the file with mode 0600, the same on every node.',
  ],
  flags: [],
  examples: ['(umask 077; fairlead keygen > /etc/fairlead/gossip.key)'],
  run: async (call) => (await import('./keygen.js')).runKeygen(call),
};

const SCHEMA: Command = {
  name: 'schema',
  operands: '[cluster|plan|status]',
  operandsMin: 0,
  operandsMax: 1,
  does: 'prints the JSON Schema of a spec, of a plan or of a status',
  about: [
    'Draft-07, with descriptions and examples. Editors complete and explain a spec with that of `cluster`, which is the one printed unless another is named.',
  ],
  flags: [],
  examples: ['fairlead schema > cluster.schema.json'],
  run: async (call) => (await import('./schema.js')).runSchema(call),
};

const VERSION: Command = {
  name: 'version',
  operands: '',
  operandsMin: 0,
  operandsMax: 0,
  does: 'prints the version',
  about: ['Also as `fairlead --version`.'],
  flags: [],
  examples: ['fairlead version'],
  run: async (call) => (await import('./version.js')).runVersion(call),
};

/** Every command, in the order of the list that help shows. */
export const COMMANDS: readonly Command[] = [
  VALIDATE,
  RECONCILE,
  RUN,
  STATUS,
  WHY,
  EXPLAIN,
  RETRY,
  FENCE,
  AGENT,
  LEAVE,
  DETACH,
  LAB,
  DOCTOR,
  KEYGEN,
  SCHEMA,
  VERSION,
];
