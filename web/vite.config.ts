import { defineConfig } from "vite";

// Pages come from the service, which finds the hashed names in the manifest.
export default defineConfig({
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1500,
    manifest: "manifest.json",
    rollupOptions: { input: ["src/main.ts", "src/pages/pages.ts"] },
  },
  worker: { format: "es" },
});
