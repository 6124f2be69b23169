"""Equations for people: LaTeX for papers, MathML for pages that load no script."""

from __future__ import annotations

import ast
import html
from collections.abc import Mapping

from carboncalc.methods.equation import Equation, parse


def typeset(equation: Equation | str) -> str:
    r"""The equation in LaTeX, names upright, in the order it is computed.

    Examples
    --------
    >>> typeset("amount * (1 - heel) / 1")
    '\\frac{\\mathrm{amount} \\times \\left(1 - \\mathrm{heel}\\right)}{1}'
    """
    return _latex(parse(equation if isinstance(equation, str) else equation.text))


_SIGNS = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: r" \times "}


def _latex(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return r"\mathrm{" + node.id.replace("_", r"\_") + "}"
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.UnaryOp):
        return "-" + _bracketed(node.operand)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        inner = ", ".join(_latex(argument) for argument in node.args)
        return rf"\{node.func.id}\left({inner}\right)"
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{_latex(node.left)}}}{{{_latex(node.right)}}}"
    if isinstance(node.op, ast.Pow):
        return f"{_bracketed(node.left)}^{{{_latex(node.right)}}}"
    if isinstance(node.op, ast.Mult):
        return _bracketed(node.left) + _SIGNS[ast.Mult] + _bracketed(node.right)
    right = _bracketed(node.right) if isinstance(node.op, ast.Sub) else _latex(node.right)
    return _latex(node.left) + _SIGNS[type(node.op)] + right


def _bracketed(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return rf"\left({_latex(node)}\right)"
    return _latex(node)


def worded(equation: Equation | str, words: Mapping[str, str]) -> str:
    """The equation on one line with names in words; a name without a word stays as it is.

    What is divided by a word that is just ``1`` (a constant that takes a substance off) is
    not divided.

    Examples
    --------
    >>> worded("amount * (1 - heel) * co2_per_carbon", {"amount": "数量", "heel": "残余比例"})
    '数量 × (1 − 残余比例) × co2_per_carbon'
    """
    return _worded(parse(equation if isinstance(equation, str) else equation.text), words)


def _worded(node: ast.expr, words: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return words.get(node.id, node.id)
    if isinstance(node, ast.Constant):
        return f"{node.value!r}"
    if isinstance(node, ast.UnaryOp):
        return "−" + _held(node.operand, words)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return f"{node.func.id}({', '.join(_worded(one, words) for one in node.args)})"
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Div):
        right = _worded(node.right, words)
        if right == "1":
            return _worded(node.left, words)
        bare = isinstance(node.right, ast.Name | ast.Constant) and "/" not in right
        return f"{_held(node.left, words)} / {right if bare else f'({right})'}"
    if isinstance(node.op, ast.Pow):
        return f"{_held(node.left, words)}^{_worded(node.right, words)}"
    sign = _OPERATORS[type(node.op)]
    if isinstance(node.op, ast.Mult):
        return f"{_held(node.left, words)} {sign} {_held(node.right, words)}"
    right = _held(node.right, words) if isinstance(node.op, ast.Sub) else _worded(node.right, words)
    return f"{_worded(node.left, words)} {sign} {right}"


def _held(node: ast.expr, words: Mapping[str, str]) -> str:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return f"({_worded(node, words)})"
    return _worded(node, words)


def mathml(equation: Equation | str, left: str | None = None) -> str:
    """The equation as MathML, which browsers show by themselves; ``left`` goes before it.

    Examples
    --------
    >>> mathml("amount / density")
    '<math><mfrac><mtext>amount</mtext><mtext>density</mtext></mfrac></math>'
    """
    body = _mathml(parse(equation if isinstance(equation, str) else equation.text))
    head = "" if left is None else f"<mtext>{html.escape(left)}</mtext><mo>=</mo>"
    return f"<math>{head}{body}</math>"


_OPERATORS = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×"}


def _mathml(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return f"<mtext>{html.escape(node.id)}</mtext>"
    if isinstance(node, ast.Constant):
        return f"<mn>{node.value!r}</mn>"
    if isinstance(node, ast.UnaryOp):
        return f"<mo>−</mo>{_fenced(node.operand)}"
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        inner = "<mo>,</mo>".join(_mathml(argument) for argument in node.args)
        return f"<mi>{node.func.id}</mi><mo>(</mo>{inner}<mo>)</mo>"
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Div):
        return f"<mfrac>{_row(node.left)}{_row(node.right)}</mfrac>"
    if isinstance(node.op, ast.Pow):
        return f"<msup><mrow>{_fenced(node.left)}</mrow>{_mathml(node.right)}</msup>"
    sign = f"<mo>{_OPERATORS[type(node.op)]}</mo>"
    if isinstance(node.op, ast.Mult):
        return _fenced(node.left) + sign + _fenced(node.right)
    right = _fenced(node.right) if isinstance(node.op, ast.Sub) else _mathml(node.right)
    return _mathml(node.left) + sign + right


def _row(node: ast.expr) -> str:
    """One element: fractions take exactly two."""
    inner = _mathml(node)
    single = isinstance(node, ast.Name | ast.Constant)
    return inner if single else f"<mrow>{inner}</mrow>"


def _fenced(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return f"<mo>(</mo>{_mathml(node)}<mo>)</mo>"
    return _mathml(node)
