import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('bad-url', () => {
  it('finds webhooks that cannot be asked', () => {
    const help = '= write `https://HOST/PATH`, or `{ file: PATH }` for a URL that is secret itself';
    expectProblems(
      `
alerts:
  a: { webhook: chat.example.net }
  b: { webhook: "https://me:pw@chat.example.net/" }
  c: { webhook: { file: /etc/fairlead/url } }
`,
      [
        `2:17 error bad-url "chat.example.net": the webhook of receiver "a" cannot be asked: it is no URL of the form http://HOST:PORT/PATH | ${help}`,
        `3:17 error bad-url ""https://me:pw@chat.example.net/"": the webhook of receiver "b" cannot be asked: a user or password may not stand in it: a spec is copied to every node | ${help}`,
      ],
    );
  });
});
