"""Translations of the test project's script."""

from __future__ import annotations

SPANISH = """\
language: es
title: Dos puntos
voice: [espeak]
lexicon: {punto: punto}
scenes:
  dots:
    title: Puntos
    lines:
      one:
        say: Aparece un solo [punto]{dot}.
        show: Un punto rosa.
        labels: {name: punto}
      two:
        say: Luego se une [otro]{other} más.
        show: Un segundo punto, turquesa.
"""
