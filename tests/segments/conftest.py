"""Conversations of one topic and of two, by words of twelve topics."""

import itertools
import random

FAST = {"model__name": "fake", "embedding__model": "hash", "clustering__clusters": 12, "layout__method": "pca"}

WORDS = {
    "bread": "sourdough rye flour oven crust dough yeast knead starter loaf",
    "python": "function loop index variable exception traceback decorator lambda pytest import",
    "travel": "hotel train mountains luggage ticket hostel itinerary airport visa hiking",
    "poem": "verse rhyme stanza autumn metaphor sonnet sorrow melody twilight ode",
    "excel": "spreadsheet column formula pivot workbook vlookup chart macro filter cell",
    "garden": "tomato seedling compost pruning mulch fertiliser greenhouse weeds watering orchid",
    "law": "contract tenant landlord lawsuit clause liability attorney statute verdict deposit",
    "fitness": "squat treadmill protein muscle cardio stretching dumbbell calories marathon yoga",
    "physics": "quantum electron gravity photon entropy momentum relativity neutron wavelength plasma",
    "music": "guitar chord piano rhythm melodies drummer orchestra violin concerto jazz",
    "finance": "mortgage dividend portfolio inflation pension broker bond equity savings tax",
    "pets": "puppy kitten veterinarian leash litter aquarium hamster parrot grooming vaccination",
}


def asked_about(topic: str, number: int) -> list[dict]:
    """Two turns about one topic, and the answers."""
    generator = random.Random(f"{topic} {number}")
    return [
        {"role": role, "content": content}
        for _ in range(2)
        for role, content in (
            ("user", " ".join(generator.sample(WORDS[topic].split(), 6))),
            ("assistant", " ".join(generator.sample(WORDS[topic].split(), 3))),
        )
    ]


def records(count: int = 120) -> list[dict]:
    """Conversations of four turns; every sixth one has two topics, and ends with thanks."""
    made = []
    pairs = list(itertools.permutations(WORDS, 2))
    for number in range(count):
        first, second = pairs[number % len(pairs)]
        messages = asked_about(first, number)
        if number % 6 == 0:
            messages = [*messages, *asked_about(second, number), {"role": "user", "content": "Thanks!"}]
        made.append({"id": f"r{number}", "messages": messages})
        if number % 3:
            made[-1]["user_id"] = f"u{number}"
    return [*made, {**made[0], "id": "copy"}]
