"""all-MiniLM-L6-v2 as an OpenVINO graph, from token ids to unit vectors, without torch.

Source: BERT (Devlin et al. 2019, arXiv:1810.04805); mean pooling over the read tokens
as in the model's 1_Pooling/config.json.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADS = 12
LAYERS = 6
EPSILON = 1e-12  # config.json: layer_norm_eps
# Added to the scores of padding: after softmax its share is exactly 0.
UNREAD = -1e9


class _Graph:
    """OpenVINO's operations with the model's weights at hand."""

    def __init__(self, tensors: dict[str, NDArray[np.generic]]) -> None:
        import openvino.opset13

        self.ops: Any = openvino.opset13
        self.tensors = tensors

    def weight(self, name: str) -> Any:
        return self.ops.constant(self.tensors[name])

    def number(self, value: float) -> Any:
        return self.ops.constant(np.float32(value))

    def integers(self, *values: int) -> Any:
        return self.ops.constant(np.array(values, dtype=np.int64))

    def linear(self, x: Any, name: str) -> Any:
        product = self.ops.matmul(x, self.weight(f"{name}.weight"), False, True)  # noqa: FBT003
        return self.ops.add(product, self.weight(f"{name}.bias"))

    def norm(self, x: Any, name: str) -> Any:
        normal = self.ops.mvn(x, self.integers(-1), True, EPSILON, "inside_sqrt")  # noqa: FBT003
        scaled = self.ops.multiply(normal, self.weight(f"{name}.weight"))
        return self.ops.add(scaled, self.weight(f"{name}.bias"))

    def split(self, x: Any) -> Any:
        """(rows, tokens, width) -> (rows, heads, tokens, width / heads)."""
        parts = self.ops.reshape(x, self.integers(0, 0, HEADS, -1), special_zero=True)
        return self.ops.transpose(parts, self.integers(0, 2, 1, 3))

    def join(self, x: Any) -> Any:
        """(rows, heads, tokens, part) -> (rows, tokens, width)."""
        turned = self.ops.transpose(x, self.integers(0, 2, 1, 3))
        return self.ops.reshape(turned, self.integers(0, 0, -1), special_zero=True)


def build(tensors: dict[str, NDArray[np.generic]]) -> Any:
    """Build the model: input_ids and attention_mask (rows, tokens) int64 -> (rows, 384) float32."""
    import openvino

    graph = _Graph(tensors)
    ids = graph.ops.parameter([-1, -1], np.int64, name="input_ids")
    mask = graph.ops.parameter([-1, -1], np.int64, name="attention_mask")
    read = graph.ops.convert(mask, "f32")
    bias = _bias(graph, read)
    hidden = _embed(graph, ids)
    for layer in range(LAYERS):
        hidden = _layer(graph, hidden, bias, f"encoder.layer.{layer}")
    result = graph.ops.result(_pool(graph, hidden, read), name="vectors")
    return openvino.Model([result], [ids, mask], "all-MiniLM-L6-v2")


def _bias(graph: _Graph, read: Any) -> Any:
    unread = graph.ops.subtract(graph.number(1), graph.ops.unsqueeze(read, graph.integers(1, 2)))
    return graph.ops.multiply(unread, graph.number(UNREAD))


def _embed(graph: _Graph, ids: Any) -> Any:
    ops, zero, one = graph.ops, graph.integers(0), graph.integers(1)
    tokens = ops.gather(ops.shape_of(ids), one, zero)
    positions = ops.slice(
        graph.weight("embeddings.position_embeddings.weight"), zero, tokens, one, zero
    )
    axis = ops.constant(np.int64(0))
    words = ops.gather(graph.weight("embeddings.word_embeddings.weight"), ids, axis)
    kind = ops.constant(graph.tensors["embeddings.token_type_embeddings.weight"][0])
    return graph.norm(ops.add(ops.add(words, positions), kind), "embeddings.LayerNorm")


def _layer(graph: _Graph, hidden: Any, bias: Any, name: str) -> Any:
    ops = graph.ops
    attended = graph.linear(
        _attend(graph, hidden, bias, f"{name}.attention.self"), f"{name}.attention.output.dense"
    )
    hidden = graph.norm(ops.add(attended, hidden), f"{name}.attention.output.LayerNorm")
    wide = ops.gelu(graph.linear(hidden, f"{name}.intermediate.dense"), "erf")
    narrow = graph.linear(wide, f"{name}.output.dense")
    return graph.norm(ops.add(narrow, hidden), f"{name}.output.LayerNorm")


def _attend(graph: _Graph, hidden: Any, bias: Any, name: str) -> Any:
    query, key, value = (
        graph.split(graph.linear(hidden, f"{name}.{part}")) for part in ("query", "key", "value")
    )
    width = graph.tensors[f"{name}.query.weight"].shape[0] // HEADS
    scores = graph.ops.matmul(query, key, False, True)  # noqa: FBT003
    scaled = graph.ops.multiply(scores, graph.number(width**-0.5))
    shares = graph.ops.softmax(graph.ops.add(scaled, bias), -1)
    return graph.join(graph.ops.matmul(shares, value, False, False))  # noqa: FBT003


def _pool(graph: _Graph, hidden: Any, read: Any) -> Any:
    ops, axis = graph.ops, graph.integers(1)
    column = ops.unsqueeze(read, graph.integers(2))
    total = ops.reduce_sum(ops.multiply(hidden, column), axis, keep_dims=False)
    mean = ops.divide(total, ops.reduce_sum(column, axis, keep_dims=False))
    return ops.normalize_l2(mean, axis, EPSILON, "max")
