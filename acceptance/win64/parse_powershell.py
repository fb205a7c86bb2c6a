"""Parses PowerShell scripts, without PowerShell: fails and names the places that are no PowerShell.

    python3 parse_powershell.py SCRIPT...

A tree of the grammar is all this looks at: whether commands and members exist is not known before it runs on Windows.
"""

import sys

import tree_sitter
import tree_sitter_powershell


def complaints(node, source):
    if node.type == "ERROR" or node.is_missing:
        line, column = node.start_point
        text = source[node.start_byte : node.end_byte][:60].decode(errors="replace")
        yield f"{line + 1}:{column + 1}: {'missing ' + node.type if node.is_missing else repr(text)}"
        return
    for child in node.children:
        yield from complaints(child, source)


def main(scripts):
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    failed = not scripts
    for script in scripts:
        with open(script, "rb") as file:
            source = file.read()
        root = parser.parse(source).root_node
        found = list(complaints(root, source))
        for complaint in found:
            print(f"{script}:{complaint}")
        print(f"{script}: {root.descendant_count} nodes, {len(found)} not understood")
        failed |= bool(found) or root.descendant_count < 100
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
