import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import browsers from "./browsers.json" with { type: "json" };

// As a target and no more: written shorter, the service would be told another `Host` than the page has, and would take
// the page for somebody else's.
const service = { target: "http://127.0.0.1:8000" };

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: { proxy: { "/api": service, "/health": service } },
  build: {
    // light-dark() and oklch are used as they are: these browsers know them. scripts/newer-apis.mjs minds the rest.
    target: Object.entries(browsers).map(([name, version]) => name + version),
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 20_000,
    unstubGlobals: true,
    env: { TZ: "UTC" },
  },
});
