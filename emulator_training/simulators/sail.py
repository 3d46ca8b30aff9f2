"""4SAIL: what a canopy of leaves over a soil reflects into one direction.

Verhoef et al. (2007), "Unified optical-thermal four-stream radiative transfer theory for
homogeneous vegetation canopies", IEEE Transactions on Geoscience and Remote Sensing 45, whose
symbols these are.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from emulator_training.simulators.architecture import Architecture
from emulator_training.simulators.hot_spot import decay_ratio, hot_spot
from emulator_training.simulators.prospect import Leaf


class Beams(NamedTuple):
    """What a canopy does to the sun's beam and the observer's, at every wavelength alike.

    Attributes:
        ks: extinction of the sun's beam [1].
        ko: that of the observer's [1].
        bf: mean squared cosine of the leaves' inclination [1].
        sob: bidirectional scattering of what leaves reflect [1].
        sof: that of what they transmit [1].
        lai: leaf area index [1].
        tss: what passes of the sun's beam [1].
        too: that of the observer's [1].
        z: the integral of both over the depth [1].
        seen: leaf area that is sunlit and seen [1].
        tsstoo: how much of the soil is [1].
    """

    ks: Float[Tensor, "*batch 1"]
    ko: Float[Tensor, "*batch 1"]
    bf: Float[Tensor, "*batch 1"]
    sob: Float[Tensor, "*batch 1"]
    sof: Float[Tensor, "*batch 1"]
    lai: Float[Tensor, "*batch 1"]
    tss: Float[Tensor, "*batch 1"]
    too: Float[Tensor, "*batch 1"]
    z: Float[Tensor, "*batch 1"]
    seen: Float[Tensor, "*batch 1"]
    tsstoo: Float[Tensor, "*batch 1"]


def beams(
    canopy: Architecture,
    lai: Float64[Tensor, "*batch 1"],
    size: Float64[Tensor, "*batch 1"],
    dtype: torch.dtype,
) -> Beams:
    """Return what a canopy does to beams.

    Args:
        canopy: the canopy, and the angles.
        lai: leaf area index [1].
        size: of the hot spot [1].
        dtype: of what is returned; it is computed in doubles.
    """
    ks, ko, bf, sob, sof, _ = canopy
    tsstoo, sunlit = hot_spot(canopy, lai, size)
    z = lai * decay_ratio((ks + ko) * lai)
    passing = (-ks * lai).exp(), (-ko * lai).exp()
    found = (ks, ko, bf, sob, sof, lai, *passing, z, lai * sunlit, tsstoo)
    return Beams(*(value.to(dtype) for value in found))


def sail(
    leaf: Leaf, soil: Float[Tensor, "*#batch wavelength"], canopy: Beams
) -> Float[Tensor, "*batch wavelength"]:
    """Return the bidirectional reflectance of a canopy under the sun alone.

    Args:
        leaf: what a leaf does to light.
        soil: reflectance of the soil [1].
        canopy: what the canopy does to beams.
    """
    rho, tau, absorbed = leaf
    ks, ko, bf, sob, sof, lai, tss, too, z, seen, tsstoo = canopy
    # What a layer of leaves scatters; leaves reflect backward, as seen by a layer, and transmit
    # forward, all the more as they lie flat.
    total, turned = (rho + tau) * 0.5, (rho - tau) * (bf * 0.5)
    sigb, att = total + turned, 1 - (total - turned)
    sb, sf = total * ks + turned, total * ks - turned
    vb, vf = total * ko + turned, total * ko - turned
    w = sob * rho + sof * tau
    # The two diffuse streams; att² - sigb² without a difference.
    m = (absorbed * (1 + 2 * turned)).sqrt()
    half = (m * (lai * -0.5)).exp()
    e1 = half * half
    shorter = 1 / (att + m)
    rinf = sigb * shorter
    one_less = (absorbed + m) * shorter * (1 + rinf)
    re = rinf * e1
    scale = 1 / (1 - re * re)
    rdd = rinf * (1 - e1 * e1) * scale
    # What the direct beams give them.
    per_s, per_o = 1 / (ks + m), 1 / (ko + m)
    j1s, j1o = _j1(ks, tss, m, half, lai), _j1(ko, too, m, half, lai)
    j2s, j2o = (1 - tss * e1) * per_s, (1 - too * e1) * per_o
    down_s, up_s = sf + sb * rinf, sf * rinf + sb
    down_o, up_o = vf + vb * rinf, vf * rinf + vb
    ps, qs = down_s * j1s, up_s * j2s
    pv, qv = down_o * j1o, up_o * j2o
    tsd = (ps - re * qs) * scale
    tdo, rdo = (pv - re * qv) * scale, (qv - re * pv) * scale
    # What is scattered more than once on its way from the sun to the observer.
    g1, g2 = (z - j1s * too) * per_o, (z - j1o * tss) * per_s
    rsod = (up_o * g1 * down_s + down_o * g2 * up_s - (rdo * qs + tdo * ps) * rinf) / one_less
    from_soil = ((tss + tsd) * tdo + (tsd + tss * soil * rdd) * too) / (1 - soil * rdd)
    return w * seen + rsod + (tsstoo + from_soil) * soil


def _j1(k: Tensor, beam: Tensor, m: Tensor, half: Tensor, lai: Tensor) -> Tensor:
    """Return (exp(-m L) - exp(-k L)) / (k - m), also where k and m are alike."""
    apart = k - m
    square = (apart * (lai * 0.5)) ** 2
    alike = square < 0.02
    # sinh(x) / x, of half of (k - m) L.
    series = 1 + square / 6 * (1 + square / 20 * (1 + square / 42 * (1 + square / 72)))
    near = (lai * (k * (lai * -0.5)).exp()) * half * series
    return torch.where(alike, near, (half * half - beam) / torch.where(alike, 1, apart))
