import { t } from "../words";

export function Failed({ why }: { why: string }) {
  return (
    <div class="failed" role="alert">
      <h1>{t("failed")}</h1>
      <p>{why}</p>
    </div>
  );
}
