import { Refusal } from "../data/refusal";
import { refusal, t } from "../words";

export function Failed({ why }: { why: unknown }) {
  return (
    <div class="failed" role="alert">
      <h1>{t("failed")}</h1>
      <p>{why instanceof Refusal ? refusal(why) : why instanceof Error ? why.message : String(why)}</p>
    </div>
  );
}
