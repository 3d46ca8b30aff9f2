"""What the paper prints in the tables that are measured again.

Source: Zhao et al., *AnyBand-Diff*, ICML 2026, Tables 2, 3, 4, 5 and 7.
"""

# Random band masking of 10, 30 and 50 %: PSNR [dB], SSIM, RMSE of each.
TABLE2 = {
    "CRS-Diff": ((32.14, 0.89, 0.030), (29.10, 0.80, 0.054), (24.12, 0.72, 0.078)),
    "HSI-Gene": ((33.06, 0.90, 0.027), (30.15, 0.82, 0.049), (26.87, 0.74, 0.069)),
    "AnyBand-Diff": ((34.22, 0.93, 0.028), (32.19, 0.89, 0.030), (29.65, 0.84, 0.051)),
}
# Correlation and RMSE of NDVI, then of NDWI.
TABLE3 = {
    "CRS-Diff": (0.88, 0.038, 0.84, 0.046),
    "HSI-Gene": (0.90, 0.032, 0.87, 0.038),
    "AnyBand-Diff": (0.94, 0.015, 0.92, 0.022),
}
# PSNR with 3, 5 and 7 bands [dB]; SSIM, RMSE and SAM.
TABLE4 = {
    "without any": (28.75, 30.11, 31.01, 0.82, 0.050, 0.038),
    "without MCD": (33.18, 34.01, 34.89, 0.91, 0.032, 0.029),
    "without PGS": (32.10, 33.48, 34.15, 0.89, 0.036, 0.031),
    "without MSPL": (31.45, 32.70, 33.80, 0.88, 0.039, 0.033),
    "without MCD and PGS": (30.12, 31.85, 32.45, 0.86, 0.043, 0.035),
    "full": (34.25, 35.42, 36.01, 0.93, 0.028, 0.025),
}
# Parameters [M], FLOPs [G], latency of 50 steps on an A100 in half precision [ms].
TABLE5 = {
    "CRS-Diff": (245, 22.3, 1280),
    "HSI-Gene": (412, 35.7, 1980),
    "AnyBand-Diff (w/o PGS)": (278, 24.1, 1350),
    "AnyBand-Diff (full)": (278, 24.1, 1420),
}
# Guidance scale: PSNR [dB], SSIM, SAM.
TABLE7 = {
    0.0: (27.68, 0.81, 0.058),
    0.5: (28.94, 0.83, 0.053),
    1.0: (29.65, 0.84, 0.051),
    1.5: (29.58, 0.84, 0.052),
    2.0: (28.91, 0.82, 0.056),
}
