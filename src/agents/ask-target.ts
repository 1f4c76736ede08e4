import { unreachable } from '../base/invariant.js';
import type { Target } from '../model/target.js';
import { askEcho } from './ask-echo.js';
import { askPort } from './ask-port.js';
import type { UrlExpectation } from './ask-url.js';
import { askUrl } from './ask-url.js';
import type { AskOptions, TargetAnswer } from './target-answer.js';

/** Asks once. */
export function askTarget(target: Target, options: AskOptions, expectation?: UrlExpectation): Promise<TargetAnswer> {
  switch (target.kind) {
    case 'icmp':
      return askEcho(target.host, options);
    case 'tcp':
      return askPort(target, options);
    case 'http':
      return askUrl(target.text, options, expectation);
    default:
      return unreachable(target);
  }
}
