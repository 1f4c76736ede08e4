/** What every answer to the transport port keeps, the real one and simulated ones alike, on a network that loses nothing just now. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/ports/transport.js';

/** Two nodes on trial, each with two links; link i of one reaches link i of the other. */
export interface TransportTrial<Frame> {
  readonly a: Transport<Frame>;
  readonly b: Transport<Frame>;
  /** The nodes' addresses, by link. */
  readonly addressesOfA: readonly [string, string];
  readonly addressesOfB: readonly [string, string];
  /** An address in the same network that nobody has. */
  readonly nobody: string;
  /** Makes a frame of this text. */
  readonly frame: (text: string) => Frame;
  /** The text of a frame. */
  readonly text: (frame: Frame) => string;
  /** Lets what was sent arrive; `isDone` tells a real network when it need not wait any more. */
  readonly settle: (isDone: () => boolean) => Promise<void>;
  /** Takes everything down. */
  readonly end: () => void;
}

interface Arrival {
  readonly link: number;
  readonly address: string;
  readonly text: string;
}

/** The suite. */
export function transportContract<Frame>(name: string, make: () => Promise<TransportTrial<Frame>>): void {
  describe(`the transport "${name}"`, () => {
    const trials: TransportTrial<Frame>[] = [];
    afterEach(() => {
      for (const trial of trials.splice(0)) trial.end();
    });
    /** Both nodes, listening, with what arrived at each. */
    const begin = async () => {
      const trial = await make();
      trials.push(trial);
      const atA: Arrival[] = [];
      const atB: Arrival[] = [];
      const noted =
        (list: Arrival[]) =>
        (arrivals: readonly { readonly link: number; readonly address: string; readonly frame: Frame }[]) => {
          for (const { link, address, frame } of arrivals) list.push({ link, address, text: trial.text(frame) });
        };
      trial.a.listen(noted(atA));
      trial.b.listen(noted(atB));
      return { ...trial, atA, atB };
    };

    it('brings a frame over each link, and tells by which and where from', async () => {
      const { a, atB, addressesOfA, addressesOfB, frame, settle } = await begin();
      a.send({ link: 0, address: addressesOfB[0], frame: frame('over 0') });
      a.send({ link: 1, address: addressesOfB[1], frame: frame('over 1') });
      await settle(() => atB.length === 2);
      expect(atB.sort((x, y) => x.link - y.link)).toEqual([
        { link: 0, address: addressesOfA[0], text: 'over 0' },
        { link: 1, address: addressesOfA[1], text: 'over 1' },
      ]);
    });

    it('brings an answer back to where a frame came from', async () => {
      const { a, b, atA, atB, addressesOfB, frame, settle } = await begin();
      a.send({ link: 1, address: addressesOfB[1], frame: frame('question') });
      await settle(() => atB.length === 1);
      const { link, address } = atB[0] ?? { link: -1, address: '' };
      b.send({ link, address, frame: frame('answer') });
      await settle(() => atA.length === 1);
      expect(atA).toEqual([{ link: 1, address: addressesOfB[1], text: 'answer' }]);
    });

    it('keeps frames whole and apart, small ones and such as just fit', async () => {
      const { a, atB, addressesOfB, frame, settle } = await begin();
      const texts = Array.from({ length: 20 }, (_, i) => `${i}:${'x'.repeat(i * 70)}`);
      for (const text of texts) a.send({ link: 0, address: addressesOfB[0], frame: frame(text) });
      await settle(() => atB.length === texts.length);
      expect(new Set(atB.map(({ text }) => text))).toEqual(new Set(texts));
    });

    it('brings a node what it sends to itself', async () => {
      const { a, atA, addressesOfA, frame, settle } = await begin();
      a.send({ link: 0, address: addressesOfA[0], frame: frame('self') });
      await settle(() => atA.length === 1);
      expect(atA).toEqual([{ link: 0, address: addressesOfA[0], text: 'self' }]);
    });

    it('loses what nobody can receive, without a word, and works on', async () => {
      const { a, atB, addressesOfB, nobody, frame, settle } = await begin();
      for (const address of [nobody, 'no-address', '']) a.send({ link: 0, address, frame: frame('lost') });
      a.send({ link: 7, address: addressesOfB[0], frame: frame('by no link') });
      a.send({ link: 0, address: addressesOfB[0], frame: frame('arrives') });
      await settle(() => atB.length === 1);
      expect(atB.map(({ text }) => text)).toEqual(['arrives']);
    });

    it('hears and sends nothing any more once closed, and may be closed twice', async () => {
      const { a, b, atA, atB, addressesOfA, addressesOfB, frame, settle } = await begin();
      b.close();
      b.close();
      a.send({ link: 0, address: addressesOfB[0], frame: frame('too late') });
      b.send({ link: 0, address: addressesOfA[0], frame: frame('from the grave') });
      a.send({ link: 0, address: addressesOfA[0], frame: frame('self') });
      await settle(() => atA.length === 1);
      expect(atA.map(({ text }) => text)).toEqual(['self']);
      expect(atB).toEqual([]);
    });
  });
}
