/** The line above every page: where one is, whether what is seen is true, and what can always be done. */
import { Button, IconButton } from "../../components/button";
import { Link } from "../../lib/router";
import { chooseTheme, type Theme, themeAfter, useTheme } from "../../lib/theme";
import { useCreateJob } from "../creation/create-job-provider";
import { ConnectionState } from "./connection-state";

const THEME_ICONS = { system: "screen", light: "sun", dark: "moon" } as const;
const THEME_WORDS: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };

export function Header({ onKeys }: { onKeys: () => void }) {
  const create = useCreateJob();
  const theme = useTheme();
  return (
    <header className="border-b border-line">
      <div className="mx-auto flex h-14 max-w-[1232px] items-center gap-1 px-4">
        <Link
          href="/"
          className="-ml-1 flex items-center gap-2 rounded-md px-1 py-1 font-semibold tracking-tight sm:ml-2"
        >
          <Mark />
          Jobledger
        </Link>
        <div className="mr-auto" />
        <ConnectionState />
        <IconButton
          icon={THEME_ICONS[theme]}
          label={`Appearance: ${THEME_WORDS[theme]}`}
          onClick={() => chooseTheme(themeAfter(theme))}
        />
        <button
          type="button"
          aria-label="Keyboard shortcuts"
          data-tip="Keyboard shortcuts"
          onClick={onKeys}
          className="h-8 w-8 rounded-md text-sm font-medium text-muted hover:bg-hover hover:text-ink max-sm:hidden"
        >
          ?
        </button>
        <Button look="primary" onClick={create} aria-keyshortcuts="n" className="ml-2 max-sm:hidden">
          New job
          <kbd className="rounded border border-on-primary/40 px-1 font-sans text-xs leading-4">n</kbd>
        </Button>
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className="size-5.5 rounded-md bg-primary">
      <path
        d="M9 10h14M9 16h14M9 22h8"
        fill="none"
        className="stroke-on-primary"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </svg>
  );
}
