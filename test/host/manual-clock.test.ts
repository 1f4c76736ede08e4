import { clockContract } from '../contract/clock-contract.js';
import { ManualClock } from './manual-clock.js';

clockContract('by hand', () => {
  const clock = new ManualClock();
  return {
    clock,
    advance: async (ms) => clock.advance(ms),
  };
});
