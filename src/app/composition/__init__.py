"""What is built from what, besides `container.py`: the parts of a server, a worker apart, commands without a server.

With the container these alone name adapters.
"""
