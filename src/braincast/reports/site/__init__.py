"""The site of a board: static pages that anyone can host, made of its export document and nothing else."""

from braincast.reports.site.build import build_site

__all__ = ["build_site"]
