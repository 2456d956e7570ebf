"""The same verbs without a window: arguments in, lines out, an exit code.

May import jobs and everything below, never ui: `__main__` hands in the function that opens the window.
Neither Qt nor torch is loaded by naming a command; torch comes with the first verb that needs a model.
A package rather than one file because a parser, a printer and eleven verbs are three thoughts.
"""
