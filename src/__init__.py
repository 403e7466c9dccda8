"""Makes `from src.rp_handler import handler` find this folder and no other."""
