/**
 * Power switches of a lab, out of its network, as a management network is: fence agents inside ask for what then happens to the host.
 *
 * An agent leaves its question on the disk of its own host, where this side finds it, and waits there for the answer. A host that is dead asks nothing any more.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './host.js';
import { DISK } from './host-set-up.js';
import type { Lab } from './lab.js';
import { sleep } from './wait-until.js';

/** Where the agent is on every host. */
export const FENCE_AGENT = `${DISK}/fence_lab`;

/** The folder of questions and answers on a host's disk. */
const FOLDER = 'power';

/** One question of an agent, and what was done. Shape: `atMs` is wall time, when it was done. */
export interface PowerOrder {
  readonly by: string;
  readonly device: string;
  readonly action: string;
  readonly host: string;
  readonly isDone: boolean;
  readonly atMs: number;
}

/**
 * An agent that follows the interface of fence agents, as text; `metadata` is the part of a shell script that prints what it declares.
 *
 * It knows the host by its plug, and its device by a parameter `device` or by its address.
 */
export function fenceAgent(metadata: string): string {
  return `#!/bin/bash
if [ "$2" = metadata ]; then
${metadata}
exit
fi
mkdir -p ${DISK}/${FOLDER}
question=${DISK}/${FOLDER}/$$-$RANDOM
cat > "$question.new"
mv "$question.new" "$question.question"
until [ -e "$question.answer" ]; do sleep 0.05; done
code=$(cat "$question.answer")
rm -f "$question.answer"
[ "$code" = 1 ] && echo "ERROR: the device does not answer" >&2
exit "$code"
`;
}

const METADATA = `cat <<'END'
<?xml version="1.0" ?>
<resource-agent name="fence_lab" shortdesc="power switches of a lab">
<parameters><parameter name="action" /><parameter name="plug" /><parameter name="device" /></parameters>
<actions><action name="on" /><action name="off" /><action name="status" /><action name="monitor" /><action name="metadata" /></actions>
</resource-agent>
END`;

/** The switches of a lab's hosts. */
export class PowerSwitch {
  /** Everything that was asked but looks, oldest first. */
  readonly orders: PowerOrder[] = [];
  /** How often each device still fails to switch off. */
  readonly #failures = new Map<string, number>();
  #isOver = false;
  readonly #serving: Promise<void>;

  private constructor(private readonly lab: Lab) {
    this.#serving = this.#serve();
  }

  /** Puts the agent on every host's disk and answers from now on. */
  static start(lab: Lab): PowerSwitch {
    for (const host of lab.hosts) host.writeFile('fence_lab', fenceAgent(METADATA), 0o755);
    return new PowerSwitch(lab);
  }

  /** Lets a device fail to switch off so many times from now on. */
  fail(device: string, times: number): void {
    this.#failures.set(device, times);
  }

  /** Answers no more. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.#serving;
  }

  async #serve(): Promise<void> {
    while (!this.#isOver) {
      for (const host of this.lab.hosts) await this.#serveHost(host);
      await sleep(20);
    }
  }

  async #serveHost(host: Host): Promise<void> {
    const folder = join(this.lab.folder, host.name, 'disk', FOLDER);
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.question'))) {
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      rmSync(path);
      if (!host.isUp) continue;
      const code = await this.#answer(host.name, text);
      const answer = path.replace(/question$/, 'answer');
      writeFileSync(`${answer}.new`, String(code));
      renameSync(`${answer}.new`, answer);
    }
  }

  /** Returns the exit code of the agent. */
  async #answer(by: string, text: string): Promise<number> {
    const said = new Map(text.split('\n').map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]));
    const [device = said.get('ip') ?? '', action = '', plug = ''] = ['device', 'action', 'plug'].map((name) =>
      said.get(name),
    );
    const target = this.lab.host(plug);
    const failures = this.#failures.get(device) ?? 0;
    const isDone = action !== 'off' || failures === 0;
    if (action === 'off') this.#failures.set(device, Math.max(0, failures - 1));
    if (isDone && action === 'off' && target.isUp) await target.crash();
    if (action === 'on' && !target.isUp) await target.boot();
    if (action !== 'status' && action !== 'monitor') {
      this.orders.push({ by, device, action, host: plug, isDone, atMs: Date.now() });
    }
    return !isDone ? 1 : action === 'status' && !target.isUp ? 2 : 0;
  }
}
