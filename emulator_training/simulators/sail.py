"""4SAIL: what a canopy of leaves over a soil reflects into one direction.

Verhoef et al. (2007), "Unified optical-thermal four-stream radiative transfer theory for
homogeneous vegetation canopies", IEEE Transactions on Geoscience and Remote Sensing 45, whose
symbols these are.
"""

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from emulator_training.simulators.architecture import Architecture
from emulator_training.simulators.hot_spot import decay_ratio, hot_spot
from emulator_training.simulators.prospect import Leaf


def sail(
    leaf: Leaf,
    soil: Float[Tensor, "*#batch wavelength"],
    canopy: Architecture,
    lai: Float64[Tensor, "*batch 1"],
    size: Float64[Tensor, "*batch 1"],
) -> Float[Tensor, "*batch wavelength"]:
    """Return the bidirectional reflectance of a canopy under the sun alone.

    Args:
        leaf: what a leaf does to light.
        soil: reflectance of the soil [1].
        canopy: the canopy, and the angles.
        lai: leaf area index [1].
        size: of the hot spot [1].
    """
    both_ways, sunlit = hot_spot(canopy, lai, size)
    thickness = (canopy.ks + canopy.ko) * lai
    rho, tau, absorbed = leaf

    def here(value: Tensor) -> Tensor:
        return value.to(rho.dtype)

    ks, ko, bf, sob, sof, _ = (here(value) for value in canopy)
    tss, too = here((-canopy.ks * lai).exp()), here((-canopy.ko * lai).exp())
    z = here(lai * decay_ratio(thickness))
    depth, single, both_ways = here(lai), here(lai * sunlit), here(both_ways)
    # What a layer of leaves scatters; leaves reflect backward, as seen by a layer, and transmit
    # forward, all the more as they lie flat.
    total, contrast = (rho + tau) / 2, (rho - tau) / 2
    turned = contrast * bf
    sigb, att = total + turned, 1 - (total - turned)
    sb, sf = total * ks + turned, total * ks - turned
    vb, vf = total * ko + turned, total * ko - turned
    w = sob * rho + sof * tau
    # The two diffuse streams; att² - sigb² without a difference.
    m = (absorbed * (1 + 2 * turned)).sqrt()
    e1 = (-m * depth).exp()
    rinf = sigb / (att + m)
    one_less = (absorbed + m) / (att + m) * (1 + rinf)
    re = rinf * e1
    scale = 1 / (1 - re * re)
    rdd = rinf * (1 - e1 * e1) * scale
    # What the direct beams give them.
    j1s, j1o = _j1(ks, tss, m, e1, depth), _j1(ko, too, m, e1, depth)
    j2s, j2o = (1 - tss * e1) / (ks + m), (1 - too * e1) / (ko + m)
    down_s, up_s = sf + sb * rinf, sf * rinf + sb
    down_o, up_o = vf + vb * rinf, vf * rinf + vb
    ps, qs = down_s * j1s, up_s * j2s
    pv, qv = down_o * j1o, up_o * j2o
    tsd = (ps - re * qs) * scale
    tdo, rdo = (pv - re * qv) * scale, (qv - re * pv) * scale
    # What is scattered more than once on its way from the sun to the observer.
    g1, g2 = (z - j1s * too) / (ko + m), (z - j1o * tss) / (ks + m)
    rsod = (up_o * g1 * down_s + down_o * g2 * up_s - (rdo * qs + tdo * ps) * rinf) / one_less
    from_soil = ((tss + tsd) * tdo + (tsd + tss * soil * rdd) * too) / (1 - soil * rdd)
    return w * single + rsod + (both_ways + from_soil) * soil


def _j1(k: Tensor, beam: Tensor, m: Tensor, e1: Tensor, depth: Tensor) -> Tensor:
    """Return (exp(-m L) - exp(-k L)) / (k - m), also where k and m are alike."""
    apart = (k - m) * depth
    alike = apart.abs() < 0.3
    square = apart * apart / 4
    # sinh(x) / x at half of it.
    series = 1 + square / 6 * (1 + square / 20 * (1 + square / 42 * (1 + square / 72)))
    near = depth * (-(k + m) / 2 * depth).exp() * series
    return torch.where(alike, near, (e1 - beam) / torch.where(alike, 1, k - m))
