"""Logistic GEE over scenarios with a covariance for few of them: what `stats.factors` stands on.

statsmodels fits it. Its own bias-reduced covariance holds a matrix of runs by runs for every
scenario, which 4,000 runs of a scenario make impossible; here the same covariance is computed from
matrices of parameters by parameters.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.stats.estimate import Floats


@dataclass(frozen=True)
class GeeFit:
    """Log odds of the `parameters` K, their covariance, and the degrees of freedom for t.

    `correlation` is the working one between runs of a scenario.
    """

    parameters_k: Floats
    covariance_kk: Floats
    degrees: int
    correlation: float


def fit_gee(values: Floats, scenario: npt.NDArray[np.intp], design_nk: Floats) -> GeeFit:
    """Exchangeable logistic GEE, with Mancl and DeRouen's covariance (Biometrics 57 (2001), 126).

    Degrees of freedom are scenarios less parameters. `scenario` holds codes from 0 on.

    Raises:
        ValueError: it cannot be fitted, with the reason as a clause ("levels always change
            together").
    """
    clusters, parameters = int(scenario.max()) + 1, design_nk.shape[1]
    if clusters <= parameters:
        raise ValueError(f"{clusters} scenarios are too few for {parameters} parameters")
    if np.linalg.matrix_rank(design_nk.T @ design_nk) < parameters:
        raise ValueError("levels of some factors always change together")

    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    model = GEE(values, design_nk, groups=scenario, family=Binomial(), cov_struct=Exchangeable())
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what did not converge is found below
        try:
            result = model.fit()
        except np.linalg.LinAlgError as error:
            raise ValueError("the model is singular") from error
    estimated_k = np.asarray(result.params, dtype=np.float64)
    correlation = float(np.clip(model.cov_struct.dep_params, 0, 0.999))
    if not result.converged or not np.isfinite(estimated_k).all() or np.abs(estimated_k).max() > 15:
        raise ValueError("the fit does not converge: some levels show events always or never")
    covariance_kk = _mancl_derouen(values, scenario, design_nk, estimated_k, correlation)
    if not np.isfinite(covariance_kk).all() or (np.diag(covariance_kk) <= 0).any():
        raise ValueError("the covariance cannot be computed: events fall in too few scenarios")
    return GeeFit(estimated_k, covariance_kk, clusters - parameters, correlation)


def _mancl_derouen(
    values: Floats,
    scenario: npt.NDArray[np.intp],
    design_nk: Floats,
    estimated_k: Floats,
    correlation: float,
) -> Floats:
    """M sum_i (I - A_i M)^-1 U_i U_i' (I - M A_i)^-1 M, with information A_i and score U_i.

    This is theirs: (I - A M)^-1 D'V^-1 = D'V^-1 (I - D M D'V^-1)^-1. The inverse of an exchangeable
    correlation has a closed form, so that sums over runs are all it takes.
    """
    parameters = len(estimated_k)
    mean_n = 1 / (1 + np.exp(-design_nk @ estimated_k))
    spread_n = np.sqrt(mean_n * (1 - mean_n))
    scaled_nk, residual_n = design_nk * spread_n[:, None], (values - mean_n) / spread_n
    informations, scores = [], []
    for cluster in range(int(scenario.max()) + 1):
        own = scenario == cluster
        x, r, size = scaled_nk[own], residual_n[own], int(own.sum())
        shared = correlation / (1 + (size - 1) * correlation)
        total = x.sum(axis=0)
        informations.append((x.T @ x - shared * np.outer(total, total)) / (1 - correlation))
        scores.append((x.T @ r - shared * total * r.sum()) / (1 - correlation))
    try:
        bread = np.linalg.inv(np.sum(informations, axis=0))
        lifted = [
            np.linalg.solve(np.eye(parameters) - information @ bread, score)
            for information, score in zip(informations, scores, strict=True)
        ]
    except np.linalg.LinAlgError as error:
        raise ValueError("the covariance cannot be computed: one scenario holds it all") from error
    found: Floats = bread @ sum(np.outer(score, score) for score in lifted) @ bread
    return found
