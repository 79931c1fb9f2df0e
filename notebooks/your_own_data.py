# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] tags=["en"]
# # Your own data
#
# How to read your file, ask your own questions, add new conversations, correct names, and make a copy that you can show
# to others. The examples are invented support tickets: run the notebook once as it is, then put your file in.
#
# With `MODEL = "fast"` it takes some minutes on two CPU cores, with `MODEL = "none"` about one. The outputs that you
# see here were made with `"none"`.

# %% [markdown] tags=["ru"]
# # Ваши данные
#
# Как прочитать свой файл, задать свои вопросы, добавить новые разговоры, исправить названия и сделать копию, которую
# можно показать другим. В примерах — выдуманные обращения в поддержку: выполните тетрадь один раз как есть, затем
# подставьте свой файл.
#
# С `MODEL = "fast"` на двух ядрах процессора это занимает несколько минут, с `MODEL = "none"` — около одной. То, что
# выведено здесь, получено с `"none"`.

# %% tags=["parameters"]
SOURCE = "git+https://ADDRESS-OF-THE-REPOSITORY"
MODEL = "fast"
ASK = 16
GROUPS = 8
MORE = {}

# %%
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("clioscope") is None:
    wanted = f"clioscope[local,notebook] @ {SOURCE}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", wanted], check=True)

# %% [markdown] tags=["en"]
# ## A file
#
# 120 tickets in a CSV. On Colab, upload your own file in the panel *Files* on the left and use its name in place of
# `tickets.csv`.

# %% [markdown] tags=["ru"]
# ## Файл
#
# 120 обращений в CSV. В Colab загрузите свой файл в панели *Файлы* слева и подставьте его имя вместо `tickets.csv`.

# %%
import csv
import random
from pathlib import Path

KINDS = {
    "billing": ["I was charged twice for {}", "The invoice for {} shows the wrong tax", "Refund my payment for {}"],
    "login": ["I cannot sign in to {}", "The password reset mail for {} never comes", "{} says my code has expired"],
    "crash": ["{} crashes when I open a file", "{} freezes after the update", "{} closes with an error message"],
    "export": [
        "How do I export a report from {} as PDF",
        "The CSV from {} has broken columns",
        "{} exports empty files",
    ],
}
PRODUCTS = ["the photo editor", "the calendar", "the budget planner", "the notes app", "the music library"]
ENDS = ["since Monday.", "on my old laptop.", "please help.", "and I need it today.", "although I paid.", "again."]


def tickets(count, seed):
    generator = random.Random(seed)
    texts = [(kind, text.format(product), end) for kind, some in KINDS.items() for text in some for product in PRODUCTS
             for end in ENDS]  # fmt: skip
    for number, (_, text, end) in enumerate(generator.sample(texts, count)):
        day = f"2026-{3 + number % 2:02d}-{1 + number % 28:02d}"
        yield [f"T{seed}-{number}", f"customer-{number % 31}", day, generator.choice(["free", "pro"]), f"{text}, {end}"]


def write(name, rows):
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["ticket", "customer", "opened", "plan", "text"], *rows])


write("tickets.csv", tickets(120, seed=1))
print(*Path("tickets.csv").read_text(encoding="utf-8").splitlines()[:4], sep="\n")

# %% [markdown] tags=["en"]
# ## What Clioscope makes of it
#
# `inspect` reads the file as a build would, and builds nothing. Columns with usual names are found by themselves; the
# others are named. Fields in `metadata` are kept to compare groups by; no model ever sees them.

# %% [markdown] tags=["ru"]
# ## Что в нём увидит Clioscope
#
# `inspect` читает файл так же, как построение, но ничего не строит. Столбцы с обычными именами находятся сами,
# остальные надо назвать. Поля из `metadata` сохраняются, чтобы сравнивать по ним группы; модели их не видят.

# %%
import clioscope

settings = clioscope.load_settings(
    input__text_column="text",
    input__id_column="ticket",
    input__user_column="customer",
    input__date_column="opened",
    input__metadata=("plan",),
    facets__ask=ASK,
    clustering__clusters=GROUPS,
    model__name=MODEL,
    **MORE,
)
found = clioscope.inspect("tickets.csv", settings)
print(*found.lines, *found.remarks, sep="\n")

# %% [markdown] tags=["en"]
# ## Questions of your own
#
# A facet is one thing to know about every conversation. A function computes it; with a `question`, the model answers
# and the function may clean the answer.

# %% [markdown] tags=["ru"]
# ## Свои вопросы
#
# Фасет — то, что нужно знать о каждом разговоре. Его вычисляет функция; если задан вопрос (`question`), отвечает
# модель, а функция может поправить ответ.


# %%
@clioscope.facet
def urgent(row) -> bool:
    return "today" in row["text"]


@clioscope.facet(question="How annoyed is the user?", type="score", minimum=1, maximum=5)
def annoyance(answer):
    return answer


chosen = settings.model_copy(
    update={"facets": settings.facets.model_copy(update={"use": ("request", "field", "annoyance", "urgent")})}
)

# %% [markdown] tags=["en"]
# Try a question on a few conversations before many are asked:

# %% [markdown] tags=["ru"]
# Прежде чем спрашивать о многих, проверьте вопрос на нескольких разговорах:

# %%
if MODEL != "none":
    trial = clioscope.try_facets("tickets.csv", chosen, sample=4)
    for one in trial.conversations:
        print(one.text, one.values)
    print(*trial.warnings, sep="\n")

# %% [markdown] tags=["en"]
# ## Build

# %% [markdown] tags=["ru"]
# ## Построение

# %%
atlas = clioscope.build("tickets.csv", "tickets", chosen)
atlas

# %% [markdown] tags=["en"]
# As a table, for example the groups by plan:

# %% [markdown] tags=["ru"]
# Таблицей, например группы по тарифам:

# %%
atlas.table().pivot("meta_plan", index="path", values="record", aggregate_function="len").sort("path")

# %% [markdown] tags=["en"]
# ## New conversations
#
# `assign` looks up the groups of new tickets and changes nothing. `update` makes a new atlas with old and new ones, in
# which groups keep their ids and names.

# %% [markdown] tags=["ru"]
# ## Новые разговоры
#
# `assign` находит группы новых обращений и ничего не меняет. `update` строит новый атлас из старых и новых, в котором
# группы сохраняют обозначения и названия.

# %%
write("new.csv", tickets(12, seed=2))
columns = {"text_column": "text", "id_column": "ticket"}
atlas.assign("new.csv", **columns).table.select("record", "group", "name").head()

# %% [markdown] tags=["en"]
# ## Correct a name
#
# Your corrections lie in the atlas, apart from what was built, and later builds keep them.

# %% [markdown] tags=["ru"]
# ## Исправить название
#
# Ваши правки лежат в атласе отдельно от построенного, и следующие построения их сохраняют.

# %%
largest = atlas.tree.filter(level=0).sort("count")["group"][-1]
atlas = atlas.edit.rename(largest, "The largest group of tickets")
print(clioscope.show(atlas, largest))

# %% [markdown] tags=["en"]
# ## A copy to show
#
# It holds groups and counts, and no conversation, user or date. A group must have enough conversations and enough
# people. The model that named the groups has also checked the names for what identifies someone. Nobody has checked
# your own name, so you vouch for it. Without a model nobody has checked any, and you say so (`unaudited`).

# %% [markdown] tags=["ru"]
# ## Копия, которую можно показать
#
# В ней есть группы и числа, но нет разговоров, пользователей и дат. В группе должно быть достаточно разговоров и людей.
# Модель, которая назвала группы, проверила и названия: нельзя ли по ним узнать человека. Вашего названия никто не
# проверял, поэтому вы за него ручаетесь (`vouch`). Без модели не проверено ни одно, и вы это подтверждаете
# (`unaudited`).

# %%
import shutil

atlas = atlas.edit.vouch(largest)
shutil.rmtree("public", ignore_errors=True)
public = clioscope.publish(atlas, "public", unaudited=MODEL == "none")
public

# %% [markdown] tags=["en"]
# ## Conversations in Russian, or in another language
#
# When more than half of the texts are not in English, the multilingual encoder is taken by itself. Without a language
# model, names come from a list of common requests (in English and Russian) or are made of the texts' own words, so they
# are in the language of the texts.

# %% [markdown] tags=["ru"]
# ## Разговоры на русском или на другом языке
#
# Если больше половины текстов не на английском, многоязычная модель для векторов берётся сама. Без языковой модели
# названия берутся из списка обычных просьб (на английском и русском) или составляются из слов самих текстов, поэтому
# они на том же языке.

# %%
RUSSIAN = ["Как вернуть деньги за {}", "Не могу войти в {}, пароль не подходит", "Как выгрузить отчёт из {} в таблицу"]
THINGS = ["фоторедактор", "календарь", "планировщик бюджета", "музыкальную библиотеку", "редактор заметок"]
LAST = ["со вчерашнего дня", "на старом ноутбуке", "нужно срочно", "после обновления", "уже в третий раз"]
texts = [f"{text.format(thing)}, {last}." for text in RUSSIAN for thing in THINGS for last in LAST]
write("обращения.csv", [[f"О-{n}", f"клиент-{n % 19}", "2026-03-01", "pro", text] for n, text in enumerate(texts)])
few = clioscope.load_settings(input__text_column="text", input__id_column="ticket", clustering__clusters=3, **MORE)
russian = clioscope.build("обращения.csv", "обращения", few, no_llm=True)
print(russian.show())

# %% [markdown] tags=["en"]
# With a larger model, `facets__language="ru"` gives facets and names in Russian. All formats that are read:
# `docs/input-formats.md`; all settings: `docs/settings.md`.

# %% [markdown] tags=["ru"]
# Модель побольше с `facets__language="ru"` напишет фасеты и названия по-русски. Все форматы — в
# `docs/input-formats.md`, все настройки — в `docs/settings.md`.
