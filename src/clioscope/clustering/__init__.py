"""From vectors to base groups."""

from clioscope.clustering.assign import assign_vectors, rare
from clioscope.clustering.cluster import Clustering, cluster, set_apart
from clioscope.clustering.clusterer import Clusterer, Options, Partition, clusterers, read_options
from clioscope.clustering.resolutions import cluster_at_resolutions
from clioscope.clustering.target import default_clusters, most_clusters
from clioscope.clustering.within import cluster_within

__all__ = [
    "Clusterer",
    "Clustering",
    "Options",
    "Partition",
    "assign_vectors",
    "cluster",
    "cluster_at_resolutions",
    "cluster_within",
    "clusterers",
    "default_clusters",
    "most_clusters",
    "rare",
    "read_options",
    "set_apart",
]
