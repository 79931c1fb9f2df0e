import { directionOf } from "../logic/lettering";

/** A condensed transcript; each turn goes in the direction of its own words, not in that of the name of its speaker. */
export function Transcript({ text }: { text: string }) {
  return (
    <pre class="trace">
      {text.split(/\n(?=(?:User|Assistant): )/).map((turn, place) => {
        const [, speaker = "", said = turn] = /^(User: |Assistant: )(.*)$/s.exec(turn) ?? [];
        return (
          <span class="turn" key={place} dir={directionOf(said)}>
            {speaker}
            <bdi>{said}</bdi>
          </span>
        );
      })}
    </pre>
  );
}
