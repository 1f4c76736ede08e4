import { describe, expect, it } from 'vitest';
import { completeText, decodeText, describeProblems, expectProblems } from '../expect-problems.js';

describe('order-cycle', () => {
  it('shows the ring with its lines', () => {
    expectProblems(
      `
groups:
  web: { members: [w], after: [app] }
  app: { members: [a], after: [db] }
  db: { members: [d], with: [web] }
  other: { members: [o], after: [web] }
resources:
  w: { type: builtin:noop }
  a: { type: builtin:noop }
  d: { type: builtin:noop }
  o: { type: builtin:noop }
`,
      [
        '3:32 error order-cycle "db": groups wait for each other in a ring: app -> db -> web -> app | none of them can ever start | = take one of these lines out | = note 3: "app" starts after "db" | = note 4: "db" runs beside "web" | = note 2: "web" starts after "app"',
      ],
    );
  });

  it.each([
    ['one after the other, which runs beside it', 'with: [b]', 'after: [a]', 'b -> a -> b'],
    ['beside each other, and one after the other', 'with: [b], after: [b]', 'with: [a]', 'a -> b -> a'],
  ])('refuses a ring of both kinds: %s', (_, ofA, ofB, ring) => {
    const text = `
resources:
  a: { type: builtin:noop, ${ofA} }
  b: { type: builtin:noop, ${ofB} }
`;
    const problems = describeProblems(decodeText(text), { 'test.yaml': completeText(text) });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`groups wait for each other in a ring: ${ring} `);
  });

  it('lets pass what runs beside another and starts after it', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, with: [b], after: [b] }
  b: { type: builtin:noop }
`,
      [],
    );
  });

  it('lets a ring of with alone pass', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, with: [b] }
  b: { type: builtin:noop, with: [a] }
`,
      [],
    );
  });

  it('tells two separate rings', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, after: [b] }
  b: { type: builtin:noop, after: [a] }
  c: { type: builtin:noop, after: [d] }
  d: { type: builtin:noop, after: [c] }
`,
      [
        '2:36 error order-cycle "b": groups wait for each other in a ring: a -> b -> a | none of them can ever start | = take one of these lines out | = note 2: "a" starts after "b" | = note 3: "b" starts after "a"',
        '4:36 error order-cycle "d": groups wait for each other in a ring: c -> d -> c | none of them can ever start | = take one of these lines out | = note 4: "c" starts after "d" | = note 5: "d" starts after "c"',
      ],
    );
  });
});
