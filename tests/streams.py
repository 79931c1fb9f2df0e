"""A stream of conversations, week by week, for tests of builds that follow another."""

import random

from conftest import FILL

TOPICS = {
    "bread": "How do I bake sourdough bread at home with rye flour and a {} crust in the oven?",
    "python": "Fix this python function, the list index raises an error when the loop is {}",
    "travel": "Plan a trip to the mountains of Georgia for {} days with trains and hotels",
    "poem": "Write a poem about autumn leaves and the sea in {} verses with rhyme",
    "excel": "Which excel formula sums a column of a spreadsheet when the cell says {}?",
    "garden": "When should tomato plants and roses in my garden be watered in a {} summer?",
    "law": "Does the landlord have to return the deposit of a rented flat after a {} winter?",
    "chess": "Explain the opening with the queen's pawn when black answers with a {} knight move",
}


def stream(week: int, topics=tuple(TOPICS), each: int = 12) -> list[dict]:
    """The conversations of one week: so many of each topic."""
    generator = random.Random(week)
    texts = [
        f"{TOPICS[topic].format(' '.join(generator.sample(FILL, 3)))} Week {week}, case {number}."
        for topic in topics
        for number in range(each)
    ]
    return [
        {"id": f"w{week}-{number}", "user_id": f"u{number % 13}", "messages": [{"role": "user", "content": text}]}
        for number, text in enumerate(texts)
    ]


def tables(folder):
    """The bytes of every table and array of an atlas, but not what it keeps of the one before."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.suffix in (".parquet", ".npy") and path.stem not in ("lineage", "earlier", "earlier_tree")
    }
