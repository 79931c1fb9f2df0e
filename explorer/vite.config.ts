import { defineConfig, type Plugin } from "vite";

/** Script and style into the page itself: one file that opens from disk, with nothing to fetch. */
function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("there is no index.html");
      let html = String(page.source);
      for (const [name, file] of Object.entries(bundle)) {
        if (name === "index.html") continue;
        const text = file.type === "chunk" ? file.code : String(file.source);
        // A "</script" in the code would end the element; "<\/script" says the same to JavaScript.
        const inside = file.type === "chunk" ? text.replaceAll("</script", "<\\/script") : text;
        const tag =
          file.type === "chunk"
            ? new RegExp(`<script[^>]*src="[^"]*${name}"[^>]*></script>`)
            : new RegExp(`<link[^>]*href="[^"]*${name}"[^>]*>`);
        if (!tag.test(html)) throw new Error(`${name} is not in index.html`);
        html = html.replace(tag, "");
        html =
          file.type === "chunk"
            ? html.replace("</body>", () => `<script type="module">${inside.trim()}</script>\n</body>`)
            : html.replace("</head>", () => `<style>${inside.trim()}</style>\n</head>`);
        delete bundle[name];
      }
      page.source = html.replace(/\n\s*\n+/g, "\n");
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [oneFile()],
  build: {
    outDir: "../src/clioscope/explorer/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    assetsInlineLimit: 1_000_000,
    reportCompressedSize: false,
  },
  test: { include: ["tests/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
