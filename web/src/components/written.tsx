/** A name, label, actor or message as somebody has written it: it turns nothing around it, and hides nothing. */
import { pieces } from "../lib/visible";

export function Written({ text }: { text: string }) {
  return (
    <bdi>
      {pieces(text).map((piece, place) =>
        piece.isSpelt ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text have no other identity
          <span key={place} className="mx-px rounded-sm border border-edge px-0.5 font-mono text-[0.75em] text-muted">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}
