"""Embeddings laid flat: what points the same way lies together, for a person to look at."""

from __future__ import annotations

import numpy as np

COMPONENTS = 50
"""Principal components that are kept: what is left hardly matters to distances, and t-SNE is quicker."""


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1, (N, D) float32; a row of zeros stays."""
    vectors = vectors.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def flatten(embedding: np.ndarray, seed: int = 0) -> np.ndarray:
    """(N, D) -> (N, 2) float32 by t-SNE of the cosines, starting from the principal components; the same seed, the same map."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    vectors = unit(embedding)
    principal = PCA(min(COMPONENTS, *vectors.shape), svd_solver="full").fit_transform(vectors)
    perplexity = min(30.0, (len(vectors) - 1) / 3)
    flat = TSNE(2, perplexity=perplexity, init="pca", random_state=seed, learning_rate="auto", n_jobs=1)
    points: np.ndarray = flat.fit_transform(principal).astype(np.float32)
    return points
