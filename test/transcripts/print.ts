/** What happens in a story, in one line each. */
import type { VersionedEntry } from '../../src/base/versioned-table.js';
import type { HeldEntry } from '../../src/model/message.js';
import type { HolderEvent } from '../../src/ownership/holder.js';
import type { Actor, Datagram, World } from './world.js';

/** A datagram that is sent; null for one that only renews, unless those are asked for. */
export function printMessage({ from, to, message }: Datagram, withRenewals: boolean): string | null {
  const way = `${from} > ${to}`;
  switch (message.kind) {
    case 'heartbeat': {
      const { entries, from: begin, to: end } = message.table;
      const along = message.ack === undefined || message.ack === null ? '' : `, with ack ${message.ack.seq}`;
      if (entries.length === 0) return withRenewals ? `${way}  beat ${message.seq}${along}` : null;
      const span = begin === 0 && end === message.tableVersion ? '' : ` (${begin}..${end} of ${message.tableVersion})`;
      return `${way}  beat ${message.seq}${span}: ${printEntries(entries)}`;
    }
    case 'ack': {
      const denials = message.denials.map(
        ({ key, by, epochMax, incarnation }) =>
          `${key} denied, ${by === '' ? `epoch ${epochMax} was seen` : `${by} holds it`}${incarnation === undefined ? '' : ` until ${incarnation} is dead`}`,
      );
      if (denials.length === 0)
        return withRenewals ? `${way}  ack ${message.seq}, has all up to ${message.fullVersion}` : null;
      return `${way}  ack ${message.seq}: ${denials.join(', ')}`;
    }
    case 'refusal': {
      const wait = message.waitMs > 0 ? `, for ${message.waitMs} more` : '';
      return `${way}  refuses ${message.seq}: ${message.reason}${wait}`;
    }
    case 'free':
      return `${way}  free: ${message.key}`;
  }
}

/** Long lists are cut in the middle: what matters is where a piece begins and ends. */
function printEntries(entries: readonly VersionedEntry<HeldEntry>[]): string {
  const words = entries.map(({ key, value }) => {
    if (value === null) return `${key} released`;
    const list = value.resources.join('+');
    const shown = list === key ? '' : list.length > 30 ? ` (${value.resources.length} resources)` : ` (${list})`;
    return `${key} ${value.state} e${value.epoch}${shown}`;
  });
  return words.length <= 3 ? words.join(', ') : `${words[0]}, ... ${words.length - 2} more ..., ${words.at(-1)}`;
}

/** What a holder's step brought about. */
export function printEvent(actor: Actor, event: HolderEvent): string {
  const held = actor.holder.held.get(event.key);
  switch (event.kind) {
    case 'owned':
      return `${actor.name} OWNS ${event.key}, epoch ${event.epoch}, until ${Math.round(held?.validUntilMs ?? 0)} of its clock`;
    case 'lapsed':
      return `${actor.name} LAPSED ${event.key} (${event.why}), all down by ${Math.round(held?.deadByMs ?? 0)} of its clock`;
    case 'claim-dropped':
      return `${actor.name} drops its claim on ${event.key}${event.by === '' ? ', unanswered' : `, ${event.by} holds it`}`;
  }
}

/** Who holds what, and what every voter promised. */
export function printWorld(world: World): string[] {
  const lines: string[] = [];
  for (const actor of world.actors.values()) {
    if (!actor.isUp) {
      lines.push(`${actor.name} is down`);
      continue;
    }
    const nowMs = world.clockOf(actor);
    const held = [...actor.holder.held.values()].map((each) => {
      const left = Number.isFinite(each.validUntilMs) ? `, ${Math.round(each.validUntilMs - nowMs)} left` : '';
      return `${each.key} ${each.state} e${each.epoch}${left}`;
    });
    const promised = [...actor.voter.promises.values()].map((each) => {
      const left = Math.round(each.untilMs - nowMs);
      const end = each.needsFencing ? `until ${each.incarnation} is dead` : left > 0 ? `${left} left` : 'run out';
      return `${each.key} to ${each.node} e${each.epoch}, ${end}`;
    });
    lines.push(`${actor.name} holds: ${list(held)}`, `${actor.name} promised: ${list(promised)}`);
  }
  return lines;
}

function list(words: readonly string[]): string {
  if (words.length === 0) return 'nothing';
  return words.length <= 4 ? words.join('; ') : `${words[0]}; ... ${words.length - 2} more ...; ${words.at(-1)}`;
}
