/** The saved views: what is on the screen is saved, and saved views are opened, renamed and deleted. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { SavedView } from "../data/views";
import { abilities, hashNow, notice } from "../state";
import { changeView, deleteView, isShown, openView, saveView, viewProblem, views, viewsOpen } from "../views";
import { day, t } from "../words";
import { Icon } from "./parts";

export function ViewsButton() {
  if (!views.value.length && !abilities.value.edit) return null;
  return (
    <button
      type="button"
      aria-pressed={viewsOpen.value}
      onClick={() => (viewsOpen.value = !viewsOpen.value)}
      title={t("views")}
      aria-label={t("views")}
      data-test="views"
    >
      <Icon name="bookmark" />
    </button>
  );
}

export function Views() {
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    const from = document.activeElement as HTMLElement | null;
    const first = ["input", ".view-open", ".close"].map((one) => pane.current?.querySelector<HTMLElement>(one)).find(Boolean);
    first?.focus();
    return () => from?.isConnected && from.focus();
  }, []);
  return (
    <aside class="history views" aria-label={t("views")} ref={pane} data-test="views-pane">
      <h2>
        {t("views")}
        <button type="button" class="close" onClick={() => (viewsOpen.value = false)} title={t("closeViews")} aria-label={t("closeViews")} data-test="close-views">
          <Icon name="close" />
        </button>
      </h2>
      {abilities.value.edit && <SaveForm />}
      {viewProblem.value && (
        <p class="view-problem" role="alert" data-test="view-problem">
          {viewProblem.value}
        </p>
      )}
      {!views.value.length && <p class="none">{t("noViews")}</p>}
      <ul>
        {views.value.map((one) => (
          <Row key={one.name} view={one} />
        ))}
      </ul>
    </aside>
  );
}

function SaveForm() {
  const [name, setName] = useState("");
  const [note, setNote] = useState("");
  const save = async (event: Event) => {
    event.preventDefault();
    if (!name.trim() || !(await saveView(name, note))) return;
    setName("");
    setNote("");
  };
  return (
    <form class="view-form" onSubmit={save}>
      <input value={name} onInput={(event) => setName(event.currentTarget.value)} placeholder={t("viewName")} aria-label={t("viewName")} maxLength={120} required data-test="view-name" />
      <textarea value={note} onInput={(event) => setNote(event.currentTarget.value)} placeholder={t("viewNote")} aria-label={t("viewNote")} maxLength={4000} rows={2} data-test="view-note" />
      <button type="submit" class="main" disabled={!name.trim()} data-test="view-save">
        {t("saveView")}
      </button>
      <small>{t("viewHelp")}</small>
    </form>
  );
}

function Row({ view }: { view: SavedView }) {
  const [changing, setChanging] = useState(false);
  const [sure, setSure] = useState(false);
  const { name, note, author, at } = view;
  if (changing) return <ChangeForm view={view} close={() => setChanging(false)} />;
  const copy = async () => {
    const address = new URL(location.href);
    address.searchParams.delete("token");
    address.hash = view.address;
    try {
      await navigator.clipboard.writeText(address.href);
      notice.value = t("copied");
    } catch {
      // A browser may forbid it; the address bar has the same address once the view is open.
    }
  };
  return (
    <li class={isShown(view) ? "shown" : ""} data-view={name}>
      <button type="button" class="view-open" onClick={() => openView(view)} aria-current={isShown(view)} title={t("openView", { name })} data-test="view-open">
        {name}
      </button>
      {note && <p class="note-text">{note}</p>}
      <small>
        {author} {at && day(new Date(at))}
      </small>
      <p class="view-tools">
        <button type="button" class="plain" onClick={copy} aria-label={t("viewCopyOf", { name })}>
          {t("viewCopy")}
        </button>
        {abilities.value.edit && (
          <>
            <button type="button" class="plain" onClick={() => setChanging(true)} aria-label={t("editViewOf", { name })} data-test="view-edit">
              {t("editView")}
            </button>
            <button type="button" class="plain" onClick={() => void changeView(name, { address: hashNow() })} aria-label={t("retakeViewOf", { name })} data-test="view-retake">
              {t("retakeView")}
            </button>
            <button
              type="button"
              class={sure ? "plain sure" : "plain"}
              onClick={() => (sure ? void deleteView(name) : setSure(true))}
              onBlur={() => setSure(false)}
              aria-label={sure ? undefined : t("deleteViewOf", { name })}
              data-test="view-delete"
            >
              {t(sure ? "deleteSure" : "deleteView")}
            </button>
          </>
        )}
      </p>
    </li>
  );
}

function ChangeForm({ view, close }: { view: SavedView; close: () => void }) {
  const [name, setName] = useState(view.name);
  const [note, setNote] = useState(view.note);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const save = async (event: Event) => {
    event.preventDefault();
    if (await changeView(view.name, { new_name: name, note })) close();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // only the form closes
    close();
  };
  return (
    <li data-view={view.name}>
      <form class="view-form" onSubmit={save} onKeyDown={onKey}>
        <input ref={field} value={name} onInput={(event) => setName(event.currentTarget.value)} aria-label={t("viewName")} maxLength={120} required data-test="view-new-name" />
        <textarea value={note} onInput={(event) => setNote(event.currentTarget.value)} aria-label={t("viewNote")} maxLength={4000} rows={3} data-test="view-new-note" />
        <p class="buttons">
          <button type="button" onClick={close}>
            {t("cancel")}
          </button>
          <button type="submit" class="main" disabled={!name.trim()} data-test="view-change">
            {t("save")}
          </button>
        </p>
      </form>
    </li>
  );
}
