import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('attribute-wish', () => {
  it('finds a check that asks several things, or nothing that can be true, of an attribute', () => {
    expectProblems(
      `
checks:
  two: { attribute: site, is: east, isNot: west }
  there: { attribute: site, atLeast: 1, defined: true }
  loose: { attribute: site, is: "1.9", as: version }
  word: { attribute: site, atLeast: many }
  dotted: { attribute: site, atLeast: 1.9.2 }
  odd: { attribute: site, atMost: newest, as: version }
  never: { attribute: site, atLeast: 1.10, atMost: 1.9, as: version }
  name: { attribute: "#uname", is: lb1 }
  range: { attribute: site, atLeast: 1.10, atMost: 1.9 }
  pingd: { attribute: pingd, atLeast: 1 }
  gone: { attribute: site, defined: false }
resources:
  web: { type: builtin:noop, requires: [two, there, loose, word, dotted, odd, never, name, range, pingd, gone] }
`,
      [
        '2:37 error attribute-wish "isNot": check "two" asks several things of its attribute: is and isNot | `is` says it already | = take one of them out, or make a check of its own for each and require both',
        '3:41 error attribute-wish "defined": check "there" asks several things of its attribute: atLeast and defined | `atLeast` says it already | = take one of them out, or make a check of its own for each and require both',
        '4:40 error attribute-wish "as": `as` of check "loose" says nothing without `atLeast` and `atMost` | = take it out: `is` and `isNot` compare letter by letter',
        '5:37 error attribute-wish "many": `atLeast` of check "word" is "many", which is no number | = `is` compares texts letter by letter',
        '6:39 error attribute-wish "1.9.2": `atLeast` of check "dotted" is "1.9.2", which is no number | write `as: version` beside it | = `is` compares texts letter by letter',
        '7:35 error attribute-wish "newest": `atMost` of check "odd" is "newest", which is no version',
        '8:52 error attribute-wish "1.9": check "never" can never pass: `atLeast` is 1.10 and `atMost` 1.9',
        '9:22 error attribute-wish ""#uname"": check "name" looks at attribute "#uname", which nobody writes here | it is known to the rules of Pacemaker alone | = name nodes or their labels in `prefer:`, `require:` and `avoid:`',
      ],
    );
  });
});
