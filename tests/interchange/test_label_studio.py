"""Tasks for Label Studio, and the labels that come back."""

import json
from xml.etree import ElementTree

import pytest

import clioscope
from clioscope import interchange
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.measure.labels_file import read_labels

WHY = "label-studio-sdk is not here; docs/python.md says how to add it"


def tasks_of(atlas, tmp_path, **more):
    file = interchange.to_label_studio(atlas, tmp_path / "tasks.json", **more)
    return json.loads(file.read_text()), (tmp_path / "tasks.xml").read_text()


def answered(tasks, names):
    """What Label Studio exports after people chose a name for each task (None: skipped)."""
    return [
        {
            "id": 100 + place,
            "data": task["data"],
            "annotations": [
                {
                    "id": place,
                    "completed_by": 1,
                    "was_cancelled": name is None,
                    "lead_time": 2.5,
                    "created_at": "2026-03-01T10:00:00Z",
                    "updated_at": "2026-03-01T10:00:00Z",
                    "result": []
                    if name is None
                    else [
                        {
                            "id": f"r{place}",
                            "from_name": "group",
                            "to_name": "text",
                            "type": "choices",
                            "value": {"choices": [name]},
                        }
                    ],
                }
            ],
        }
        for place, (task, name) in enumerate(zip(tasks, names, strict=True))
    ]


def test_tasks_have_texts_and_the_interface_has_the_groups(kept, tmp_path) -> None:
    tasks, interface = tasks_of(kept.path, tmp_path, level=1, sample=25)
    assert len(tasks) == 25 and all(set(task) == {"data"} for task in tasks)
    texts = dict(kept.transcripts.select("conversation", "text").iter_rows())
    assert all(task["data"]["text"] == texts[task["data"]["conversation"]] for task in tasks)
    choices = [one.get("value") for one in ElementTree.fromstring(interface).iter("Choice")]
    assert choices[-1] == "None of these"
    assert set(choices[:-1]) == set(kept.tree.filter(kept.tree["level"] == 1)["name"])
    again, _ = tasks_of(kept.path, tmp_path, level=1, sample=25)
    other, _ = tasks_of(kept.path, tmp_path, level=1, sample=25, seed=1)
    assert again == tasks != other
    assert len(tasks_of(kept, tmp_path, sample=None)[0]) == 60
    assert (tmp_path / "tasks.json").stat().st_mode & 0o077 == 0


def test_a_suggestion_is_the_atlas_own_group(kept, tmp_path) -> None:
    tasks, _ = tasks_of(kept, tmp_path, suggest=True)
    names = dict(kept.tree.select("group", "name").iter_rows())
    groups = dict(kept.clusters.select("conversation", "group").iter_rows())
    for task in tasks:
        (result,) = task["predictions"][0]["result"]
        assert result["value"]["choices"] == [names[groups[task["data"]["conversation"]]]]


def test_what_people_chose_comes_back_into_measure(kept, tmp_path) -> None:
    tasks, _ = tasks_of(kept, tmp_path, suggest=True, sample=None)
    own = [task["predictions"][0]["result"][0]["value"]["choices"][0] for task in tasks]
    export = tmp_path / "export.json"
    export.write_text(json.dumps(answered(tasks, [None, *own[1:]])))
    labels = read_labels(export)
    assert len(labels) == 59 and tasks[0]["data"]["conversation"] not in labels
    measured = clioscope.measure(kept, labels=export, stability=False, write=False)
    ami = measured.table.filter((measured.table["metric"] == "ami") & (measured.table["level"] == 0))
    assert ami["value"][0] == pytest.approx(1.0)


def test_the_label_that_most_people_gave_counts(kept, tmp_path) -> None:
    tasks, _ = tasks_of(kept, tmp_path, sample=2)
    one, two = answered(tasks, ["a", "a"]), answered(tasks, ["b", "b"])
    for task, other in zip(one, two, strict=True):
        task["annotations"] += other["annotations"]
    one[0]["annotations"].append(answered(tasks, ["b", "b"])[0]["annotations"][0])
    file = tmp_path / "export.json"
    file.write_text(json.dumps(one))
    assert read_labels(file) == {tasks[0]["data"]["conversation"]: "b"}


@pytest.mark.slow
def test_label_studio_takes_the_tasks_and_its_exports_are_read(kept, tmp_path) -> None:
    sdk = pytest.importorskip("label_studio_sdk", reason=WHY)
    from label_studio_sdk.converter import Converter
    from label_studio_sdk.label_interface import LabelInterface

    assert sdk
    tasks, interface = tasks_of(kept, tmp_path, suggest=True, sample=12)
    checked = LabelInterface(interface)
    checked.validate()
    own = []
    for task in tasks:
        assert checked.validate_task({"data": task["data"]})
        assert checked.validate_prediction(task["predictions"][0])
        own.append(task["predictions"][0]["result"][0]["value"]["choices"][0])
    done = answered(tasks, own)
    assert all(checked.validate_annotation(task["annotations"][0]) for task in done)
    export = tmp_path / "export.json"
    export.write_text(json.dumps(done))
    expected = {task["data"]["conversation"]: name for task, name in zip(tasks, own, strict=True)}
    assert read_labels(export) == expected
    converter = Converter(interface, str(tmp_path))
    converter.convert_to_json_min(str(export), str(tmp_path / "min"), is_dir=False)
    assert read_labels(tmp_path / "min" / "result.json") == expected
    converter.convert_to_csv(str(export), str(tmp_path / "csv"), is_dir=False, sep=",")
    (table,) = (tmp_path / "csv").glob("*.csv")
    assert read_labels(table) == expected


def test_what_cannot_be_labelled_is_one_sentence(kept, finished, tmp_path) -> None:
    from clioscope.errors import InputError
    from clioscope.settings import PrivacySettings

    with pytest.raises(ClioscopeError, match=r"ends in \.json"):
        interchange.to_label_studio(kept, tmp_path / "tasks.csv")
    with pytest.raises(ClioscopeError, match="has no groups at level 7; it has levels 0 to 1"):
        interchange.to_label_studio(kept, tmp_path / "tasks.json", level=7)
    public = clioscope.publish(finished, tmp_path / "public", PrivacySettings(min_conversations=4, min_users=2))
    with pytest.raises(AtlasError, match="nothing to label"):
        interchange.to_label_studio(public, tmp_path / "tasks.json")
    (tmp_path / "other.json").write_text('{"a": 1}')
    with pytest.raises(InputError, match="is no export of Label Studio"):
        read_labels(tmp_path / "other.json")
    (tmp_path / "empty.json").write_text("[]")
    with pytest.raises(InputError, match="holds no label in 'group'"):
        read_labels(tmp_path / "empty.json")
