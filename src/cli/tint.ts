/** The colours of a plan. */
import { unreachable } from '../base/invariant.js';
import type { PlanTint } from '../planner/explain.js';
import type { Paint } from './paint.js';

/** Paints the pieces of an explanation. */
export function paintPlan(paint: Paint): (tint: PlanTint, text: string) => string {
  return (tint, text) => {
    switch (tint) {
      case 'heading':
        return paint.bold(text);
      case 'add':
        return paint.good(text);
      case 'change':
        return paint.warning(text);
      case 'remove':
      case 'alarm':
        return paint.bad(text);
      case 'faint':
        return paint.dim(text);
      default:
        return unreachable(tint);
    }
  };
}
