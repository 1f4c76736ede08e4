import { describe, expect, it } from 'vitest';
import { KeptOutput } from '../../src/agents/kept-output.js';

describe('KeptOutput', () => {
  it('keeps all of what fits', () => {
    const output = new KeptOutput('head', 6);
    output.add(Buffer.from('abc'));
    output.add(Buffer.from('def'));
    expect([output.text(), output.isCut]).toEqual(['abcdef', false]);
  });

  it('keeps the head and says that it is cut', () => {
    const output = new KeptOutput('head', 4);
    output.add(Buffer.from('abc'));
    output.add(Buffer.from('def'));
    output.add(Buffer.from('ghi'));
    expect([output.text(), output.isCut]).toEqual(['abcd', true]);
  });

  it('keeps the tail over many chunks', () => {
    const output = new KeptOutput('tail', 4);
    for (const letter of 'abcdefghijklmnop') {
      output.add(Buffer.from(letter));
    }
    expect([output.text(), output.isCut]).toEqual(['mnop', true]);
  });

  it('keeps the tail of one large chunk', () => {
    const output = new KeptOutput('tail', 3);
    output.add(Buffer.from('abcdefghij'));
    expect(output.text()).toBe('hij');
  });
});
