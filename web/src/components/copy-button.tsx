/** Puts a text on the clipboard, and says that it has. */
import { useEffect, useState } from "react";
import { IconButton } from "./button";

async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without TLS, and away from loopback, a page has no clipboard but this one.
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <IconButton
        icon={isCopied ? "tick" : "copy"}
        label={label}
        onClick={() =>
          copy(text).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      />
      <span role="status" className="sr-only">
        {isCopied ? "Copied" : ""}
      </span>
    </>
  );
}
