/** Holds a runner in a process that has few file descriptors, and takes them away: carries out steps, and prints as JSON what came of them. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { watchAddresses } from '../../../src/agents/address-watch.js';
import { createAgentRunner } from '../../../src/agents/agent-runner.js';
import { CallRecords } from '../../../src/agents/call-records.js';
import type { ResourceSpec } from '../../../src/model/cluster-spec.js';
import type { Operation, Outcome } from '../../../src/model/operation.js';

/**
 * A step.
 *
 * take: leaves that many descriptors free. take-next-turn, take-once: leaves none, in the next turn of the event loop or once there is a file, while the step that follows is under way. watch: has the address of a resource watched.
 */
export type NoRoomStep =
  | { readonly kind: 'take'; readonly left: number }
  | { readonly kind: 'take-next-turn' }
  | { readonly kind: 'take-once'; readonly path: string }
  | { readonly kind: 'give-back' }
  | { readonly kind: 'run'; readonly operation: Operation }
  | { readonly kind: 'watch'; readonly resource: ResourceSpec };

/** What came of the steps: outcomes of operations, and why addresses are not watched. */
export interface NoRoomStory {
  readonly outcomes: Outcome[];
  readonly lost: (string | null)[];
}

const [stateDir = '', text = '[]'] = process.argv.slice(2);
const steps: readonly NoRoomStep[] = JSON.parse(text);
const story: NoRoomStory = { outcomes: [], lost: [] };
const taken: number[] = [];
const runner = createAgentRunner({ node: 'lb1', stateDir, log: { event: () => undefined } });
const calls = new CallRecords(join(stateDir, 'watch'));
const watch = watchAddresses({
  path: undefined,
  note: () => calls.noteForWatch('addresses'),
  onNudge: () => undefined,
  onLost: (why) => story.lost.push(why),
});
for (const step of steps) await carryOut(step);
runner.close();
watch.close();
process.stdout.write(JSON.stringify(story));

async function carryOut(step: NoRoomStep): Promise<void> {
  switch (step.kind) {
    case 'take':
      return take(step.left);
    case 'take-next-turn':
      setImmediate(() => take(0));
      return;
    case 'take-once':
      takeOnce(step.path);
      return;
    case 'give-back':
      for (const descriptor of taken.splice(0)) closeSync(descriptor);
      return;
    case 'run':
      story.outcomes.push(await runner.run(step.operation));
      return;
    case 'watch':
      watch.follow(step.resource);
      await new Promise((resolve) => setImmediate(resolve));
  }
}

function takeOnce(path: string): void {
  if (existsSync(path)) take(0);
  else setTimeout(() => takeOnce(path), 10);
}

function take(left: number): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    for (const descriptor of taken.splice(taken.length - left)) closeSync(descriptor);
  }
}
