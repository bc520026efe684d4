/** Times and durations in words. Everything is given and compared in milliseconds; the service speaks RFC 3339 in UTC. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function millis(iso: string): number {
  return Date.parse(iso);
}

/** The number of the local day, for what changes its wording only then. */
export function dayOf(now: number): number {
  return Math.floor((now - new Date(now).getTimezoneOffset() * MINUTE) / DAY);
}

/** "just now", "12 s ago", "3 min ago", "5 h ago", "yesterday", "6 days ago", and from a month on the date. */
export function ago(iso: string, now: number): string {
  const elapsed = now - millis(iso);
  if (elapsed < 5 * SECOND) return "just now";
  if (elapsed < MINUTE) return `${Math.floor(elapsed / SECOND)} s ago`;
  if (elapsed < HOUR) return `${Math.floor(elapsed / MINUTE)} min ago`;
  if (elapsed < DAY) return `${Math.floor(elapsed / HOUR)} h ago`;
  if (elapsed < 2 * DAY) return "yesterday";
  if (elapsed < 30 * DAY) return `${Math.floor(elapsed / DAY)} days ago`;
  return date(iso);
}

/** The two largest units: "41 s", "12 min 4 s", "6 h 12 min", "3 d 4 h". */
export function duration(elapsed: number): string {
  if (elapsed < SECOND) return elapsed < 1 ? "0 s" : `${Math.round(elapsed)} ms`;
  if (elapsed < MINUTE) return `${Math.floor(elapsed / SECOND)} s`;
  if (elapsed < HOUR) return pair(elapsed, MINUTE, "min", SECOND, "s");
  if (elapsed < DAY) return pair(elapsed, HOUR, "h", MINUTE, "min");
  return pair(elapsed, DAY, "d", HOUR, "h");
}

function pair(elapsed: number, large: number, largeWord: string, small: number, smallWord: string): string {
  const rest = Math.floor((elapsed % large) / small);
  const whole = `${Math.floor(elapsed / large)} ${largeWord}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallWord}`;
}

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", options);
const DATE = format({ day: "numeric", month: "short", year: "numeric" });
const DAY_AND_MINUTE = format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const DAY_AND_SECOND = format({
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const TO_MINUTE = format({ hour: "2-digit", minute: "2-digit" });
const TO_SECOND = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const LOCAL = format({ dateStyle: "medium", timeStyle: "long" });
const UTC = format({ dateStyle: "medium", timeStyle: "long", timeZone: "UTC" });

export function date(iso: string): string {
  return DATE.format(millis(iso));
}

function isSameDay(iso: string, now: number): boolean {
  return DATE.format(millis(iso)) === DATE.format(now);
}

function isNear(iso: string, now: number): boolean {
  return Math.abs(now - millis(iso)) < 180 * DAY;
}

/** As short as it can be and still be found again: "14:02", "23 Nov, 14:02", "2 Oct 1993". */
export function brief(iso: string, now: number): string {
  if (isSameDay(iso, now)) return TO_MINUTE.format(millis(iso));
  return isNear(iso, now) ? DAY_AND_MINUTE.format(millis(iso)) : date(iso);
}

/** To the second: "14:20:07" today, "2 Oct, 14:20:07" this half year, "2 Oct 1993, 14:20:07" before. */
export function exact(iso: string, now: number): string {
  const time = TO_SECOND.format(millis(iso));
  if (isSameDay(iso, now)) return time;
  return isNear(iso, now) ? DAY_AND_SECOND.format(millis(iso)) : `${date(iso)}, ${time}`;
}

/** For whoever asks what a relative time means, line by line: local (where that differs), UTC, and as the service says it. */
export function inFull(iso: string): string {
  return [...new Set([LOCAL.format(millis(iso)), UTC.format(millis(iso)), iso])].join("\n");
}
