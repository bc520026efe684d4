/** Buttons: one primary action at most in sight, the rest quiet. */
import type { ComponentProps } from "react";
import { Icon, type IconName } from "./icons";

const LOOKS = {
  primary: "bg-primary text-on-primary hover:bg-primary-hover",
  danger: "bg-danger text-on-primary hover:bg-danger-hover",
  plain: "border border-edge text-ink hover:bg-hover active:bg-pressed",
  quiet: "text-muted hover:bg-hover hover:text-ink active:bg-pressed",
} as const;

export type ButtonLook = keyof typeof LOOKS;

const SHAPE =
  "inline-flex h-8 touch:h-10 items-center justify-center gap-1.5 rounded-md text-sm font-medium whitespace-nowrap select-none transition-colors duration-120 disabled:pointer-events-none disabled:opacity-40";

type ButtonProps = ComponentProps<"button"> & { look?: ButtonLook };

export function buttonClass(look: ButtonLook): string {
  return `${SHAPE} px-3 ${LOOKS[look]}`;
}

export function Button({ look = "plain", className = "", ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={`${buttonClass(look)} ${className}`} />;
}

type IconButtonProps = Omit<ComponentProps<"button">, "children"> & { icon: IconName; label: string; tip?: string };

/** A drawing alone: its label is read aloud, and shown to whoever hesitates over it. */
export function IconButton({ icon, label, tip = label, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={tip}
      {...rest}
      className={`${SHAPE} w-8 touch:w-10 ${LOOKS.quiet} ${className}`}
    >
      <Icon name={icon} />
    </button>
  );
}

export function Key({ children }: { children: string }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-edge px-1 font-sans text-xs font-medium text-muted">
      {children}
    </kbd>
  );
}
