/** Names a place of a spec as people do. */

const KINDS: Readonly<Record<string, string>> = {
  nodes: 'node',
  pings: 'ping',
  checks: 'check',
  groups: 'group',
  resources: 'resource',
};

/** What stands at a path: `group "web"`, `"timeouts" of resource "nginx"`. */
export function describePath(path: readonly string[]): string {
  const [section, id, ...rest] = path;
  if (section === undefined) return 'the spec';
  if (id === undefined) return `"${section}"`;
  const kind = KINDS[section];
  if (kind !== undefined) return describeWithin(rest, `${kind} "${id}"`);
  const [device, ...further] = rest;
  if (section === 'fencing' && id === 'devices' && device !== undefined)
    return describeWithin(further, `fence device "${device}"`);
  return describeWithin([id, ...rest], section);
}

function describeWithin(rest: readonly string[], holder: string): string {
  return rest.reduce(
    (around, part) => (/^\d+$/.test(part) ? `entry ${Number(part) + 1} of ${around}` : `"${part}" of ${around}`),
    holder,
  );
}
