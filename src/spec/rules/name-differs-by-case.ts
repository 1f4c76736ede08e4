import type { Rule } from '../rule.js';

/** Two things of one kind do not differ in case alone, for people will mix them up. */
export const nameDiffersByCase: Rule = {
  code: 'name-differs-by-case',
  needsWhole: [],
  *check({ document, source }) {
    const kinds = { node: 'nodes', ping: 'pings', group: 'groups', resource: 'resources' } as const;
    for (const [kind, section] of Object.entries(kinds)) {
      const known = new Map<string, string>();
      for (const id of Object.keys(document[section] ?? {})) {
        const first = known.get(id.toLowerCase());
        if (first === undefined) {
          known.set(id.toLowerCase(), id);
          continue;
        }
        const at = source.key(section, first);
        yield {
          severity: 'warning',
          message: `${kind} "${id}" differs from "${first}" in case alone`,
          at: source.key(section, id),
          help: 'give one of them another name',
          notes: [{ at, message: `${kind} "${first}" stands here` }],
        };
      }
    }
  },
};
