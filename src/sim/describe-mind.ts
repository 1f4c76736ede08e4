import type { Mind } from '../reconciler/mind.js';

/** What a node believes and plans, in lines for a trace. Shape: `nowMs` is of its clock. */
export function describeMind(mind: Mind, nowMs: number): string[] {
  const lives = [...mind.lives.values()].map((life) => {
    const marks = [
      life.operation?.action,
      life.banned ? 'banned' : '',
      life.blocked ? 'blocked' : '',
      life.halted ? 'halted' : '',
    ];
    return [`${life.resource.group}/${life.resource.id}`, life.state, ...marks].filter((word) => word).join(' ');
  });
  const held = [...mind.holder.held.values()].map(
    (each) =>
      `${each.key} ${each.state} epoch ${each.epoch} for ${Math.round(each.validUntilMs - nowMs)} ms [${each.resources.join(' ')}]${each.amendment === null ? '' : ` becoming [${each.amendment.resources.join(' ')}]`}`,
  );
  const promises = [...(mind.voter?.promises.values() ?? [])].map(
    (each) =>
      `${each.key} to ${each.node} epoch ${each.epoch} for ${Math.round(each.untilMs - nowMs)} ms [${each.resources.join(' ')}]`,
  );
  const seen = mind.spec.nodes.flatMap(({ id }) =>
    [...(mind.records.records.get(id)?.table.entries.values() ?? [])].flatMap(({ value }) =>
      value?.kind === 'resource'
        ? [`${value.resource.resource} on ${value.resource.node}: ${value.resource.state}`]
        : value?.kind === 'lease'
          ? [`lease ${value.lease.group} of ${value.lease.node}: ${value.lease.state} ${value.lease.epoch}`]
          : [],
    ),
  );
  return [
    `revision ${mind.revisions.inForce.generation} ${mind.revisions.inForce.hash.slice(0, 7)}`,
    `lives: ${lives.join('; ')}`,
    `holds: ${held.join('; ')}`,
    `promises: ${promises.join('; ')}`,
    `sees: ${seen.join('; ')}`,
    ...(mind.plan?.placements ?? []).map(
      (each) =>
        `placement ${each.group}: ${each.current ?? '-'} to ${each.node ?? '-'} (${each.change}): ${each.reasons[0]?.text ?? ''}`,
    ),
    ...(mind.plan?.actions ?? []).map(
      (each) => `action ${each.id} after ${each.after.join(', ') || 'nothing'}: ${each.reason.text}`,
    ),
    ...(mind.plan?.waits ?? []).map((each) => `wait ${each.group}: ${each.kind} on ${each.on}: ${each.text}`),
  ];
}
