/** What a job may be called, checked before anything is sent; the service has the last word. */

export const NAME_LIMIT = 255;

export function trimmed(typed: string): string {
  return typed.trim().normalize("NFC");
}

export function nameComplaint(typed: string): string | null {
  const name = trimmed(typed);
  const length = [...name].length;
  if (length === 0) return "Give the job a name.";
  if (length > NAME_LIMIT) return `That is ${length - NAME_LIMIT} characters too long: ${NAME_LIMIT} fit.`;
  if (/\p{Cc}/u.test(name)) return "A name cannot contain control characters.";
  return null;
}
