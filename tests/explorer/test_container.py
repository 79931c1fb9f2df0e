"""What is packed comes back, and nothing else is taken for it."""

import numpy as np
import pytest

from clioscope.explorer.container import pack, smallest_codes, unpack


def test_header_and_arrays_come_back():
    arrays = {
        "a": np.arange(5, dtype=np.uint8),
        "b": np.arange(3, dtype=np.uint16),
        "c": np.array([2**31], np.uint32),
        "d": np.array([0.5, -1.5], np.float32),
        "empty": np.zeros(0, np.uint8),
    }
    header, found = unpack(pack({"title": "Ёлки </script> 🎉", "n": 3}, arrays))
    assert header == {"title": "Ёлки </script> 🎉", "n": 3}
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_arrays_start_where_any_type_may_be_read():
    data = pack({"x": "odd"}, {"a": np.ones(3, np.uint8), "b": np.ones(1, np.uint32)})
    end = 12 + int.from_bytes(data[8:12], "little")
    assert len(data) == end + -end % 8 + 8 + 8


def test_other_types_and_other_bytes_are_refused():
    with pytest.raises(ValueError, match="a: an array of int64"):
        pack({}, {"a": np.arange(3)})
    with pytest.raises(ValueError, match="not a Clioscope view"):
        unpack(b"PK\x03\x04 something else")


def test_codes_take_the_smallest_type_that_holds_the_one_for_not_known():
    codes = np.array([0, 1])
    assert smallest_codes(codes, 255).dtype == np.uint8
    assert smallest_codes(codes, 256).dtype == np.uint16
    assert smallest_codes(codes, 2**16).dtype == np.uint32
