/** The small drawings of the page, all 16 by 16 and in the colour of their text. */
const DRAWINGS = {
  plus: "M8 3.25v9.5M3.25 8h9.5",
  cross: "m4.25 4.25 7.5 7.5m0-7.5-7.5 7.5",
  tick: "m3.5 8.5 3 3 6-7",
  down: "m4.5 6.25 3.5 3.5 3.5-3.5",
  left: "M9.75 4.5 6.25 8l3.5 3.5",
  right: "m6.25 4.5 3.5 3.5-3.5 3.5",
  first: "M11.25 4.5 7.75 8l3.5 3.5M4.75 4.5v7",
  last: "M4.75 4.5 8.25 8l-3.5 3.5m6.5-7v7",
  arrowUp: "M8 12.5v-9m-3.5 3.5L8 3.5 11.5 7",
  arrowDown: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  bin: "M3 4.5h10M6.5 4.5v-1a1 1 0 0 1 1-1h1a1 1 0 0 1 1 1v1M4.5 4.5l.6 8a1 1 0 0 0 1 .9h3.8a1 1 0 0 0 1-.9l.6-8",
  copy: "M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z",
  restore: "M3 3.5v3.25h3.25M3.3 6.5A5 5 0 1 1 3 8.9",
  sun: "M8 1.75v1m0 10.5v1M1.75 8h1m10.5 0h1M3.6 3.6l.7.7m7.4 7.4.7.7m0-8.8-.7.7m-7.4 7.4-.7.7M10.75 8a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0z",
  moon: "M13.25 9.4A5.5 5.5 0 1 1 6.6 2.75a4.4 4.4 0 0 0 6.65 6.65z",
  screen: "M2.5 3.5h11v7.25h-11zM5.75 13.25h4.5",
  warning: "M8 6v3.25M8 11.4v.1M8 2.25l6 11H2z",
} as const;

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name, className = "" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`size-4 shrink-0 ${className}`}
    >
      <path d={DRAWINGS[name]} />
    </svg>
  );
}
