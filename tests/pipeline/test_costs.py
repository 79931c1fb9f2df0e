"""What the stages of a finished atlas took."""

from clioscope.pipeline.costs import StageCosts, stage_costs
from clioscope.pipeline.stages import STAGES


def test_every_stage_of_a_build_says_what_it_took(finished) -> None:
    costs = {one.stage: one for one in stage_costs(finished.manifest)}
    assert list(costs) == [stage.name for stage in STAGES if stage.name in finished.manifest["stages"]]
    assert costs["conversations"].rows == costs["texts"].rows == costs["layout"].rows == 60
    assert costs["facets"].questions == 60 and costs["layout"].questions == 0
    for one in costs.values():
        assert one.seconds >= 0 and one.memory is not None and one.memory > 10_000_000
        files = finished.manifest["stages"][one.stage]["files"]
        there = [finished.path / name for name in files]
        if all(path.exists() for path in there):
            assert one.written == sum(path.stat().st_size for path in there)
    assert costs["clusters"].written > 0


def test_a_manifest_of_an_earlier_version() -> None:
    old = {"stages": {"later": {"seconds": 1.0}, "layout": {"seconds": 2.0, "rows": 4}, "texts": {"seconds": 0.0}}}
    assert stage_costs(old) == [
        StageCosts("texts", 0.0, None, None, None, 0),
        StageCosts("layout", 2.0, 4, None, None, 0),
        StageCosts("later", 1.0, None, None, None, 0),
    ]
    assert [one.rows_per_second for one in stage_costs(old)] == [None, 2.0, None]
    assert stage_costs({}) == []
