import { useEffect, useState } from "preact/hooks";
import { ask } from "../data/load";
import { Refusal } from "../data/refusal";
import { abilities, chosen, pass, region } from "../state";
import { refusal, t } from "../words";
import { rowsOfSelection } from "./Conversations";
import { Section } from "./parts";
import { Transcript } from "./Transcript";

const MOST = 5;

interface Trace {
  row: number;
  transcript: string;
}

/** Condensed transcripts of a few conversations, when the server was started to show them, and only when asked. */
export function Traces() {
  const [traces, setTraces] = useState<Trace[] | string | null>(null);
  useEffect(() => setTraces(null), [region.value, pass.value]);
  if (!abilities.value.traces || !chosen.value) return null;
  const show = () => {
    ask(`traces?rows=${rowsOfSelection(MOST).join(",")}`)
      .then((response) => response.json())
      .then(setTraces, (error: unknown) => setTraces(error instanceof Refusal ? refusal(error) : String(error)));
  };
  return (
    <Section title={t("traces")}>
      {traces === null && (
        <button type="button" class="wide" onClick={show} data-test="traces">
          {t("showTraces")}
        </button>
      )}
      {typeof traces === "string" && <p>{traces}</p>}
      {Array.isArray(traces) && (
        <>
          <p class="warning">{t("tracesWarning")}</p>
          {traces.map((one) => (
            <Transcript key={one.row} text={one.transcript} />
          ))}
        </>
      )}
    </Section>
  );
}
