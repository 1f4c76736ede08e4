import { declaredAgent } from '../declared-agent.js';
import type { Rule } from '../rule.js';

/** The forms of values that agents declare. Source: OCF resource agent API 1.1, "Parameter value types"; ocf-shellfuncs, ocf_is_true. */
const FORMS: Readonly<Record<string, { readonly form: RegExp; readonly words: string }>> = {
  integer: { form: /^[-+]?\d+$/, words: 'a whole number' },
  boolean: { form: /^(true|false|yes|no|on|off|y|n|t|f|ja|nein|0|1)$/i, words: 'true or false' },
};

/** Values have the type that the agent declares. Texts have any value. */
export const parameterType: Rule = {
  code: 'parameter-type',
  needsWhole: [],
  *check(context) {
    for (const { id, type, params } of context.spec.resources) {
      const agent = declaredAgent(context, type);
      if (agent === null) continue;
      for (const parameter of agent.parameters) {
        const expected = Object.hasOwn(FORMS, parameter.type) ? FORMS[parameter.type] : undefined;
        const value = Object.hasOwn(params, parameter.name) ? params[parameter.name] : undefined;
        if (expected === undefined || value === undefined) continue;
        if (typeof value === 'string' && expected.form.test(value)) continue;
        yield {
          severity: 'warning',
          message: `"${parameter.name}" of resource "${id}" must be ${expected.words}, says ${type}`,
          at: context.source.value('resources', id, 'params', parameter.name),
        };
      }
    }
  },
};
