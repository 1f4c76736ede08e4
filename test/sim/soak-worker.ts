/** A process of the soak command: does one task after another, as they are sent to it. */
import { decodeKept } from '../../src/sim/decode-kept.js';
import type { SoakTask } from './soak-task.js';
import { doTask } from './soak-task.js';

process.on('message', (text) => {
  const task = decodeKept<SoakTask>(String(text));
  if (task !== null) process.send?.(JSON.stringify(doTask(task)));
});
