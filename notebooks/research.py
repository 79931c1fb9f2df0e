# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] tags=["en"]
# # Research: one experiment from end to end
#
# **Question.** Clioscope smooths vectors: each one moves towards its nearest neighbours before the groups are made.
# Does this put together what belongs together, on real conversations, and does the encoder matter more?
#
# **What is true?** Nobody has labelled these conversations. But ShareGPT cuts long conversations into parts and gives
# them ids such as `afYuBeG_0` and `afYuBeG_13`. Two parts of one conversation should land in one group. How often they
# do, beside how often two conversations would by chance, measures a grouping without any labels.
#
# No language model is needed. On two CPU cores it takes a few minutes, most of it for the vectors of 600 texts.

# %% [markdown] tags=["ru"]
# # Исследование: один опыт от начала до конца
#
# **Вопрос.** Clioscope сглаживает векторы: прежде чем составить группы, каждый вектор сдвигают к ближайшим соседям.
# Сводит ли это вместе то, что вместе и должно быть, на настоящих разговорах? И не важнее ли, какая модель переводит
# тексты в векторы?
#
# **Что считать правдой?** Эти разговоры никто не размечал. Но в ShareGPT длинные разговоры разрезаны на части с
# обозначениями вроде `afYuBeG_0` и `afYuBeG_13`. Две части одного разговора должны попасть в одну группу. Как часто это
# так, рядом с тем, как часто двое попали бы в одну группу случайно, — мера группировки без всякой разметки.
#
# Языковая модель не нужна. На двух ядрах процессора это занимает несколько минут, больше всего — векторы 600 текстов.

# %% tags=["parameters"]
SOURCE = "git+https://ADDRESS-OF-THE-REPOSITORY"
CHATS = ""
PAIRS = 300
ENCODERS = ["all-MiniLM-L6-v2", "hash"]
SEEDS = 3
GROUPS = 20

# %%
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("clioscope") is None:
    wanted = f"clioscope[local,notebook] @ {SOURCE}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", wanted], check=True)

# %% [markdown] tags=["en"]
# ## The data: pairs of parts
#
# The first two parts of conversations that have at least two, drawn by a hash of the id: the same for everyone.

# %% [markdown] tags=["ru"]
# ## Данные: пары частей
#
# Первые две части разговоров, у которых их не меньше двух. Выбраны по хешу обозначения, у всех одинаково.

# %%
import hashlib
import json
from pathlib import Path

import clioscope
from clioscope.conversations import Conversation, read_conversations
from clioscope.models.fetch import pull

parts = {}
for one in read_conversations(CHATS or pull("sharegpt"), format="sharegpt"):
    if isinstance(one, Conversation) and one.source_id:
        whole, _, number = one.source_id.partition("_")
        parts.setdefault(whole, {}).setdefault(int(number or 0), one)
several = [whole for whole in parts if len(parts[whole]) > 1]
several.sort(key=lambda whole: hashlib.md5(whole.encode()).digest())
with Path("pairs.jsonl").open("w", encoding="utf-8") as file:
    for whole in several[:PAIRS]:
        for number in sorted(parts[whole])[:2]:
            messages = [{"role": m.role, "content": m.content} for m in parts[whole][number].messages]
            file.write(json.dumps({"id": f"{whole}_{number}", "messages": messages}) + "\n")
print(f"{len(several):,} conversations have several parts; {min(PAIRS, len(several))} pairs are taken")

# %% [markdown] tags=["en"]
# ## The measure
#
# `together`: the share of pairs in one group. `chance`: the share of any two conversations in one group. Larger groups
# raise both, so `times` is the one divided by the other, and all variants make the same number of groups.

# %% [markdown] tags=["ru"]
# ## Мера
#
# `together` — доля пар, попавших в одну группу. `chance` — доля любых двух разговоров в одной группе. Крупные группы
# поднимают обе, поэтому `times` — одна, делённая на другую, а число групп у всех вариантов одно.


# %%
def together(atlas):
    group = dict(atlas.table().select("record", "group").iter_rows())
    pairs = {}
    for record in group:
        pairs.setdefault(record.partition("_")[0], []).append(group[record])
    both = [pair[0] == pair[1] for pair in pairs.values() if len(pair) == 2]
    sizes = atlas.clusters.group_by("group").len()["len"]
    chance = float((sizes * (sizes - 1)).sum() / (sizes.sum() * (sizes.sum() - 1)))
    share = sum(both) / len(both)
    return {"times": share / chance, "together": share, "chance": chance, "groups": float(len(sizes))}


# %% [markdown] tags=["en"]
# ## The experiment
#
# An experiment yields variants; each is measured under several seeds. `conclude` writes its sentences from the table
# and from nothing else. The map is of no interest here, so the quickest one is taken.

# %% [markdown] tags=["ru"]
# ## Опыт
#
# Опыт перечисляет варианты; каждый измеряется с несколькими зёрнами случайности. `conclude` составляет выводы из
# таблицы и больше ни из чего. Карта здесь не нужна, поэтому берётся самая быстрая.

# %%
import time

from clioscope.experiments import Bench, Outcome, Variant, experiment, run

SMOOTHINGS = {"smoothed": 0.5, "not smoothed": 0.0}


def conclude(results):
    first = ENCODERS[0]
    said = [results.versus(f"{one}, smoothed", f"{one}, not smoothed", "times") for one in ENCODERS]
    said += [results.versus(f"{first}, smoothed", f"{other}, smoothed", "times") for other in ENCODERS[1:]]
    return " ".join(said)


@experiment(
    question="Do two parts of one conversation land in one group?",
    needs="ShareGPT",
    costs="minutes",
    data=("sharegpt",),
    show=("times", "together", "chance", "groups", "seed_ari", "seconds"),
    conclude=conclude,
)
def pairs(bench):
    for encoder in ENCODERS:
        for name, smooth in SMOOTHINGS.items():

            def measure(seed, encoder=encoder, smooth=smooth):
                settings = clioscope.load_settings(
                    seed=seed, embedding__smooth=smooth, clustering__clusters=GROUPS, layout__method="pca"
                )
                folder = f"pairs-{encoder}"
                atlas = clioscope.build("pairs.jsonl", folder, settings, embedder=encoder, no_llm=True, progress=False)
                return Outcome(together(atlas), labels=atlas.clusters["label"].to_numpy())

            yield Variant(f"{encoder}, {name}", measure)


began = time.perf_counter()
bench = Bench(data="sharegpt", seeds=SEEDS)
results = run(pairs, bench)
seconds = time.perf_counter() - began

# %% [markdown] tags=["en"]
# ## The result

# %% [markdown] tags=["ru"]
# ## Результат

# %%
import textwrap

import polars as pl

shown = results.table.filter(pl.col("metric").is_in(["times", "together", "chance"]))
table = shown.pivot("metric", index="variant", values="value", aggregate_function="mean")
print(textwrap.fill(pairs.conclude(results), 100))
table

# %% [markdown] tags=["en"]
# Square brackets hold the 95 % interval of the difference over the seeds. The seeds change the grouping and not the
# data, so the interval tells how far chance in the method goes, and not what other conversations would give.
#
# ## Keep it
#
# `write` makes the report with its table, plot, versions and circumstances, as `clioscope experiment` does for the
# experiments of the project (`clioscope experiment list`).

# %% [markdown] tags=["ru"]
# В квадратных скобках — 95-процентный интервал разности по зёрнам. Зёрна меняют группировку, а не данные: интервал
# говорит о случайности метода, а не о том, что дали бы другие разговоры.
#
# ## Сохранить
#
# `write` составляет отчёт с таблицей, графиком, версиями и условиями — так же, как `clioscope experiment` для опытов
# проекта (`clioscope experiment list`).

# %%
from clioscope.experiments.report import write

report = write(pairs, bench, results, "notebooks/research.ipynb", Path("experiments"), seconds)
print(report.text[:1500])
