import { signal } from "@preact/signals";
import { recordFile, save, type FileKind } from "../data/records";
import { Refusal } from "../data/refusal";
import { arraysOf, cellText, serverColumn } from "../logic/records";
import { csvFile, jsonlFile } from "../logic/record-files";
import { abilities, notice, selected, view } from "../state";
import { refusal, t } from "../words";
import { hasRecords, keys, names, open, taken, titleOf } from "./records-state";

const busy = signal(false);
const KINDS: [FileKind, string][] = [["csv", "CSV"], ["jsonl", "JSONL"], ["parquet", "Parquet"]];

/** Buttons that make a file of the selection, or of what is ticked. Only a server can make Parquet. */
export function Downloads() {
  if (!hasRecords.value) return null;
  const n = open.value ? taken.value.length : selected.value.rows; // what is not shown need not be listed
  return (
    <span class="downloads" role="group" aria-label={t("download")} data-test="downloads">
      <span aria-hidden="true">{t("download")}</span>
      {KINDS.filter(([kind]) => kind !== "parquet" || abilities.value.records).map(([kind, label]) => (
        <button
          type="button"
          key={kind}
          disabled={!n || busy.value}
          onClick={() => void download(kind)}
          title={t("downloadOf", { n, kind: label })}
          aria-label={t("downloadOf", { n, kind: label })}
          data-test={`download-${kind}`}
        >
          {label}
        </button>
      ))}
    </span>
  );
}

async function download(kind: FileKind): Promise<void> {
  const rows = taken.value;
  busy.value = true;
  notice.value = t("downloading");
  try {
    const name = `${view.value.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "atlas"}.${kind}`;
    save(abilities.value.records ? await recordFile(kind, rows, serverColumns()) : await ownFile(kind, rows), name);
    notice.value = t("downloaded", { n: rows.length });
  } catch (error) {
    notice.value = error instanceof Refusal ? refusal(error) : String(error);
  } finally {
    busy.value = false;
  }
}

function serverColumns(): string[] {
  return keys.value.map((key) => serverColumn(view.value, key)).filter((one) => one !== null);
}

/** A file of what the page itself holds, which has no ids. */
async function ownFile(kind: FileKind, rows: Uint32Array): Promise<Blob> {
  await view.value.arrays.need(arraysOf(view.value, keys.value));
  const head = keys.value.map(titleOf);
  const cells = Array.from(rows, (row) => keys.value.map((key) => cellText(view.value, key, row, names)));
  return new Blob([kind === "csv" ? csvFile(head, cells) : jsonlFile(head, cells)], { type: kind === "csv" ? "text/csv" : "application/jsonl" });
}
