import { bins, course, dateOf } from "../logic/time";
import { wilson } from "../logic/statistics";
import { chosen, pass, region, view } from "../state";
import { day, percent, t } from "../words";
import { Section } from "./parts";
import { PictureButton } from "./PictureMenu";
import { stepWord } from "./Timeline";

const [WIDTH, HEIGHT] = [300, 64];

/** The selection's share of all conversations over time, with its interval (Wilson). */
export function ShareOverTime() {
  const { days } = view.value;
  if (!days || days.last < 1 || !region.value) return null;
  const made = bins(days, 26);
  const { all, mine } = course(view.value, pass.value, chosen.value, made, true);
  const n = made.starts.length;
  if (n < 2) return null;
  const at = Array.from(all, (total, bin) => {
    const share = total ? mine[bin] / total : NaN;
    return { share, bin, ...(total ? wilson(share, total) : { low: NaN, high: NaN }) };
  }).filter((one) => !Number.isNaN(one.share));
  const most = Math.max(0.001, ...at.map((one) => Math.min(one.high, one.share * 3 + 0.02)));
  const x = (bin: number) => (WIDTH * (bin + 0.5)) / n;
  const y = (share: number) => HEIGHT - (HEIGHT * Math.min(share, most)) / most;
  const line = (pick: (one: (typeof at)[number]) => number) => at.map((one) => `${x(one.bin).toFixed(1)},${y(pick(one)).toFixed(1)}`);
  const band = [...line((one) => one.high), ...line((one) => one.low).reverse()].join(" ");
  const label = t("timeOf", { step: stepWord(made.step) });
  return (
    <Section title={t("shareOverTime")} note={stepWord(made.step)} tool={<PictureButton name={t("shareOverTime")} />} chart>
      <svg class="course" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <polygon class="band" points={band} />
        <polyline class="line" points={line((one) => one.share).join(" ")} />
        {at.map((one) => (
          <rect x={x(one.bin) - WIDTH / n / 2} width={WIDTH / n} y="0" height={HEIGHT} class="hit">
            <title>{`${day(dateOf(days, made.starts[one.bin]))}: ${percent(one.share)} (${percent(one.low)} – ${percent(one.high)})`}</title>
          </rect>
        ))}
      </svg>
      <p class="axis">
        <span>{day(dateOf(days, 0))}</span>
        <span>0 – {percent(most)}</span>
        <span>{day(dateOf(days, days.last))}</span>
      </p>
    </Section>
  );
}
