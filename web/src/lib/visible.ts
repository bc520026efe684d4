/** What others have written, so that two texts which differ look different: what cannot be seen is spelt out. */

export interface Piece {
  text: string;
  /** Whether it stands for a character that would not be seen, or would turn the direction of writing. */
  isSpelt: boolean;
}

const PLAIN = /^[\t\n\r\x20-\x7e]*$/;
/** Joiners make one picture of several, selectors choose colours where there is a choice: in emoji both show. */
const PICTURE =
  "(?:(?!\\p{Emoji_Presentation})\\p{Extended_Pictographic}\\ufe0f|\\p{Extended_Pictographic}\\p{Emoji_Modifier}?)";
const EMOJI = `\\p{Extended_Pictographic}\\ufe0e|[0-9#*]\\ufe0f\\u20e3|${PICTURE}(?:\\u200d${PICTURE})*`;
/** Control and format characters, spaces that are none of the keyboard's, and what is drawn blank or not at all. */
const HIDDEN = "(?![\\t\\n\\r ])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800\\u{1d159}]";
const SPELT = new RegExp(`(${EMOJI})|(${HIDDEN})`, "gu");

export function pieces(text: string): Piece[] {
  if (PLAIN.test(text)) return [{ text, isSpelt: false }];
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(SPELT)) {
    const hidden = match[2];
    if (hidden === undefined) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), isSpelt: false });
    found.push({ text: codePoint(hidden), isSpelt: true });
    from = match.index + hidden.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), isSpelt: false });
  return found;
}

/** For where there is room for text alone: labels, titles, toasts. */
export function spelt(text: string): string {
  return pieces(text)
    .map((piece) => (piece.isSpelt ? `‹${piece.text}›` : piece.text))
    .join("");
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
