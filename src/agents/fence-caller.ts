/**
 * Calls fence agents: unmodified programs that switch nodes off and on through a device.
 *
 * Parameters go in on standard input alone: arguments and environments are for everybody on the machine to read.
 *
 * Source: FenceAgentAPI of ClusterLabs/fence-agents: exit code 0 for success; `status` exits with 0 for a node that has power and 2 for one that has none.
 */
import type { FenceAction, FenceOutcome, FenceRequest } from '../model/fencing.js';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';
import type { CallNote } from './call-records.js';
import { delay } from './delay.js';
import { baseEnvironment } from './environment.js';
import { fenceInput, readParameters } from './fence-input.js';
import type { ReadSecret } from './secret-text.js';
import { withoutSecrets } from './secret-text.js';
import { FenceAgents } from './fence-metadata.js';
import type { FenceAgentNames } from './fence-metadata.js';
import { oneLine } from './outcome.js';
import type { ProcessEnd } from './process-run.js';
import { runProcess } from './process-run.js';

/** Between two looks at whether the power is gone. */
const LOOK_AGAIN_MS = 1000;

/** The exit code of `status` for a node without power. */
const IS_OFF = 2;

/** Lines that agents write whatever happens, and that say nothing of the failure. */
const NOT_THE_CAUSE = /Please use '-h' for usage|DeprecationWarning|Parse error: Ignoring|^\s*from \w+ import /;

/** What log lines of agents begin with: the time and how grave it is. */
const LOG_PREFIX = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ )?(CRITICAL|ERROR|WARNING|INFO|DEBUG):\s*(root:)?\s*/;

const SUCCEEDED: FenceOutcome = { kind: 'succeeded' };
const CANCELLED: FenceOutcome = { kind: 'failed', reason: 'the call was broken off' };

/** One call with all that it needs. */
interface Call {
  readonly request: FenceRequest;
  readonly program: string;
  readonly names: FenceAgentNames;
  readonly lines: readonly string[];
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
  readonly isPermitted: () => boolean;
  readonly noteFor: () => CallNote;
}

/** Calls the agents of one node. */
export class FenceCaller {
  readonly #agents: FenceAgents;
  readonly #path: string | undefined;
  readonly #readSecret: ReadSecret;
  readonly #log: Log;

  constructor(options: { readonly log: Log; readonly readSecret: ReadSecret; readonly path?: string }) {
    this.#agents = new FenceAgents(options.path);
    this.#path = options.path;
    this.#readSecret = options.readSecret;
    this.#log = options.log;
  }

  /** Does what a request asks for. Never rejects. Shape: each program that is run gets the request's time. */
  async call(
    request: FenceRequest,
    options: { readonly signal: AbortSignal; readonly isPermitted: () => boolean; readonly noteFor: () => CallNote },
  ): Promise<FenceOutcome> {
    const { device, node, action } = request;
    const parameters = readParameters(device, this.#readSecret);
    if (parameters.kind === 'unreadable') return failed(`fence device "${device.id}": ${parameters.why}`);
    const agent = await this.#agents.find(device.agent, options.signal);
    if (options.signal.aborted) return CANCELLED;
    if (agent.kind === 'unusable') return failed(agent.why);
    const takesPower = action === 'off' || action === 'reboot';
    if (takesPower && !options.isPermitted())
      return failed(`the right to fence ${node} ended before ${device.id} was called`);
    const outcome = await this.#act(action, { request, ...agent, ...parameters, ...options });
    this.#log.event('debug', `${device.id}: ${action} of ${node}: ${outcome.kind}`, {
      device: device.id,
      node,
      action,
    });
    return outcome;
  }

  async #act(action: FenceAction, call: Call): Promise<FenceOutcome> {
    const { actions } = call.names;
    switch (action) {
      case 'monitor':
        return this.#monitor(call);
      case 'on':
        return outcomeOf(await this.#run('on', call), call, 'on');
      case 'off':
      case 'reboot': {
        if (!actions.has('off')) return outcomeOf(await this.#run('reboot', call), call, 'reboot');
        const off = await this.#switchOff(call);
        // Whoever waits for the node's death does not wait for its return.
        if (action === 'reboot' && off.kind === 'succeeded' && actions.has('on')) void this.#giveBack(call);
        return off;
      }
    }
  }

  /** Asks for the node's own state where the agent can: that finds a wrong plug as well as a device that does not answer. */
  async #monitor(call: Call): Promise<FenceOutcome> {
    if (!call.names.actions.has('status')) return outcomeOf(await this.#run('monitor', call), call, 'monitor');
    const end = await this.#run('status', call);
    const isOff = end.kind === 'exited' && end.code === IS_OFF;
    return isOff ? { kind: 'succeeded', power: 'off' } : outcomeOf(end, call, 'status');
  }

  /**
   * Takes the power away, and looks whether it is gone: what follows from a success is for good, and an agent may count an order that its device only took down.
   */
  async #switchOff(call: Call): Promise<FenceOutcome> {
    const off = outcomeOf(await this.#run('off', call), call, 'off');
    if (off.kind !== 'succeeded' || !call.names.actions.has('status')) return off;
    const { device, node, timeoutMs } = call.request;
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const end = await this.#run('status', call);
      if (end.kind === 'exited' && end.code === IS_OFF) return SUCCEEDED;
      if (end.kind !== 'exited' || end.code !== 0) return outcomeOf(end, call, 'status');
      if (performance.now() + LOOK_AGAIN_MS > giveUpAt) {
        return failed(`${device.agent} says that "off" succeeded, and that ${node} still has power`);
      }
      await delay(LOOK_AGAIN_MS, call.signal);
    }
  }

  async #giveBack(call: Call): Promise<void> {
    const { device, node } = call.request;
    const outcome = outcomeOf(await this.#run('on', call), call, 'on');
    if (outcome.kind === 'succeeded') return;
    this.#log.event('warn', `${node} was fenced and ${device.id} could not switch it on again: ${outcome.reason}`);
  }

  async #run(action: string, call: Call): Promise<ProcessEnd> {
    const { device, node, timeoutMs } = call.request;
    const { program, names, lines, signal, isPermitted } = call;
    return runProcess({
      argv: [program],
      environment: baseEnvironment(this.#path),
      input: fenceInput({ device, node, action, names, lines }),
      timeoutMs,
      signal,
      isPermitted: action === 'off' || action === 'reboot' ? isPermitted : undefined,
      note: action === 'status' || action === 'monitor' ? null : call.noteFor(),
    });
  }
}

function failed(reason: string): FenceOutcome {
  return { kind: 'failed', reason: oneLine(reason) };
}

function outcomeOf(end: ProcessEnd, call: Call, action: string): FenceOutcome {
  const what = `${call.request.device.agent} ${action}`;
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? SUCCEEDED : failed(`${what} exited with ${end.code}${causeIn(end, call)}`);
    case 'signalled':
      return failed(`${what} was ended by ${end.signal}${causeIn(end, call)}`);
    case 'timeout':
      return { kind: 'timeout', reason: oneLine(`${what} did not end in time and was killed${causeIn(end, call)}`) };
    case 'cancelled':
      return CANCELLED;
    case 'not-started':
      return failed(`${what} cannot be run here: ${end.message}`);
  }
}

/** The agent's own last words on the failure, without secrets. */
function causeIn({ stdout, stderr }: ProcessEnd, { secrets }: Call): string {
  const line = lastWords(stderr, secrets, 'tail') ?? lastWords(stdout, secrets, 'head');
  return line === null ? '' : `: ${line}`;
}

/** Shape: `kept` says which end of a long text was kept. */
function lastWords(text: string, secrets: readonly string[], kept: 'head' | 'tail'): string | null {
  const isCut = Buffer.byteLength(text) >= limits.agentOutputBytesMax;
  const all = text.split('\n');
  // Where a text was cut, half a secret may stand.
  const whole = !isCut ? all : kept === 'tail' ? all.slice(1) : all.slice(0, -1);
  const lines = whole.map((line) => withoutSecrets(line, secrets));
  const words = lines.filter((line) => line.trim() !== '' && !NOT_THE_CAUSE.test(line));
  return words.at(-1)?.replace(LOG_PREFIX, '').trim() ?? null;
}
