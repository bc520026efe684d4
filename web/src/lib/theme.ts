/** Light, dark, or as the system says; remembered in this browser. */
import { createStore, useStore } from "./store";

export type Theme = "system" | "light" | "dark";

const KEY = "jobledger.theme";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

function remembered(): Theme {
  try {
    return ORDER.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system"; // storage may be forbidden
  }
}

const theme = createStore<Theme>(remembered());

export function applyTheme(): void {
  const root = document.documentElement;
  if (theme.get() === "system") delete root.dataset.theme;
  else root.dataset.theme = theme.get();
}

export function chooseTheme(chosen: Theme): void {
  theme.set(chosen);
  applyTheme();
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It holds for this visit.
  }
}

export function themeAfter(current: Theme): Theme {
  return ORDER[(ORDER.indexOf(current) + 1) % ORDER.length] ?? "system";
}

export function useTheme(): Theme {
  return useStore(theme);
}
