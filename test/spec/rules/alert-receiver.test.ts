import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('alert-receiver', () => {
  it('finds receivers that are nothing, or two things', () => {
    expectProblems(
      `
alerts:
  none: { events: [failover] }
  both: { webhook: "https://chat.example.net/", program: /bin/true }
`,
      [
        '2:3 error alert-receiver "none": receiver "none" of alerts is neither a webhook nor a program | = write `webhook: URL` or `program: PATH`; two receivers are two entries',
        '3:49 error alert-receiver "program": receiver "both" of alerts is a webhook and a program | = write `webhook: URL` or `program: PATH`; two receivers are two entries',
      ],
    );
  });

  it('finds keys of the other kind, and forms of time that are not known', () => {
    expectProblems(
      `
alerts:
  hook: { webhook: "https://chat.example.net/", recipient: me }
  prog: { program: /bin/true, body: { text: x } }
  time: { program: /bin/true, timestampFormat: "%H:%M %p" }
  fine: { program: /bin/true, timestampFormat: "%Y-%m-%d,%H:%M:%S.%01N" }
`,
      [
        '2:49 error alert-receiver "recipient": receiver "hook" of alerts is a webhook, and `recipient` is for a program | = take it out',
        '3:31 error alert-receiver "body": receiver "prog" of alerts is a program, and `body` is for a webhook | = take it out',
        '4:48 error alert-receiver ""%H:%M %p"": "%p" in the time format of receiver "time" is not known | known are %Y %m %d %H %M %S %F %T %s %z %N, %1N to %9N and %%',
      ],
    );
  });
});
