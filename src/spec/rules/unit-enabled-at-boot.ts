import type { Rule } from '../rule.js';

/** No unit is started at boot where the spec is validated, for that would be outside fairlead's control. Told once for each unit. */
export const unitEnabledAtBoot: Rule = {
  code: 'unit-enabled-at-boot',
  needsWhole: [],
  *check({ spec, source, catalogue }) {
    if (catalogue === null) return;
    const told = new Set<string>();
    for (const { id, type } of spec.resources) {
      const target = Object.hasOwn(catalogue.agents, type) ? catalogue.agents[type]?.bootTarget : undefined;
      if (target === undefined || target === null || told.has(type)) continue;
      told.add(type);
      const unit = type.slice('systemd:'.length);
      yield {
        severity: 'warning',
        message: `${type} is started by ${target} at boot on ${catalogue.source}`,
        at: source.value('resources', id, 'type'),
        label: `fairlead may not want "${id}" there`,
        help: unit.endsWith('.mount')
          ? `write \`noauto\` in its line of /etc/fstab, or \`systemctl disable ${unit}\``
          : `\`systemctl disable ${unit}\` on every node that may run the group`,
      };
    }
  },
};
