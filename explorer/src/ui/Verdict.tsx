import type { Group } from "../data/view";
import { number, t, type Word } from "../words";
import { figureName } from "./figure-name";
import { Section } from "./parts";

const WORDS: Record<string, Word> = {
  accepted: "accepted",
  rewritten: "rewritten",
  withheld: "withheldVerdict",
  unaudited: "unaudited",
  vouched: "vouched",
  given: "givenName",
  guaranteed: "guaranteedName",
};

/** What the auditor said of the name, and the group's figures of quality. */
export function Verdict({ group }: { group: Group }) {
  return (
    <Section title={t("quality")}>
      <dl class="pairs">
        <div>
          <dt>{t("verdict")}</dt>
          <dd>
            <span class={`verdict ${group.verdict}`}>{t(WORDS[group.verdict] ?? "unknown")}</span>
            {group.score !== null && <small> {t("auditScore", { n: group.score })}</small>}
          </dd>
        </div>
        {Object.entries(group.quality).map(([name, value]) => (
          <div key={name}>
            <dt>{figureName(name)}</dt>
            <dd>{number(Math.round(value * 1000) / 1000)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
