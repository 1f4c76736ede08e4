import type { Rule } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Every device that a level names is in the spec. */
export const unknownFenceDevice: Rule = {
  code: 'unknown-fence-device',
  needsWhole: [],
  *check({ document, names, source, suggest }) {
    for (const [node, levels] of Object.entries(document.fencing?.levels ?? {})) {
      for (const [level, devices] of levels.entries()) {
        for (const [index, device] of devices.entries()) {
          if (names.fenceDevices.has(device)) continue;
          const meant = suggest(device, names.fenceDevices);
          yield {
            severity: 'error',
            message: `level ${level + 1} of node "${node}" names fence device "${device}", which is not in the spec`,
            at: source.value('fencing', 'levels', node, level, index),
            ...didYouMean(meant),
            ...(meant === null ? { help: 'add it under `fencing.devices:`' } : {}),
          };
        }
      }
    }
  },
};
