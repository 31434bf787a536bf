"""Proving who calls: API keys and client certificates, behind the Authenticator port."""
