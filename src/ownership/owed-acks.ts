/**
 * Acks that need no datagram of their own: a voter says them with its own next heartbeat to the node.
 *
 * Who renews nothing waits for nothing. What it learns from the ack (that a majority answers it, how its clock runs) is good for a lease length, and a heartbeat later is soon enough.
 */
import type { Ack, Heartbeat } from '../model/message.js';
import type { OwedAck, VoterState } from './voter-state.js';

/**
 * Whether an ack may be said with a heartbeat: its node reads it there, and it is small.
 *
 * Nodes of earlier versions do not read it, and say so by not having the field.
 */
export function mayRide(heartbeat: Heartbeat, ack: Ack): boolean {
  return heartbeat.ack !== undefined && ack.complete && ack.denials.length === 0;
}

/** Keeps an ack for the next heartbeat to its node, in place of an older one, which it makes needless. */
export function owe(state: VoterState, heartbeat: Heartbeat, ack: Ack): void {
  state.owed.set(heartbeat.from, { ack, isUrgent: !isAtRest(state, heartbeat) });
}

/** The ack that a heartbeat to this node takes along; null when there is none. It goes over every link, so that a copy of what it answers needs no answer. */
export function takeOwed(state: VoterState, node: string): Ack | null {
  const owed = state.owed.get(node);
  if (owed === undefined) return null;
  state.owed.delete(node);
  noteSaid(state, node, owed.ack);
  return owed.ack;
}

/**
 * The acks that are to be said by themselves, by node: urgent ones over the ways that what they answer came, and all others over every link, after heartbeats that had no room for them.
 */
export function takeLeftBehind(state: VoterState, hasBeat: boolean): Map<string, OwedAck> {
  const left = new Map<string, OwedAck>();
  for (const [node, owed] of state.owed) {
    if (!owed.isUrgent && !hasBeat) continue;
    state.owed.delete(node);
    if (!owed.isUrgent) noteSaid(state, node, owed.ack);
    left.set(node, owed);
  }
  return left;
}

function noteSaid(state: VoterState, node: string, ack: Ack): void {
  const session = state.sessions.get(node);
  if (session?.lastAck === ack) session.isAckSaid = true;
}

/** Whether a node asks for nothing: it claims, owns and releases nothing, and this voter knows that it does. */
export function isAtRest(state: VoterState, heartbeat: Heartbeat): boolean {
  const table = state.sessions.get(heartbeat.from)?.table;
  if (table === undefined || table.version !== heartbeat.tableVersion || heartbeat.table.entries.length > 0)
    return false;
  return !holdsAnything(state, heartbeat.from);
}

/** Whether a node has leases or claims, by what this voter knows. */
export function holdsAnything(state: VoterState, node: string): boolean {
  const session = state.sessions.get(node);
  if (session === undefined) return false;
  for (const { value } of session.table.entries.values()) if (value !== null) return true;
  return false;
}
