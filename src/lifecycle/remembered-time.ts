/** What is told of a duration: rounded up to two digits, and kept while a new one is within a quarter of it, so that the record does not change with every start. */
export function rememberedMs(beforeMs: number | null, tookMs: number): number {
  const step = 10 ** Math.max(1, Math.floor(Math.log10(Math.max(1, tookMs))) - 1);
  const roundedMs = Math.max(step, Math.ceil(tookMs / step) * step);
  return beforeMs !== null && Math.abs(roundedMs - beforeMs) * 4 <= beforeMs ? beforeMs : roundedMs;
}
