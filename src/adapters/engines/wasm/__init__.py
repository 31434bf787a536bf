"""The WASM engine: guests run in supervised child processes, never in the process that serves.

The modules beside this one are the supervisor's side; `host` is the child's side; `frames` is what they say to each
other; `compile` is a second kind of child that turns WebAssembly into native code.
"""
