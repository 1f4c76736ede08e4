import type { Rule } from '../rule.js';

/** A level of a node holds devices that can fence this node. */
export const fenceLevelOfOtherNode: Rule = {
  code: 'fence-level-of-other-node',
  needsWhole: ['fencing'],
  *check({ document, names, spec, source }) {
    const byId = new Map(spec.fencing.devices.map((device) => [device.id, device]));
    for (const [node, levels] of Object.entries(document.fencing?.levels ?? {})) {
      if (!names.nodes.has(node)) continue;
      for (const [level, ids] of levels.entries()) {
        for (const [index, id] of ids.entries()) {
          const device = byId.get(id);
          if (device === undefined || device.nodes.includes(node)) continue;
          yield {
            severity: 'error',
            message: `level ${level + 1} of node "${node}" uses fence device "${id}", which cannot fence that node`,
            at: source.value('fencing', 'levels', node, level, index),
            help: `add "${node}" to \`nodes\` of the device, or take the device out of the level`,
          };
        }
      }
    }
  },
};
