import { render } from "preact";
import { listenAround } from "./around";
import { load } from "./data/load";
import { ready, start, startTaste } from "./state";
import "./style/page.css";
import { App } from "./ui/App";
import { Failed } from "./ui/Failed";
import { moveByInserting } from "./ui/moving";
import { t } from "./words";

const root = document.getElementById("app")!;

moveByInserting();
startTaste();
const around = listenAround();
render(<p class="opening" role="status">{t("loading")}</p>, root);
const patience = setTimeout(() => render(<p class="opening" role="status">{t("preparing")}</p>, root), 4000);
load().then(
  async ({ view, abilities }) => {
    clearTimeout(patience);
    await ready(view, location.hash);
    document.title = `${view.title} · Clioscope`;
    start(view, abilities);
    render(<App />, root);
    around.start();
  },
).catch((error: unknown) => {
  clearTimeout(patience);
  render(<Failed why={error} />, root);
});
