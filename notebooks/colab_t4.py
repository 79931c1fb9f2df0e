# ---
# jupyter:
#   accelerator: GPU
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] tags=["en"]
# # Colab with a T4: models of 7 and 14 billion parameters
#
# The free T4 of Colab has 16 GB. That holds a model of 7 or 14 billion parameters in 4 bits, also the distillations of
# DeepSeek-R1, which reason before they answer. This notebook says what each model takes **before** it is loaded, times
# it on four conversations, builds an atlas with the first one, and compares it with another.
#
# **On Colab:** *Runtime → Change runtime type → T4 GPU*, put the address of the
# repository into `SOURCE` below, then *Run all*. Without a card, the small embedded model
# `WITHOUT_CARD` stands in, so that every cell runs anywhere. The outputs that you see here were made without a card.

# %% [markdown] tags=["ru"]
# # Colab с картой T4: модели с 7 и 14 миллиардами параметров
#
# У бесплатной карты T4 в Colab 16 ГБ. В них помещается модель с 7 или 14 миллиардами параметров в 4 битах, в том числе
# дистилляции DeepSeek-R1, которые рассуждают перед ответом. Эта тетрадь говорит, сколько нужно каждой модели, **до**
# загрузки, засекает её время на четырёх разговорах, строит атлас с первой моделью и сравнивает его с другой.
#
# **В Colab:** *Среда выполнения → Сменить среду выполнения → GPU T4*, впишите ниже в `SOURCE` адрес репозитория, затем
# *Выполнить все*. Если карты нет, её заменяет малая встроенная модель `WITHOUT_CARD`, и все ячейки выполнятся где
# угодно. То, что выведено здесь, получено без карты.

# %% tags=["parameters"]
SOURCE = "git+https://ADDRESS-OF-THE-REPOSITORY"
CHATS = ""
MODELS = ["Qwen/Qwen2.5-7B-Instruct", "deepseek-r1-distill-qwen-7b"]
LARGER = ["Qwen/Qwen2.5-14B-Instruct", "deepseek-r1-distill-qwen-14b"]
WITHOUT_CARD = "fast"
SAMPLE = 1000
ASK = 60
GROUPS = 12
MORE = {}

# %% [markdown] tags=["en"]
# `MODELS` are built with, one after the other. Put names from `LARGER` into it if the table below says that you have
# the time.

# %% [markdown] tags=["ru"]
# Со всеми моделями из `MODELS` по очереди строится атлас. Добавьте туда имена из `LARGER`, если по таблице ниже времени
# хватает.

# %%
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("clioscope") is None:
    wanted = f"clioscope[local,notebook,transformers,bits] @ {SOURCE}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", wanted], check=True)

# %% [markdown] tags=["en"]
# ## What is there, and what each model takes
#
# Memory is computed, in 10⁹ bytes: 0.56 bytes per parameter in 4 bits, a cache of 8,192 tokens, a tenth on top. The
# weights come from the model hub in 16 bits and are packed into 4 bits while they are loaded, so the download is four
# times as large as what the card then holds. The minutes are those of a download at 50 MB a second; yours may differ.
# Here embeddings and output stay in 16 bits, so the card holds more than the table says: some 7 GB for a 7B model and
# 13 GB for a 14B one, also computed.

# %% [markdown] tags=["ru"]
# ## Что есть и сколько нужно каждой модели
#
# Память рассчитана, в 10⁹ байт: 0,56 байта на параметр в 4 битах, кеш на 8192 токена и десятая часть сверху. Веса
# скачиваются с хранилища моделей в 16 битах и сжимаются до 4 бит при загрузке, поэтому скачать нужно вчетверо больше,
# чем потом занято на карте. Время загрузки указано для 50 МБ в секунду; у вас оно может быть другим. Слои входа и
# выхода здесь остаются в 16 битах, поэтому карта держит больше, чем в таблице: около 7 ГБ для модели 7B и 13 ГБ для
# 14B, тоже по расчёту.

# %%
import polars as pl

from clioscope.models.catalogue import find

if importlib.util.find_spec("torch") is not None:
    import torch

    card = torch.cuda.get_device_properties(0) if torch.cuda.is_available() else None
else:
    card = None
print(f"{card.name}, {card.total_memory / 1e9:.1f} GB" if card else f"no card: {WITHOUT_CARD} stands in")
rows = []
for name in MODELS + LARGER:
    entry = find(name)
    download = 2 * entry.shape.parameters
    rows.append(
        {
            "model": entry.name,
            "memory in 4 bits, GB": round(entry.four_bit_gb, 1),
            "memory in 16 bits, GB": round(entry.fp16_gb, 1),
            "fits a T4": entry.fits_t4,
            "download, GB": round(download, 1),
            "minutes at 50 MB/s": round(download * 1000 / 50 / 60, 1),
            "reasons first": entry.reasoning != "none",
        }
    )
pl.DataFrame(rows)

# %% [markdown] tags=["en"]
# ## How long will it take?
#
# Nobody can know that for your card and your texts, so it is measured: each model is asked about four conversations,
# and the time is multiplied up. That is an upper bound: the first answers may wait for the weights, and a build asks 16
# questions at once. A model that reasons first writes up to `thinking_tokens` (here 512) before each answer, so it
# takes several times as long. The answers are kept: the build does not ask these questions again.

# %% [markdown] tags=["ru"]
# ## Сколько времени это займёт?
#
# Для вашей карты и ваших текстов этого никто не знает, поэтому время измеряется: каждую модель спрашивают о четырёх
# разговорах, и время умножается. Это оценка сверху: первые ответы могут ждать загрузки весов, а построение задаёт 16
# вопросов сразу. Модель, которая рассуждает, пишет перед каждым ответом до `thinking_tokens` токенов (здесь 512),
# поэтому ей нужно в несколько раз больше времени. Ответы сохраняются: построение не задаёт эти вопросы снова.

# %%
import time

import clioscope
from clioscope.models.fetch import pull

chats = CHATS or pull("sharegpt")
asked = [f"transformers:{name} 4-bit" for name in MODELS] if card else [WITHOUT_CARD]
folders = [f"atlas-{number}" for number in range(len(asked))]


def settings_for(model):
    return clioscope.load_settings(
        model__name=model,
        model__thinking_tokens=512,
        input__sample=SAMPLE,
        input__transcript_tokens=400 if card else 60,
        facets__ask=ASK,
        clustering__clusters=GROUPS,
        **MORE,
    )


for model, folder in zip(asked, folders, strict=True):
    began = time.perf_counter()
    trial = clioscope.try_facets(chats, settings_for(model), sample=4, out=folder)
    each = trial.cost.seconds / max(trial.cost.calls, 1)
    minutes = each * trial.estimate.calls / 60
    print(
        f"{model}: at most {each:.1f} s a question and {minutes:.1f} minutes for the {trial.estimate.calls} of a build"
    )
    print(f"  the trial took {time.perf_counter() - began:.0f} s, with reading the file and loading the weights")
    print(f"  {trial.conversations[0].values}")

# %% [markdown] tags=["en"]
# ## Build
#
# About `ASK` questions about conversations, then a few about each group. Only one model is in the memory at a time. If
# Colab ends the session, run the notebook again with `folders` on your Drive: what was answered is kept.

# %% [markdown] tags=["ru"]
# ## Построение
#
# Примерно `ASK` вопросов о разговорах, затем по нескольку о каждой группе. В памяти одновременно только одна модель.
# Если Colab завершит сеанс, выполните тетрадь ещё раз с папками на своём диске: ответы сохранены.

# %%
atlases = [clioscope.build(chats, folder, settings_for(m)) for m, folder in zip(asked, folders, strict=True)]
atlases[0]

# %% [markdown] tags=["en"]
# ## Compare models
#
# The same conversations, the same encoder, other facets and names. Each group of the first atlas, and the group of the
# last one that shares most conversations with it:

# %% [markdown] tags=["ru"]
# ## Сравнить модели
#
# Те же разговоры и та же модель для векторов, но другие фасеты и названия. Каждая группа первого атласа и та группа
# последнего, с которой у неё больше всего общих разговоров:

# %%
first, last = (atlas.table().select("record", "name") for atlas in (atlases[0], atlases[-1]))
both = first.join(last, on="record", suffix="_last").group_by("name", "name_last").len(name="shared")
both.sort("shared", descending=True).unique("name", keep="first", maintain_order=True)

# %% [markdown] tags=["en"]
# What each build asked and took:

# %% [markdown] tags=["ru"]
# О чём спрашивало каждое построение и сколько заняло:

# %%
for atlas in atlases:
    costs = [stage["cost"] for stage in atlas.manifest["stages"].values() if stage.get("cost")]
    seconds = sum(stage["seconds"] for stage in atlas.manifest["stages"].values())
    calls, written = (sum(cost[part] for cost in costs) for part in ("calls", "completion_tokens"))
    print(f"{atlas.manifest['models']['chat']}: {calls} questions, {written:,} tokens written, {seconds:.0f} s")

# %% [markdown] tags=["en"]
# ## Which model is better?
#
# Names that read well need not be right. With labels, `clioscope measure atlas-0 --labels labels.csv` says how far the
# groups agree with them. Without, the experiments of the project ask the same questions of several models:
# `clioscope experiment judges --model … --model …` (every model extracts, every model judges) and
# `clioscope experiment quantised` (the same model in 4, 8 and 16 bits). `clioscope experiment list` says what each
# needs.

# %% [markdown] tags=["ru"]
# ## Какая модель лучше?
#
# Складное название не обязательно верное. Если есть разметка, `clioscope measure atlas-0 --labels labels.csv` скажет,
# насколько группы с ней совпадают. Без разметки можно задать нескольким моделям вопросы из опытов проекта:
# `clioscope experiment judges --model … --model …` (каждая модель извлекает, каждая судит) и
# `clioscope experiment quantised` (одна модель в 4, 8 и 16 битах). Что нужно каждому, говорит
# `clioscope experiment list`.
