/**
 * The forms of date(1) in which a point of time is written, as far as alert agents use them.
 *
 * Source: date(1) of GNU coreutils.
 */

/** A point of time by the calendar of some time zone. Shape: `month` and `day` from 1, `offsetMinutes` east of UTC, `epochSeconds` since 1970. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly offsetMinutes: number;
  readonly epochSeconds: number;
}

/** A percent sign with what belongs to it. */
const CONVERSION = /%(0?[1-9]?N|[A-Za-z%]|$)/g;

const KNOWN = /^%(0?[1-9]?N|[YmdHMSFTsz%])$/;

/** Writes a point of time. What is no known conversion stays as it is. */
export function formatTime(format: string, time: CalendarTime): string {
  return format.replace(CONVERSION, (conversion) => (KNOWN.test(conversion) ? convert(conversion, time) : conversion));
}

/** The conversions of a format that are not known, in order. */
export function unknownConversions(format: string): string[] {
  return [...format.matchAll(CONVERSION)].map(([conversion]) => conversion).filter((each) => !KNOWN.test(each));
}

function convert(conversion: string, time: CalendarTime): string {
  const digits = /^%0?([1-9])?N$/.exec(conversion);
  if (digits !== null) return `${padded(time.microsecond, 6)}000`.slice(0, Number(digits[1] ?? 9));
  switch (conversion) {
    case '%Y':
      return String(time.year);
    case '%m':
      return padded(time.month, 2);
    case '%d':
      return padded(time.day, 2);
    case '%H':
      return padded(time.hour, 2);
    case '%M':
      return padded(time.minute, 2);
    case '%S':
      return padded(time.second, 2);
    case '%F':
      return formatTime('%Y-%m-%d', time);
    case '%T':
      return formatTime('%H:%M:%S', time);
    case '%s':
      return String(time.epochSeconds);
    case '%z': {
      const minutes = Math.abs(time.offsetMinutes);
      const sign = time.offsetMinutes < 0 ? '-' : '+';
      return `${sign}${padded(Math.floor(minutes / 60), 2)}${padded(minutes % 60, 2)}`;
    }
    default:
      return '%';
  }
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
