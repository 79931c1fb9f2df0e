"""An atlas to and from other tools: pandas, DuckDB, Hugging Face datasets, datamapplot, Embedding Atlas, BERTopic, and
Label Studio. No other room needs it, and each function needs only the tool that it is for.

>>> from clioscope import interchange
>>> interchange.to_duckdb("atlas/", "atlas.duckdb")  # doctest: +SKIP
"""

from clioscope.interchange.bertopic_model import to_bertopic
from clioscope.interchange.conversations import save_conversations
from clioscope.interchange.data_map import DataMap, to_datamapplot
from clioscope.interchange.database import to_duckdb
from clioscope.interchange.embedding_atlas import to_embedding_atlas
from clioscope.interchange.hub import to_datasets
from clioscope.interchange.label_studio import to_label_studio
from clioscope.interchange.rows import save_table

__all__ = [
    "DataMap",
    "save_conversations",
    "save_table",
    "to_bertopic",
    "to_datamapplot",
    "to_datasets",
    "to_duckdb",
    "to_embedding_atlas",
    "to_label_studio",
]
