import { judgeForms, missing, PLACE_FORMS, PRIVATE_IP } from '../aws-forms.js';
import type { Rule } from '../rule.js';

/** The parameters of `builtin:aws-private-ip` name an address and where it belongs. */
export const awsPrivateIpParams: Rule = {
  code: 'aws-private-ip-params',
  needsWhole: [],
  *check(context) {
    for (const resource of context.spec.resources) {
      if (resource.type !== 'builtin:aws-private-ip' || !context.isWhole('resources', resource.id)) continue;
      if (!Object.hasOwn(resource.params, 'privateIp')) {
        yield missing(context, resource, { name: 'privateIp', example: '10.0.1.50' });
      }
      yield* judgeForms(context, resource, [PRIVATE_IP, ...PLACE_FORMS]);
    }
  },
};
