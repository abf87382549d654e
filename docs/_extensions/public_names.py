"""References in docstrings: to the public name where there is one, else to code that exists.

A function is documented by its public name, ``cips_models.levels``, and called by its home,
``cips_models.estimands.levels.levels``, within the package.  What is not public has no page, so
that its name is shown as code; a name that leads nowhere is still an error of the build.
"""

from importlib import import_module

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import cips_models


def _exists(path: str) -> bool:
    """Whether a dotted name leads to something, be it a module or what is in one."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for name in parts[cut:]:
            if not hasattr(found, name) and name not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, name, None)
        return True
    return False


def _resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement
) -> nodes.reference | nodes.TextElement | None:
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    home, _, name = target.rpartition(".")
    public = cips_models._HOME.get(name)
    if public is not None and (home == public or home.startswith(public + ".")):
        domain = env.domains.python_domain
        return domain.resolve_xref(
            env, node["refdoc"], app.builder, "obj", f"cips_models.{name}", node, shown
        )
    homes = {node.get("py:module") or "", "cips_models", *cips_models._HOME.values()}
    parents = {h.rpartition(".")[0] for h in homes}
    candidates = [target, *(f"{h}.{target}" for h in sorted(homes | parents) if h)]
    if any(_exists(c) for c in candidates if c.startswith("cips_models.")):
        return shown
    return None


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to references that Sphinx cannot resolve by itself."""
    app.connect("missing-reference", _resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
