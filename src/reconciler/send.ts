import type { Message } from '../model/message.js';
import type { Route } from './input-effect.js';
import type { Effects, Mind } from './mind.js';

/** Sends a message over every link that this node shares with a peer. */
export function sendTo(mind: Mind, to: string, message: Message, effects: Effects): void {
  if (to === mind.node) return;
  const routes = routesTo(mind, to);
  if (routes.length > 0) effects.push({ kind: 'send', to, routes, message });
}

/** Every way to a peer: the links that both nodes have. */
export function routesTo(mind: Mind, peer: string): Route[] {
  const own = mind.index.nodes.get(mind.node)?.addresses.length ?? 0;
  const addresses = mind.index.nodes.get(peer)?.addresses ?? [];
  return addresses.slice(0, own).map((address, link) => ({ link, address }));
}
