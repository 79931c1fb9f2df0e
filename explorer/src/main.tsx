import { render } from "preact";
import { load } from "./data/load";
import { start, startTaste } from "./state";
import "./style/page.css";
import { App } from "./ui/App";
import { Failed } from "./ui/Failed";
import { moveByInserting } from "./ui/moving";
import { t } from "./words";

const root = document.getElementById("app")!;

moveByInserting();
startTaste();
render(<p class="opening" role="status">{t("loading")}</p>, root);
load().then(
  ({ view, abilities }) => {
    document.title = `${view.title} · Clioscope`;
    start(view, abilities);
    render(<App />, root);
  },
  (error: unknown) => render(<Failed why={error} />, root),
);
