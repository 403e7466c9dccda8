"""How far apart two pictures are: structure, noise and colour."""

from image_worker.measures.color import delta_e
from image_worker.measures.noise import psnr
from image_worker.measures.ssim import REDUCTION, Structure, ssim

__all__ = ["REDUCTION", "Structure", "delta_e", "psnr", "ssim"]
