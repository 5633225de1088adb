"""Stands in for ONNX Runtime, of which only the seed of its noise is asked."""


def set_seed(seed: int) -> None:
    assert seed == 1
