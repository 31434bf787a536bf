"""The parts of connexion that REST is made of: operations, the check of queries.

connexion as a whole brings its own applications, their test client, HTTP clients for tokens, and a template engine for
documents: two thirds of what its import costs, and nothing that AION calls.
"""

from aion.adapters.hollow_imports import hollow, leave_unrun

leave_unrun("connexion", "connexion.middleware")
with hollow("jinja2", "requests"):
    from connexion.exceptions import InvalidSpecification
    from connexion.lifecycle import ConnexionRequest
    from connexion.middleware.abstract import RoutedAPI
    from connexion.operations import AbstractOperation
    from connexion.resolver import Resolution, Resolver
    from connexion.spec import OpenAPISpecification
    from connexion.validators import ParameterValidator

__all__ = [
    "AbstractOperation",
    "ConnexionRequest",
    "InvalidSpecification",
    "OpenAPISpecification",
    "ParameterValidator",
    "Resolution",
    "Resolver",
    "RoutedAPI",
]
