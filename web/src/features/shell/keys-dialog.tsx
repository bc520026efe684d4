/** The keys, for whoever asks with `?`. */
import { Key } from "../../components/button";
import { Dialog } from "../../components/dialog";

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["j"], "Next job in the list"],
  [["k"], "Previous job in the list"],
  [["Enter"], "Open the job"],
  [["n"], "New job"],
  [["Esc"], "Close what is open"],
  [["?"], "These keys"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="text-sm">
        {KEYS.map(([keys, meaning]) => (
          <div key={meaning} className="flex h-9 items-center justify-between border-b border-line last:border-0">
            <dt className="text-muted">{meaning}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Key key={key}>{key}</Key>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
