import { expect, it } from 'vitest';
import { CutTransport } from '../../src/daemon/cut-transport.js';
import type { Arrival, Transport } from '../../src/ports/transport.js';

/** A wire that keeps what is sent and can be made to deliver. */
function wire(): Transport<string> & { sent: string[]; deliver: (...arrivals: Arrival<string>[]) => void } {
  let receive: (arrivals: readonly Arrival<string>[]) => void = () => undefined;
  const sent: string[] = [];
  return {
    sent,
    deliver: (...arrivals) => receive(arrivals),
    send: ({ address, frame }) => {
      sent.push(`${frame} to ${address}`);
    },
    listen: (listener) => {
      receive = listener;
    },
    close: () => undefined,
  };
}

it('loses everything to and from a cut address, in both directions, until it is healed', () => {
  const inner = wire();
  const transport = new CutTransport(inner);
  const heard: string[] = [];
  transport.listen((arrivals) => heard.push(...arrivals.map(({ address, frame }) => `${frame} from ${address}`)));

  transport.cut(['127.0.0.2']);
  transport.send({ link: 0, address: '127.0.0.2', frame: 'a' });
  transport.send({ link: 0, address: '127.0.0.3', frame: 'b' });
  inner.deliver({ link: 0, address: '127.0.0.2', frame: 'c' }, { link: 0, address: '127.0.0.3', frame: 'd' });
  transport.cut([]);
  transport.send({ link: 0, address: '127.0.0.2', frame: 'e' });
  inner.deliver({ link: 0, address: '127.0.0.2', frame: 'f' });

  expect(inner.sent).toEqual(['b to 127.0.0.3', 'e to 127.0.0.2']);
  expect(heard).toEqual(['d from 127.0.0.3', 'f from 127.0.0.2']);
});
